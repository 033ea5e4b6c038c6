"""Names beside the points of a drawing, where there is room.

Vega has this too, but measures on a canvas, which its converter does not have.
"""

import re
from collections.abc import Iterator

from neuronxa_tasks.report.show.charts.style import NAMES

# Width of a letter and height of a line in heights of letters.
_WIDE, _HIGH = 0.58, 0.8

# Pixels between a point's middle and its name.
_GAP = 6.0

_GROUP = re.compile(rf'(<g class="[^"]*\b{NAMES}_marks"[^>]*>)(.*?)(</g>)', re.DOTALL)
_TEXT = re.compile(
    r'<text[^>]*translate\((?P<x>[-0-9.]+),(?P<y>[-0-9.]+)\)[^>]*font-size="(?P<size>[0-9.]+)px"'
    r"[^>]*>(?P<name>[^<]*)</text>"
)
_PLACE = re.compile(r"translate\([^)]*\)")

# Middle, and half of width and height.
_Box = tuple[float, float, float, float]


def place_names(drawing: str) -> str:
    """An SVG whose names, which lie on their points, stand beside them; those without room go."""
    return _GROUP.sub(lambda group: group[1] + "".join(_placed(group[2])) + group[3], drawing)


def _placed(group: str) -> Iterator[str]:
    texts = list(_TEXT.finditer(group))
    points = [(float(text["x"]), float(text["y"])) for text in texts]
    right = max((x for x, _ in points), default=0.0)
    taken: list[_Box] = []
    for text, (x, y) in zip(texts, points, strict=True):
        size = float(text["size"])
        wide, high = _WIDE * size * len(text["name"]) / 2, _HIGH * size / 2
        beside, below = _GAP + wide, _GAP + high
        for dx, dy in ((beside, 0.0), (-beside, 0.0), (0.0, -below), (0.0, below)):
            box = (x + dx, y + dy, wide, high)
            others = (*taken, *((px, py, _GAP / 2, _GAP / 2) for px, py in points))
            if box[0] - wide >= 0 and box[0] + wide <= right + _GAP and not _meets(box, others):
                taken.append(box)
                yield _PLACE.sub(f"translate({x + dx:.2f},{y + dy:.2f})", text[0], count=1)
                break


def _meets(box: _Box, others: tuple[_Box, ...]) -> bool:
    x, y, wide, high = box
    return any(
        abs(x - other[0]) < wide + other[2] and abs(y - other[1]) < high + other[3]
        for other in others
    )
