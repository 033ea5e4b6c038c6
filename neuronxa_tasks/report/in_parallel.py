"""The same done with many things, on all processors."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from joblib import Parallel, cpu_count, delayed

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# A process takes longer to start than fewer things take to be done.
_OF_A_PROCESS = 20


def in_parallel(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """The result of every item, in their order; few items are done in this process.

    Args:
        function: Of the top level of a module, so that another process finds it.
        items: What it is called with, one at a time.
    """
    processes = min(cpu_count(), len(items) // _OF_A_PROCESS)
    if processes < 2:
        return [function(item) for item in items]
    return list(Parallel(n_jobs=processes)(delayed(function)(item) for item in items))
