"""The bundled world: parallel sentences, benchmark items, a small model and its history.

`examples/miniature` writes these files.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
MODEL = FOLDER / "model"
SENTENCES = FOLDER / "sentences"
CHECKPOINTS = FOLDER / "checkpoints"

# What the results files of the checkpoints call the model.
MODEL_ID = "miniature@step_4000"

CAVEAT = (
    "The miniature is an invented world and a worked example: the amount of text that its model "
    "was trained on drives alignment and accuracy by construction, and its figures say nothing "
    "about the real languages."
)
