"""What a results file says of its run as a whole, and of each of its tasks."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from neuronxa_tasks.results.fields import Count, Date, Name, Part, Shots, cleaned


def _dtype(value: Any) -> Any:
    """Before it is written, the harness has torch's own object, which reads `torch.float32`."""
    written = value is None or isinstance(value, str | int | float | list | dict)
    return value if written else str(value)


class RunConfig(Part):
    """How the run was made.

    Attributes:
        model: The harness's name for the backend; where a loaded model was handed over in
            Python, the name of that.
        model_args: As typed, or as a table.
        model_dtype: Of the weights.
        model_num_parameters: Their number; -1 where the harness does not know it.
        limit: Documents per task, or their share.
    """

    model: Name | None = None
    model_args: dict[str, Any] | str | None = None
    model_dtype: Annotated[Name | None, BeforeValidator(_dtype)] = None
    model_num_parameters: Annotated[int, Field(ge=-1, le=2**53)] | None = None
    limit: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class Run(Part):
    """A results file but for its tasks."""

    config: Annotated[RunConfig | None, BeforeValidator(cleaned)] = None
    model_name: Name | None = None
    date: Date | None = None
    chat_template: Any = None
    system_instruction: str | None = None
    lm_eval_version: Name | None = None
    transformers_version: Name | None = None


class Samples(Part):
    """How many documents a task has, and how many were run."""

    original: Count
    effective: Count


class TaskRun(Part):
    """How one task was run."""

    n_shot: Shots | None = None
    n_samples: Samples | None = None
