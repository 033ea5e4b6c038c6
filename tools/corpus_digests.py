"""Write the digests of the published corpora, by which a check knows their text.

    python -m tools.corpus_digests FOLDER

FOLDER has `flores200/devtest/*.devtest` and `tatoeba/v1/*`, as the test data has them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.published_text import DIGESTS, DIGITS, PAIRS

FOLDERS = {"flores": Path("flores200"), "tatoeba": Path("tatoeba", "v1")}


def digests(data: Path) -> Iterator[str]:
    """A line for every corpus, language and number of pairs: 100, and all."""
    for name, folder in FOLDERS.items():
        for language in CORPORA[name].languages:
            whole = CORPORA[name].load(language, folder=data / folder)
            for pairs in sorted({min(PAIRS, len(whole)), len(whole)}):
                bitext = CORPORA[name].load(language, n_pairs=pairs, folder=data / folder)
                yield "\t".join([name, language, str(pairs), bitext.digests["language"][:DIGITS]])


if __name__ == "__main__":
    DIGESTS.write_text("".join(f"{line}\n" for line in digests(Path(sys.argv[1]))), "ascii")
