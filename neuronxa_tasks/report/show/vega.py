"""Drawing by Vega, in a process beside this one: what ends that process costs one drawing."""

import re
import signal
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, NamedTuple

import vl_convert
from joblib.externals.loky import ProcessPoolExecutor

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.show.names_beside import place_names

_PNG_PPI = 300

# The first two of a drawing are its own.
_SIZE = re.compile(r'\b(?:width|height)="([0-9.]+)"')


def vega_bundle() -> str:
    """Vega, Vega-Lite and their embedding, which defines `window.vegaEmbed`."""
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"(() => {{{bundle}\n}})();"


class Drawing(NamedTuple):
    """A chart as files, by their endings."""

    svg: str
    png: bytes
    pdf: bytes


def drawn(specification: Mapping[str, Any], inches: float) -> Drawing:
    """A Vega-Lite chart, scaled to a width.

    Args:
        specification: The chart.
        inches: The width of the whole; PNG has 300 pixels to each.

    Raises:
        ValueError: Vega cannot draw it.
    """
    # Drawing once and converting is twice as fast as drawing twice.
    vector = place_names(vl_convert.vegalite_to_svg(dict(specification)))
    width, height = map(float, _SIZE.findall(vector)[:2])
    # A pixel of these converters is a point.
    points = _sized(vector, 72 * inches, 72 * inches * height / width, "")
    return Drawing(
        svg=_sized(vector, inches, inches * height / width, "in"),
        png=vl_convert.svg_to_png(points, ppi=_PNG_PPI),
        pdf=vl_convert.svg_to_pdf(points),
    )


def _sized(vector: str, width: float, height: float, unit: str) -> str:
    sizes = iter((f'width="{width:.4f}{unit}"', f'height="{height:.4f}{unit}"'))
    return _SIZE.sub(lambda _: next(sizes), vector, count=2)


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

    def draw(self, specification: Mapping[str, Any], inches: float) -> Drawing:
        """As `drawn` draws it.

        Raises:
            ReportError: Vega cannot draw it.
        """
        try:
            drawing: Future[Drawing] = self._pool.submit(drawn, specification, inches)
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
