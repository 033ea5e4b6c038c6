"""What our harness tasks have in common: texts that a model gets raw, without prompts or shots."""

import itertools
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from lm_eval.api.instance import Instance
from lm_eval.api.registry import get_metric_aggregation

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.logs import quieten_harness
from neuronxa_tasks.harness.plugin import install_request_method
from neuronxa_tasks.harness.tasks.reading import Reading
from neuronxa_tasks.harness.upstream import BareTask
from neuronxa_tasks.identity.masking import masked

# The harness finds a task's class when it loads the task, and only then: this is the
# moment at which a model of the run can still learn the requests.
install_request_method()
quieten_harness()

Aggregation = Callable[[Sequence[Any]], float]


class RawTask(BareTask):
    """A task whose every document is one request.

    Args:
        config: The task file merged with the run's metadata.

    Raises:
        SettingsError: The task file is incomplete.
    """

    TEMPLATE_KEYS: ClassVar[tuple[str, ...]]
    DOCUMENT: ClassVar[str]

    def __init__(self, config: Mapping[str, Any]) -> None:
        if missing := [key for key in self.TEMPLATE_KEYS if key not in config]:
            raise SettingsError(
                f"Expected the task file of {config.get('task')} to give {', '.join(missing)}: "
                "include the template that stands beside this package's task files"
            )
        super().__init__(config)
        self.VERSION = config["metadata"].get("version")
        self._bypass: dict[str, Aggregation] = {}

    @abstractmethod
    def test_docs(self) -> list[dict[str, Any]]:
        """Every document."""

    @abstractmethod
    def request(self, doc: dict[str, Any], doc_id: int, ignored: tuple[str, ...]) -> Instance:
        """The request of a document.

        Args:
            doc: The document.
            doc_id: Its number among those reported.
            ignored: Options of the run that have no effect on it.
        """

    @abstractmethod
    def readings(self, reported: int) -> list[Reading]:
        """What the model reads for it.

        Args:
            reported: Number of documents that are reported.
        """

    @abstractmethod
    def reported(self) -> Sequence[str]:
        """Names of the metrics that every document has a value of."""

    def has_training_docs(self) -> bool:
        """False: there are no shots."""
        return False

    def has_validation_docs(self) -> bool:
        """False: all documents are test documents."""
        return False

    def has_test_docs(self) -> bool:
        """True: the pairs or queries are test documents."""
        return True

    def build_all_requests(
        self,
        *,
        limit: int | None = None,
        samples: list[int] | None = None,
        rank: int = 0,
        world_size: int = 1,
        cache_requests: bool = False,
        system_instruction: str | None = None,
        apply_chat_template: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make a request of every reported document.

        Options that belong to prompts are noted and otherwise without effect; so is the harness's
        request cache, whose key knows neither pivot nor folder.
        """
        options = {
            "--cache_requests": cache_requests,
            "--system_instruction": system_instruction is not None,
            "--apply_chat_template": apply_chat_template,
        }
        ignored = tuple(option for option, given in options.items() if given)
        reported = len(self._reported(limit, samples))
        if reported < world_size:
            raise SettingsError(
                f"Expected at least one reported {self.DOCUMENT} of {self.config.task} per "
                f"process, but got {reported} {self.DOCUMENT}s for {world_size} processes: start "
                "fewer, or report more"
            )
        docs = self.doc_iterator(rank=rank, limit=limit, samples=samples, world_size=world_size)
        self._instances = [self.request(doc, doc_id, ignored) for doc_id, doc in docs]

    def doc_iterator(
        self,
        *,
        rank: int = 0,
        limit: int | None = None,
        world_size: int = 1,
        samples: list[int] | None = None,
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """This process's share of the reported documents, numbered.

        Under `samples` the harness takes a number for a position in that list, while its own
        iterator counts in the order of the file.
        """
        docs = self.test_docs()
        numbered = enumerate(docs[index] for index in self._reported(limit, samples))
        return itertools.islice(numbered, rank, None, world_size)

    def _reported(self, limit: int | None, samples: list[int] | None) -> Sequence[int]:
        n = len(self.test_docs())
        if samples is None:
            return range(min(n, limit or n))
        if not samples or len(set(samples)) < len(samples) or not set(samples) <= set(range(n)):
            raise SettingsError(
                f"Expected `--samples` of {self.config.task} to be different numbers from 0 to "
                f"{n - 1}, at least one, but got {samples}"
            )
        return samples

    def construct_requests(self, doc: dict[str, Any], ctx: str, **kwargs: Any) -> None:
        """Unused: `build_all_requests` makes them without prompts."""
        raise NotImplementedError

    def override_metric(self, metric_name: str) -> None:
        """Report `metric_name` alone, as the harness asks under `--predict_only`."""
        self._bypass = {metric_name: get_metric_aggregation(metric_name)}

    def higher_is_better(self) -> dict[str, bool]:
        """True for every metric."""
        return dict.fromkeys(self.aggregation(), True)

    def record(self) -> dict[str, Any]:
        """What a reader needs to trust the scores; empty before the run."""
        record: dict[str, Any] = self._instances[0].record if self._instances else {}
        return record

    def dump_config(self) -> dict[str, Any]:
        """The configuration, with the record in its metadata.

        The harness's loggers look there for the metrics that they find in the samples.
        """
        config: dict[str, Any] = self.config.to_dict()
        config["metric_list"] = [{"metric": name} for name in self._bypass or self.reported()]
        # The harness puts the model's arguments there, a Hub token among them.
        config["metadata"] = masked(config["metadata"])
        if record := self.record():
            config["metadata"]["neuronxa"] = record
        return config
