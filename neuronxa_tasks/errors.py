"""The errors this package raises on purpose, each with the next step in its message."""


class NeuronXAError(ValueError):
    """Base of every error that a user can mend."""


class SettingsError(NeuronXAError):
    """A setting, task or language that does not exist or does not fit."""


class BitextError(NeuronXAError):
    """Parallel sentences that are missing, damaged or not parallel."""


class ModelError(NeuronXAError):
    """A model or tokenizer whose neuron states cannot be taken."""


class ReportError(NeuronXAError):
    """Results that cannot be read, or a report that cannot be made of them."""
