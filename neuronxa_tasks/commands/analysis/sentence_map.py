"""A map of the sentences of two languages (Figure 1 of the paper)."""

import numpy as np
import numpy.typing as npt
import torch
from sklearn.manifold import TSNE
from torch import Tensor

# The size of neighbourhood that t-SNE's authors found to suit most data. It looks at three times
# as many neighbours, which fewer sentences do not have.
_PERPLEXITY = 30


def sentence_map(pivot: Tensor, language: Tensor) -> npt.NDArray[np.float64]:
    """Project the sentences of both languages together into two dimensions (Figure 1).

    t-SNE (van der Maaten and Hinton, 2008) on cosine distances, always from the same seed. It
    keeps neighbours together; distances between groups, and their sizes, mean little.

    Args:
        pivot: States of the pivot's sentences, shape `(n, d)`, n at least 3.
        language: States of their translations, likewise.

    Returns:
        Points of shape `(2, n, 2)`: the pivot's, then the language's.
    """
    states = torch.cat([pivot, language]).numpy()
    perplexity = min(_PERPLEXITY, (len(states) - 1) / 3)
    points = TSNE(metric="cosine", perplexity=perplexity, random_state=0).fit_transform(states)
    return np.asarray(points, dtype=np.float64).reshape(2, len(pivot), 2)
