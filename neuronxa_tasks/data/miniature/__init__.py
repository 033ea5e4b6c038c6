"""The bundled world: parallel sentences, benchmark items, a small model and its history.

`tools/miniature` writes these files.
"""

from pathlib import Path

from neuronxa_tasks.data.languages import ENGLISH

FOLDER = Path(__file__).parent
MODEL = FOLDER / "model"
SENTENCES = FOLDER / "sentences"
CHECKPOINTS = FOLDER / "checkpoints"

# Its languages but English, by the text that its model was trained on.
HEAD: tuple[str, ...] = tuple("rus_Cyrl deu_Latn spa_Latn fra_Latn zho_Hans".split())
LONGTAIL: tuple[str, ...] = tuple("ita_Latn tur_Latn ind_Latn ell_Grek hin_Deva swh_Latn".split())
LANGUAGES: tuple[str, ...] = (ENGLISH, *HEAD, *LONGTAIL)

# What the results files of the checkpoints call the model.
MODEL_ID = "miniature@step_4000"

CAVEAT = (
    "The miniature is an invented world and a worked example: the amount of text that its model "
    "was trained on drives alignment and accuracy by construction, and its figures say nothing "
    "about the real languages."
)
