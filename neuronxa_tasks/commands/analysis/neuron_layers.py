"""All that is known of the neurons of one layer: a part of the table, and its summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor

SCHEMA = pa.schema(
    [
        ("layer", pa.int16()),
        ("neuron", pa.int32()),
        ("language", pa.dictionary(pa.int16(), pa.string())),
        ("probability", pa.float32()),
        ("lape", pa.float32()),
        ("correlation", pa.float32()),
        ("specific", pa.bool_()),
        ("shared", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class LayerOfNeurons:
    """The d neurons of one layer in K languages, the pivot first.

    Attributes:
        number: True number of the layer.
        probabilities: Share of tokens at which each is active, shape `(K, d)`.
        entropy: LAPE, shape `(d,)`; NaN of a neuron that is never active.
        correlations: Over pairs with the pivot, shape `(K, d)`; the pivot's own are NaN.
        specific: Whether each is of the language, shape `(K, d)`, bool.
        shared: Whether every language has it, shape `(d,)`, bool.
    """

    number: int
    probabilities: Tensor
    entropy: Tensor
    correlations: Tensor
    specific: Tensor
    shared: Tensor

    def table(self, codes: Sequence[str]) -> pa.Table:
        """A row for every language and neuron, as `SCHEMA` has it.

        Args:
            codes: Of the languages.
        """
        languages, width = self.probabilities.shape
        neurons = np.arange(width, dtype=np.int32)
        columns = [
            pa.array(np.full(languages * width, self.number, dtype=np.int16)),
            pa.array(np.tile(neurons, languages)),
            pa.DictionaryArray.from_arrays(
                np.repeat(np.arange(languages, dtype=np.int16), width), list(codes)
            ),
            _numbers(self.probabilities),
            _numbers(self.entropy.expand(languages, width)),
            _numbers(self.correlations),
            pa.array(self.specific.flatten().numpy()),
            pa.array(self.shared.expand(languages, width).flatten().numpy()),
        ]
        return pa.Table.from_arrays(columns, schema=SCHEMA)

    def counts(self) -> dict[str, int]:
        """Data for `neuron_findings.NeuronLayer`."""
        return {
            "layer": self.number,
            "neurons": len(self.entropy),
            "specific": int(self.specific.any(dim=0).sum()),
            "shared": int(self.shared.sum()),
        }

    def mean_correlations(self) -> dict[str, list[float | None]]:
        """Of every language the mean over all neurons, its own, and those that all share."""
        every = torch.ones_like(self.specific)
        kinds = {"": every, "_specific": self.specific, "_shared": self.shared.expand_as(every)}
        return {
            f"correlation{ending}": [
                _known(float(own[chosen].mean()))
                for own, chosen in zip(self.correlations, neurons, strict=True)
            ]
            for ending, neurons in kinds.items()
        }

    def carriers(self, most: int) -> list[dict[str, Any]]:
        """Data for `neuron_findings.Carrier`: the neurons that correlate most over pairs."""
        means = self.correlations[1:].mean(dim=0)
        best = means.topk(min(most, len(means))).indices.tolist()
        return [
            {
                "layer": self.number,
                "neuron": j,
                "correlation": float(means[j]),
                "entropy": _known(float(self.entropy[j])),
                "specific": bool(self.specific[:, j].any()),
                "shared": bool(self.shared[j]),
            }
            for j in best
        ]


def _numbers(values: Tensor) -> pa.Array:
    """One column, NaN as missing."""
    return pa.array(values.flatten().float().numpy(), from_pandas=True)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
