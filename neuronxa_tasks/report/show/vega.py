"""Drawing by Vega, in a process beside this one: what ends that process costs one drawing."""

import signal
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any

import vl_convert
from joblib.externals.loky import ProcessPoolExecutor

from neuronxa_tasks.errors import ReportError

_PNG_SCALE = 2


def vega_bundle() -> str:
    """Vega, Vega-Lite and their embedding, which defines `window.vegaEmbed`."""
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"(() => {{{bundle}\n}})();"


def drawn(specification: Mapping[str, Any]) -> tuple[str, bytes]:
    """A Vega-Lite chart as SVG and as PNG.

    Raises:
        ValueError: Vega cannot draw it.
    """
    vector = vl_convert.vegalite_to_svg(dict(specification))
    # Drawing once and converting is twice as fast as drawing twice.
    return vector, vl_convert.svg_to_png(vector, scale=_PNG_SCALE)


class Drawer:
    """Draws in another process, and begins with the page's script, which takes a second."""

    def __enter__(self) -> "Drawer":
        self._pool = self._started()
        self._bundle: Future[str] = self._pool.submit(vega_bundle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(kill_workers=kind is not None)

    def bundle(self) -> str:
        """As `vega_bundle` makes it.

        Raises:
            ReportError: It cannot be made.
        """
        try:
            return self._bundle.result()
        except (ValueError, BrokenProcessPool) as error:
            raise ReportError(
                f"The script that draws the page's charts cannot be made: {error}; "
                "install vl-convert-python anew"
            ) from error

    def draw(self, specification: Mapping[str, Any]) -> tuple[str, bytes]:
        """As `drawn` draws it.

        Raises:
            ReportError: Vega cannot draw it.
        """
        try:
            drawing: Future[tuple[str, bytes]] = self._pool.submit(drawn, specification)
            return drawing.result()
        except ValueError as error:
            raise ReportError(str(error).partition("\n")[0]) from error
        except BrokenProcessPool as error:
            self._pool.shutdown()
            self._pool = self._started()
            raise ReportError("the program that draws it has crashed") from error

    @staticmethod
    def _started() -> ProcessPoolExecutor:
        # That of the standard library would run a caller's script once more.
        return ProcessPoolExecutor(1, initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal, and is for the one that waits to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
