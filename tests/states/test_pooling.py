import numpy as np
import pytest
import torch

from neuronxa_tasks.measures import POOLINGS
from neuronxa_tasks.states import pooling_weights
from tests import reference


@pytest.mark.parametrize("pooling", POOLINGS)
def test_weights_give_what_the_definition_gives(pooling: str) -> None:
    states = torch.randn(2, 7, 5, dtype=torch.float64)
    weights = pooling_weights(torch.tensor([7, 4]), 7, [pooling]).double()
    pooled = (weights @ states)[:, 0]
    expected = [
        reference.pool(states[0].numpy(), pooling),
        reference.pool(states[1, :4].numpy(), pooling),
    ]
    np.testing.assert_allclose(pooled.numpy(), expected, rtol=1e-6)


def test_weights_sum_to_one_and_are_zero_on_padding() -> None:
    weights = pooling_weights(torch.tensor([3, 1, 5]), 5, POOLINGS)
    assert weights.shape == (3, 3, 5)
    torch.testing.assert_close(weights.sum(dim=2), torch.ones(3, 3))
    assert not weights[1, :, 1:].any()
