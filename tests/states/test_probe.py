"""The probe of padding lets every family pass, at any precision."""

import pytest
import torch

from neuronxa_tasks.states import find_decoder
from neuronxa_tasks.states.probe import check_causal
from tests.families import FAMILIES, build_model

CPU = torch.device("cpu")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("family", FAMILIES)
def test_rounding_is_no_change(family: str, dtype: torch.dtype) -> None:
    decoder = find_decoder(build_model(family).to(dtype))
    check_causal(decoder, decoder.vocabulary, CPU)
