"""The errors this package raises on purpose, each with the next step in its message."""

from typing import ClassVar


class NeuronXAError(ValueError):
    """Base of every error that a user can mend.

    Attributes:
        exit_code: Of the command that it ends.
    """

    exit_code: ClassVar[int] = 2


class SettingsError(NeuronXAError):
    """A setting, task or language that does not exist or does not fit."""


class BitextError(NeuronXAError):
    """Parallel sentences that are missing, damaged or not parallel."""


class ModelError(NeuronXAError):
    """A model or tokenizer whose neuron states cannot be taken."""


class ReportError(NeuronXAError):
    """Results that cannot be read, or a report that cannot be made of them."""


class RunError(NeuronXAError):
    """A run that failed with nothing left to go on with, though its input is in order."""

    exit_code = 1
