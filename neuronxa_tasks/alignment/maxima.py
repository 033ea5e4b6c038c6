"""Which sentences are nearest to which: strict maxima of a similarity matrix."""

from torch import Tensor


def strict_maxima(similarity: Tensor, dim: int) -> Tensor:
    """Where an entry is greater than every other along a dimension.

    A tie has no strict maximum, and neither has a row or column with NaN in it.

    Args:
        similarity: Any shape.
        dim: The dimension to compare along.

    Returns:
        Booleans of the same shape.

    Example:
        >>> import torch
        >>> strict_maxima(torch.tensor([[0.9, 0.1], [0.3, 0.3]]), dim=-1)
        tensor([[ True, False],
                [False, False]])
    """
    highest = similarity == similarity.amax(dim=dim, keepdim=True)
    return highest & (highest.sum(dim=dim, keepdim=True) == 1)


def mutual_matches(similarity: Tensor) -> Tensor:
    """Where two sentences are each other's nearest neighbours.

    Args:
        similarity: Shape `(..., n, n)`, rows the pivot's sentences and columns the language's.

    Returns:
        Booleans of the same shape, True where an entry is the strict maximum of its row and of
        its column: at most one in each.
    """
    return strict_maxima(similarity, dim=-1) & strict_maxima(similarity, dim=-2)
