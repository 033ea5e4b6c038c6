"""What tasks on sentence pairs have in common: where text comes from, and what a pair is."""

from collections.abc import Mapping
from typing import Any, ClassVar

from neuronxa_tasks.data.bitext import Bitext, Provenance
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.harness.tasks.base_task import RawTask


class PairTask(RawTask):
    """A task whose documents are sentence pairs, with keys `pivot` and `sentence`."""

    TEMPLATE_KEYS: ClassVar[tuple[str, ...]] = (
        *("task", "corpus", "language", "metadata"),
        *("dataset_path", "dataset_kwargs", "test_split"),
    )
    DOCUMENT = "pair"

    def bitext_of(self, config: Mapping[str, Any], settings: Settings) -> Bitext:
        """The pairs of the task file's corpus and language; see `Settings.bitext`."""
        return settings.bitext(config["corpus"], config["language"], source_of(config))

    def doc_to_text(self, doc: dict[str, Any]) -> str:
        """The pivot's sentence."""
        return str(doc["pivot"])

    def doc_to_target(self, doc: dict[str, Any]) -> str:
        """The language's sentence."""
        return str(doc["sentence"])


def source_of(config: Mapping[str, Any]) -> Provenance:
    """The dataset that a task file names."""
    return Provenance(
        config["dataset_path"], config["dataset_kwargs"].get("revision"), config["test_split"]
    )
