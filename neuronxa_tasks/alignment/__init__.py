"""Pure functions on tensors: how alike the sentences of two languages are.

Imports nothing of the package.
"""

from neuronxa_tasks.alignment.anc import anc, neuron_correlations
from neuronxa_tasks.alignment.cka import cka, debiased_cka
from neuronxa_tasks.alignment.corrections import UNCORRECTED, Correction, csls
from neuronxa_tasks.alignment.cosine import cosine_similarity
from neuronxa_tasks.alignment.maxima import mutual_matches
from neuronxa_tasks.alignment.permutation import permutation_p
from neuronxa_tasks.alignment.retrieval import (
    Retrieval,
    best_layer,
    held_out_share,
    retrieve,
    retrieve_corrected,
)
from neuronxa_tasks.alignment.sads import sads
from neuronxa_tasks.alignment.svcca import svcca
from neuronxa_tasks.alignment.weak import (
    Alignment,
    align,
    align_corrected,
    weak_alignment,
)

__all__ = [
    "UNCORRECTED",
    "Alignment",
    "Correction",
    "Retrieval",
    "align",
    "align_corrected",
    "anc",
    "best_layer",
    "cka",
    "cosine_similarity",
    "csls",
    "debiased_cka",
    "held_out_share",
    "mutual_matches",
    "neuron_correlations",
    "permutation_p",
    "retrieve",
    "retrieve_corrected",
    "sads",
    "svcca",
    "weak_alignment",
]
