"""Write `docs/models.md`: what is measured of every family that transformers has.

    python -m tools.models_table

What it says is what `tests/states/test_every_family.py` holds of each family.
"""

from pathlib import Path

import transformers

from tools.every_family import EXCLUDED, MAPPINGS, NOT_BUILT, families

FILE = Path(__file__).parent.parent / "docs" / "models.md"

HEAD = """# Models

Every family of transformers {version} that its automatic classes load for text, as causal language
model (`--model hf`) or as model of images and text (`--model hf-multimodal`, whose text decoder is
measured). {measured} of {all} are measured in full: a tiny model of each is compared with a
recomputation in float64, one sentence at a time, by `tests/states/test_every_family.py`.
`python -m tools.models_table` writes this page.

| family | causal | image-text |
|---|---|---|
"""


def page() -> str:
    """The page, for the installed transformers."""
    everything = families()
    measured = [key for key in everything if key not in EXCLUDED and key not in NOT_BUILT]
    head = HEAD.format(
        version=transformers.__version__, measured=len(measured), all=len(everything)
    )
    names = sorted({family for _, family in everything})
    rows = [
        f"| `{name}` | {' | '.join(_cell(mapping, name) for mapping in MAPPINGS)} |"
        for name in names
    ]
    return head + "\n".join(rows) + "\n"


def _cell(mapping: str, family: str) -> str:
    if family not in MAPPINGS[mapping][0]:
        return ""
    if reason := NOT_BUILT.get((mapping, family)):
        return f"transformers does not build it alone: {reason}"
    excluded = EXCLUDED.get((mapping, family))
    if excluded is None:
        return "yes"
    if excluded.without:
        return f"without {excluded.without}: {excluded.reason}"
    return f"no: {excluded.reason}"


if __name__ == "__main__":
    FILE.write_text(page())
