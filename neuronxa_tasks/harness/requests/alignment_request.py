"""What a task asks of a model: one reported pair of a bitext."""

from dataclasses import dataclass, field
from typing import Any

from lm_eval.api.instance import Instance

from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.measures import Metric

REQUEST_TYPE = "bitext_alignment"


@dataclass(kw_only=True)
class BitextRequest(Instance):
    """One pair whose alignment is reported; its candidates are all pairs of its bitext.

    Attributes:
        bitext: The whole bitext, shared by the requests of a task.
        settings: How to measure.
        metrics: What to measure.
        ignored: Command-line options of the run that do not reach these sentences.
        record: What the results say of the whole language; the model fills it in, as the
            harness fills in `resps`.
    """

    bitext: Bitext = field(repr=False)
    settings: Settings
    metrics: tuple[Metric, ...]
    ignored: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict, repr=False)
