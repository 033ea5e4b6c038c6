"""Draws the layers of a real model in languages that one knows.

python -m examples.real_models.picture tests/files/real_models/gemma docs/real-layers.svg
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import altair as alt
import pandas as pd

from examples.real_models.kept import kept_alignments
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.report.read.scores import Alignment

# From the best to the least aligned, in six scripts and eight families.
LANGUAGES = (
    "por_Latn deu_Latn zho_Hans jpn_Jpan hin_Deva kor_Hang fin_Latn swh_Latn yor_Latn".split()
)
METRICS = {"nasca": "NASCA: which neurons are active", "mexa": "MEXA: hidden states"}


def main(typed: Sequence[str] | None = None) -> int:
    """Draw the picture.

    Args:
        typed: A folder that `examples.real_models.kept` made, and the file to write.

    Returns:
        0.
    """
    folder, target = map(Path, sys.argv[1:] if typed is None else typed)
    picture(kept_alignments(folder)).save(target)
    return 0


def picture(alignments: Sequence[Alignment]) -> alt.HConcatChart:
    """Scores by layer, a panel for each of two metrics.

    Args:
        alignments: Of one model.
    """
    rows = pd.DataFrame(_rows(alignments))
    means = rows[rows["metric"] == "nasca"].groupby("language")["score"].mean()
    best_first = means.sort_values(ascending=False).index.tolist()
    panels = []
    for metric, title in METRICS.items():
        lines = alt.Chart(rows[rows["metric"] == metric]).mark_line(strokeWidth=2.5)
        panels.append(
            lines.encode(
                alt.X("layer:Q", title="Layer", axis=alt.Axis(grid=False, tickMinStep=2)),
                alt.Y("score:Q", title="Share of aligned pairs", scale=alt.Scale(domain=[0, 1])),
                alt.Color(
                    "language:N",
                    title=None,
                    scale=alt.Scale(domain=best_first, scheme="turbo"),
                    legend=alt.Legend(symbolStrokeWidth=3, labelFontSize=12),
                ),
            ).properties(title=title, width=330, height=250)
        )
    chart: alt.HConcatChart = alt.hconcat(*panels).configure(
        background="#ffffff", padding={"left": 8, "top": 8, "right": 24, "bottom": 8}
    )
    framed: alt.HConcatChart = chart.configure_view(stroke=None)
    return framed


def _rows(alignments: Sequence[Alignment]) -> Iterator[dict[str, object]]:
    for row in alignments:
        if row.metric in METRICS and row.language in LANGUAGES:
            for layer, score in zip(row.layers, row.layer_scores, strict=True):
                yield {
                    "language": language_name(row.language),
                    "metric": row.metric,
                    "layer": layer,
                    "score": score,
                }


if __name__ == "__main__":
    sys.exit(main())
