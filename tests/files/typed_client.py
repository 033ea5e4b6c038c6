"""A program that uses what `docs/api.md` promises, for a type checker to read."""

from pathlib import Path
from typing import Any

import pandas as pd
from torch import Tensor
from typing_extensions import assert_type

from neuronxa_tasks.alignment import Alignment, align, cka, weak_alignment
from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.errors import NeuronXAError, ReportError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.measures import Representation
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.read.results_files import read_results
from neuronxa_tasks.report.show.summary import summary
from neuronxa_tasks.results.record import LanguageRecord


def states_of(lm: NeuronXALM, texts: list[str]) -> dict[Representation, list[Tensor]]:
    return assert_type(lm.sentence_states(texts, kinds=["nas"]), dict[Representation, list[Tensor]])


def score(pivot: list[Tensor], language: list[Tensor], rows: Tensor) -> float:
    alignment = assert_type(align(pivot, language, rows, rows), Alignment)
    assert_type(alignment.layer_scores, Tensor)
    assert_type(weak_alignment(pivot[0]), Tensor)
    assert_type(cka(pivot[0], language[0]), float)
    return float(alignment.layer_scores.mean())


def table(folder: Path) -> pd.DataFrame:
    try:
        files, problems = read_results([folder])
    except ReportError as error:
        raise SystemExit(error.exit_code) from error
    assert_type(problems, list[str])
    report = assert_type(build_report(files, problems=problems), Report)
    assert_type(summary(report), dict[str, Any])
    return assert_type(report.languages, pd.DataFrame)


def digest(record: LanguageRecord, bitext: Bitext) -> str | None:
    if record.n_pairs != len(bitext):
        raise NeuronXAError("Expected the record to be of this text")
    return assert_type(record.sha256.pivot, str | None)
