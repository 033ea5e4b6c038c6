"""Pure functions on tensors: how alike the sentences of two languages are.

Imports nothing of the package.
"""

from neuronxa_tasks.alignment.anc import anc
from neuronxa_tasks.alignment.cka import cka, debiased_cka
from neuronxa_tasks.alignment.cosine import cosine_similarity
from neuronxa_tasks.alignment.maxima import mutual_matches
from neuronxa_tasks.alignment.permutation import permutation_p
from neuronxa_tasks.alignment.retrieval import Retrieval, best_layer, retrieve
from neuronxa_tasks.alignment.sads import sads
from neuronxa_tasks.alignment.svcca import svcca
from neuronxa_tasks.alignment.weak import Alignment, align, weak_alignment

__all__ = [
    "Alignment",
    "Retrieval",
    "align",
    "anc",
    "best_layer",
    "cka",
    "cosine_similarity",
    "debiased_cka",
    "mutual_matches",
    "permutation_p",
    "retrieve",
    "sads",
    "svcca",
    "weak_alignment",
]
