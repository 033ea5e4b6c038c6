"""The names of what is measured: representations of a sentence, and scores made from them."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["nas", "nav", "embedding"]
Activation = Literal["gate", "product"]
Pooling = Literal["weighted", "mean", "last"]
Measure = Literal["nasca", "navca", "mexa"]

KINDS: tuple[Kind, ...] = ("nas", "nav", "embedding")
ACTIVATIONS: tuple[Activation, ...] = ("gate", "product")
POOLINGS: tuple[Pooling, ...] = ("weighted", "mean", "last")
MEASURES: tuple[Measure, ...] = ("nasca", "navca", "mexa")

DEFAULT_POOLING: Pooling = "weighted"

# Equations 1 and 2 of the paper call the product the activation, while its rule for NAS
# cites work that thresholds the gate: hence one default for each.
DEFAULT_ACTIVATION: dict[Kind, Activation | None] = {
    "nas": "gate",
    "nav": "product",
    "embedding": None,
}
KIND_OF_MEASURE: dict[Measure, Kind] = {"nasca": "nas", "navca": "nav", "mexa": "embedding"}


@dataclass(frozen=True)
class Representation:
    """How a sentence becomes one vector per layer (section 2.2 of the paper).

    Attributes:
        kind: `nas` (share of tokens at which the neuron is active), `nav` (its absolute
            activation) or `embedding` (hidden states).
        pooling: How token states become a sentence state.
        activation: Which tensor is the neuron's activation; None for embeddings.
    """

    kind: Kind
    pooling: Pooling
    activation: Activation | None


@dataclass(frozen=True)
class Metric:
    """A measure of alignment on one representation."""

    measure: Measure
    representation: Representation

    @property
    def name(self) -> str:
        """The measure, with activation and pooling appended where they are not the default.

        Example:
            >>> Metric("nasca", Representation("nas", "weighted", "gate")).name
            'nasca'
            >>> Metric("navca", Representation("nav", "last", "gate")).name
            'navca_gate_last'
        """
        representation = self.representation
        parts: list[str] = [self.measure]
        if representation.activation != DEFAULT_ACTIVATION[representation.kind]:
            parts.append(str(representation.activation))
        if representation.pooling != DEFAULT_POOLING:
            parts.append(representation.pooling)
        return "_".join(parts)


def representations(
    kinds: tuple[Kind, ...],
    poolings: tuple[Pooling, ...],
    activations: tuple[Activation, ...] | None,
) -> tuple[Representation, ...]:
    """Every combination of the arguments; embeddings have no activation.

    Args:
        kinds: Which states.
        poolings: Which poolings.
        activations: Which activations, or None for the default of each kind.
    """
    return tuple(
        Representation(kind, pooling, activation)
        for kind in kinds
        for activation in (
            (DEFAULT_ACTIVATION[kind],)
            if activations is None or kind == "embedding"
            else activations
        )
        for pooling in poolings
    )


def metrics(
    measures: tuple[Measure, ...],
    poolings: tuple[Pooling, ...],
    activations: tuple[Activation, ...] | None,
) -> tuple[Metric, ...]:
    """Every metric that these settings ask for, in the order of `measures`."""
    return tuple(
        Metric(measure, representation)
        for measure in measures
        for representation in representations((KIND_OF_MEASURE[measure],), poolings, activations)
    )


# Every metric that any settings can ask for, by name, in the paper's order of measures.
ALL_METRICS: dict[str, Metric] = {
    metric.name: metric for metric in metrics(MEASURES, POOLINGS, ACTIVATIONS)
}
