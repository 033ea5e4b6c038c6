"""The JavaScript that draws the page's charts, as one script that needs no network."""

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import vl_convert


def vega_bundle() -> str:
    """Vega, Vega-Lite and their embedding, which defines `window.vegaEmbed`."""
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"(() => {{{bundle}\n}})();"


@contextmanager
def bundling() -> Iterator[Future[str]]:
    """`vega_bundle` in a process beside this one: it takes a second that need not be waited for."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield pool.submit(vega_bundle)
