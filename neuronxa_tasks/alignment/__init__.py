"""Pure functions on tensors: how alike the sentences of two languages are."""

from neuronxa_tasks.alignment.cosine import cosine_similarity
from neuronxa_tasks.alignment.weak import Alignment, align, weak_alignment

__all__ = ["Alignment", "align", "cosine_similarity", "weak_alignment"]
