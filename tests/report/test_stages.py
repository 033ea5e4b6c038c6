"""A report is made in stages that need nothing of a later one, the last section by section."""

import subprocess
import sys
from importlib.resources import files

from neuronxa_tasks.report.show.sections import SECTIONS


def test_reading_and_computing_load_neither_charts_nor_templates_nor_a_model() -> None:
    code = (
        "import sys, neuronxa_tasks.report.compute.build;"
        "print(*{'torch', 'lm_eval', 'altair', 'jinja2', 'vl_convert'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_every_section_has_its_words_in_a_file_named_by_its_id() -> None:
    folder = files("neuronxa_tasks.report.show") / "templates" / "sections"
    assert {file.name for file in folder.iterdir()} == {f"{s.id}.html.j2" for s in SECTIONS}
