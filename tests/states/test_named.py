"""Neurons that a user names are taken where they are, and wrong names are refused in a sentence."""

import pytest
import torch

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.states import Named, find_decoder, find_layout
from tests.families import build_model
from tools.every_family import build

CPU = torch.device("cpu")


def test_names_give_the_sites_that_are_found_without_them() -> None:
    decoder = find_decoder(build_model("llama"))
    named = Named(("layers.*.mlp.down_proj",), ("layers.*.mlp.act_fn",))
    assert find_layout(decoder, named=named).sites == find_layout(decoder).sites


def test_names_say_which_of_two_networks_is_meant() -> None:
    decoder = find_decoder(build("xmod", "causal"))
    assert {"nas", "nav"} == set(find_layout(decoder).missing)
    layout = find_layout(decoder, named=Named(("encoder.layer.*.output.dense",)))
    assert not layout.missing
    assert [(site.layer, site.down) for site in layout.sites] == [
        (number, f"encoder.layer.{number - 1}.output.dense") for number in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("down", "gates", "says"),
    [
        ("layers.*.ffn.down", (), r"`down_projections`.*'layers\.\*\.ffn\.down' matches none"),
        # A star stands for one part of a name.
        ("layers.*.down_proj", (), "matches none"),
        ("layers.*.mlp.gate_proj", (), r"gives 88: it is no down projection"),
        ("layers.*.self_attn", (), r"layers\.0\.self_attn ran so 0 times"),
        ("layers.*.mlp.down_proj", ("layers.*.mlp.gate_proj",), r"mlp\.gate_proj it does not"),
        ("layers.*.mlp.down_proj", ("layers.0.mlp.act_fn",), r"in layers\.1.*none there"),
    ],
)
def test_a_name_that_does_not_hold_is_an_error(
    down: str, gates: tuple[str, ...], says: str
) -> None:
    decoder = find_decoder(build_model("llama"))
    with pytest.raises(SettingsError, match=says):
        find_layout(decoder, CPU, Named((down,), gates))


@pytest.mark.parametrize(
    "given", ["[h.*.a,h.*.b]", ["h.*.a", "h.*.b"], ("h.*.a", "h.*.b", "h.*.a")]
)
def test_patterns_are_a_list(given: object) -> None:
    settings = Settings.from_metadata({"down_projections": given})
    assert settings.down_projections == ("h.*.a", "h.*.b")


@pytest.mark.parametrize("given", [3, [], "", [3], {}])
def test_what_is_no_pattern_is_refused(given: object) -> None:
    with pytest.raises(SettingsError, match="`down_projections` to be a pattern"):
        Settings.from_metadata({"down_projections": given})


def test_gates_alone_are_refused() -> None:
    with pytest.raises(SettingsError, match="add `down_projections`"):
        Settings.from_metadata({"gates": "h.*.act"})
