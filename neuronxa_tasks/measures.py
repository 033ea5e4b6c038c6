"""The names of what is measured: representations of a sentence, and scores made from them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

# Raised whenever the same model and text would get another score; scores of different versions
# are not compared. 2 takes the white space around sentences away. Also the version of every task.
SCORE_VERSION = 2

Kind = Literal["nas", "nav", "embedding"]
Activation = Literal["gate", "product"]
Pooling = Literal["weighted", "mean", "last"]
AlignmentMeasure = Literal["nasca", "navca", "mexa"]
Baseline = Literal["cka", "cka_debiased", "svcca", "anc", "sads"]
Direction = Literal["forward", "backward", "both"]
Correction = Literal["none", "centred", "csls", "centred_csls"]
Measure = AlignmentMeasure | Baseline
Family = Literal["alignment", "baseline", "retrieval"]

KIND_TITLES: dict[str, str] = {"embedding": "Embedding", "nas": "NAS", "nav": "NAV"}
# SADS of Zeng et al. compares signed products, summed over tokens, of all layers together.
_TITLES: dict[str, str] = {"cka_debiased": "Debiased CKA", "sads": "SADS-style"}
# Words of a name that readers see written otherwise.
_WORDS: dict[str, str] = {**KIND_TITLES, "csls": "CSLS"}
KINDS: tuple[Kind, ...] = ("nas", "nav", "embedding")
ACTIVATIONS: tuple[Activation, ...] = ("gate", "product")
POOLINGS: tuple[Pooling, ...] = ("weighted", "mean", "last")
ALIGNMENT_MEASURES: tuple[AlignmentMeasure, ...] = ("nasca", "navca", "mexa")
BASELINES: tuple[Baseline, ...] = ("cka", "cka_debiased", "svcca", "anc", "sads")
MEASURES: tuple[Measure, ...] = (*ALIGNMENT_MEASURES, *BASELINES)
DIRECTIONS: tuple[Direction, ...] = ("forward", "backward", "both")
CORRECTIONS: tuple[Correction, ...] = ("none", "centred", "csls", "centred_csls")

DEFAULT_POOLING: Pooling = "weighted"

# Equations 1 and 2 of the paper call the product the activation, while its rule for NAS
# cites work that thresholds the gate: hence one default for each.
DEFAULT_ACTIVATION: dict[Kind, Activation | None] = {
    "nas": "gate",
    "nav": "product",
    "embedding": None,
}
# Appendix C.2 of the paper takes its baselines on embeddings.
DEFAULT_BASELINE_STATES: Kind = "embedding"
KIND_OF_MEASURE: dict[AlignmentMeasure, Kind] = {
    "nasca": "nas",
    "navca": "nav",
    "mexa": "embedding",
}

SVCCA_K = 20
# That of Conneau et al. (2018), who found 5, 10 and 50 to do alike.
CSLS_K = 10
ABSOLUTE: Final = "absolute"
# As `Settings` writes them.
_CSLS_VARIANT = re.compile(r"(.*_csls)_(k[0-9]+)")
_SVCCA_VARIANT = re.compile(r"svcca_(k[0-9]+|v0\.[0-9]+)(_.*)?")


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

    @property
    def first_layer(self) -> int:
        """The number of the first layer: embeddings begin with the token embeddings, layer 0."""
        return 0 if self.kind == "embedding" else 1


@dataclass(frozen=True)
class Metric:
    """A measure on one representation.

    Attributes:
        measure: An alignment measure, a baseline, or a direction of retrieval.
        representation: What it compares.
        variant: Parameters where they are not the default: `k30` or `v0.99` of SVCCA, `absolute`
            of ANC, `k5` of CSLS.
        correction: What is done to states and cosines before sentences are compared; `none` for
            the paper's definition, and for every baseline.
    """

    measure: Measure | Direction
    representation: Representation
    variant: str = ""
    correction: Correction = "none"

    @property
    def family(self) -> Family:
        """What kind of measure it is."""
        if self.measure in DIRECTIONS:
            return "retrieval"
        return "baseline" if self.measure in BASELINES else "alignment"

    @property
    def name(self) -> str:
        """The measure, with what is not the default appended; retrieval begins with the states.

        Example:
            >>> Metric("nasca", Representation("nas", "weighted", "gate")).name
            'nasca'
            >>> Metric("navca", Representation("nav", "last", "gate")).name
            'navca_gate_last'
            >>> Metric("svcca", Representation("nas", "weighted", "gate"), "k30").name
            'svcca_k30_nas'
            >>> Metric("both", Representation("embedding", "weighted", None)).name
            'embedding_both'
            >>> Metric("nasca", Representation("nas", "last", "gate"), "k5", "csls").name
            'nasca_last_csls_k5'
        """
        representation = self.representation
        parts: list[str] = [self.measure]
        if self.family == "retrieval":
            parts = [representation.kind, self.measure]
        elif self.family == "baseline":
            parts += [self.variant] if self.variant else []
            parts += [representation.kind] if representation.kind != DEFAULT_BASELINE_STATES else []
        if representation.activation != DEFAULT_ACTIVATION[representation.kind]:
            parts.append(str(representation.activation))
        if representation.pooling != DEFAULT_POOLING:
            parts.append(representation.pooling)
        if self.correction != "none":
            parts += [self.correction, self.variant] if self.variant else [self.correction]
        return "_".join(parts)

    @property
    def csls_k(self) -> int | None:
        """How many neighbours CSLS looks at; None without it."""
        if not self.correction.endswith("csls"):
            return None
        return int(self.variant.removeprefix("k")) if self.variant else CSLS_K

    @property
    def changes(self) -> tuple[str, ...]:
        """What differs from the default, as a reader sees it."""
        own = [self.representation.kind] if self.family == "retrieval" else []
        begin = "_".join([*own, self.measure])
        words = self.name.removeprefix(begin).strip("_").split("_")
        return tuple(_WORDS.get(word, word) for word in words if word)

    @property
    def title(self) -> str:
        """The name as a reader sees it.

        Example:
            >>> metric_named("navca_gate_last").title, metric_named("svcca_k30_nas").title
            ('NAVCA (gate, last)', 'SVCCA (k30, NAS)')
            >>> metric_named("nas_forward_mean").title, metric_named("nasca_centred_csls").title
            ('NAS retrieval, forward (mean)', 'NASCA (centred, CSLS)')
        """
        name = _TITLES.get(self.measure, self.measure.upper())
        if self.family == "retrieval":
            name = f"{KIND_TITLES[self.representation.kind]} retrieval, {self.measure}"
        return name + (f" ({', '.join(self.changes)})" if self.changes else "")


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


def alignment_metrics(
    measures: Sequence[AlignmentMeasure],
    poolings: tuple[Pooling, ...],
    activations: tuple[Activation, ...] | None,
    corrections: Sequence[Correction] = ("none",),
    csls_variant: str = "",
) -> tuple[Metric, ...]:
    """Every alignment metric of these measures, in their order, under each correction."""
    return tuple(
        _corrected(Metric(measure, representation), correction, csls_variant)
        for correction in corrections
        for measure in measures
        for representation in representations((KIND_OF_MEASURE[measure],), poolings, activations)
    )


def baseline_metrics(
    measures: Sequence[Baseline],
    kinds: tuple[Kind, ...],
    poolings: tuple[Pooling, ...],
    activations: tuple[Activation, ...] | None,
    variants: Mapping[str, str],
) -> tuple[Metric, ...]:
    """Every baseline on every representation, with the variant of its measure if it has one."""
    return tuple(
        Metric(measure, representation, variants.get(measure, ""))
        for measure in measures
        for representation in representations(kinds, poolings, activations)
    )


def retrieval_metrics(
    poolings: tuple[Pooling, ...],
    activations: tuple[Activation, ...] | None,
    corrections: Sequence[Correction] = ("none",),
    csls_variant: str = "",
) -> tuple[Metric, ...]:
    """Retrieval in every direction on every kind of states, under each correction."""
    return tuple(
        _corrected(Metric(direction, representation), correction, csls_variant)
        for correction in corrections
        for representation in representations(KINDS, poolings, activations)
        for direction in DIRECTIONS
    )


def _corrected(metric: Metric, correction: Correction, csls_variant: str) -> Metric:
    variant = csls_variant if correction.endswith("csls") else ""
    return replace(metric, correction=correction, variant=variant)


# Every metric but those of other parameters of SVCCA and CSLS, in the order in which they are
# shown.
KNOWN_METRICS: tuple[Metric, ...] = (
    *alignment_metrics(ALIGNMENT_MEASURES, POOLINGS, ACTIVATIONS, CORRECTIONS),
    *(
        metric
        for variants in ({}, {"anc": ABSOLUTE})
        for metric in baseline_metrics(
            [m for m in BASELINES if not variants or m in variants],
            ("embedding", "nas", "nav"),
            POOLINGS,
            ACTIVATIONS,
            variants,
        )
    ),
    *retrieval_metrics(POOLINGS, ACTIVATIONS, CORRECTIONS),
)
_BY_NAME = {metric.name: metric for metric in KNOWN_METRICS}
_PLACE = {metric: place for place, metric in enumerate(KNOWN_METRICS)}


def metric_named(name: str) -> Metric | None:
    """The metric of a name, or None if it is none of ours.

    Example:
        >>> metric_named("svcca_k30_nas").measure, metric_named("acc")
        ('svcca', None)
    """
    if match := _SVCCA_VARIANT.fullmatch(name):
        metric = _BY_NAME.get(f"svcca{match[2] or ''}")
        return replace(metric, variant=match[1]) if metric else None
    if match := _CSLS_VARIANT.fullmatch(name):
        metric = _BY_NAME.get(match[1])
        return replace(metric, variant=match[2]) if metric else None
    return _BY_NAME.get(name)


def metric_order(name: str) -> tuple[int, str]:
    """By which names of metrics are sorted into the paper's order.

    Raises:
        KeyError: There is no such metric.

    Example:
        >>> sorted(["cka", "svcca_k30", "mexa", "nasca", "svcca"], key=metric_order)
        ['nasca', 'mexa', 'cka', 'svcca', 'svcca_k30']
    """
    metric = metric_named(name)
    if metric is None:
        raise KeyError(name)
    place = _PLACE.get(metric)
    return (_PLACE[replace(metric, variant="")] if place is None else place, metric.variant)
