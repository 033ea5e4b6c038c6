"""Leave out the measures whose states a model does not have, and say so."""

from collections.abc import Sequence

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.requests.alignment_request import BitextRequest
from neuronxa_tasks.log import logger
from neuronxa_tasks.states import Layout


def leave_out_missing(layout: Layout, requests: Sequence[BitextRequest]) -> None:
    """Take from requests what cannot be measured, so that the rest can.

    Args:
        layout: What states the model has.
        requests: They are changed in place.

    Raises:
        ModelError: Nothing of a request can be measured.
    """
    left_out: dict[str, set[str]] = {}
    for request in requests:
        missing = [m for m in request.metrics if m.representation.kind in layout.missing]
        reasons = {layout.missing[metric.representation.kind] for metric in missing}
        if missing and len(missing) == len(request.metrics):
            raise ModelError("; ".join(sorted(reasons)))
        request.metrics = tuple(metric for metric in request.metrics if metric not in missing)
        for metric in missing:
            why = layout.missing[metric.representation.kind]
            left_out.setdefault(why, set()).add(metric.name)
    for why, names in left_out.items():
        logger.warning("%s left out: %s", ", ".join(sorted(names)), why)
