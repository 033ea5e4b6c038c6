"""Which sentences of FLORES-200 stand in the passages of Belebele, which were made of them.

Found by looking for every line of the English devtest in the 488 English passages, letters and
digits alone. Passages and sentences are translations of each other in all languages.
"""

from collections.abc import Iterable

from neuronxa_tasks.data.line_numbers import line_numbers

# Of the devtest's 1,012 lines, counted from 1.
LINES_OUTSIDE_BELEBELE = (
    "81-82,144-147,188-189,225-227,243-247,261-264,307-309,315-318,329-330,333-335,338-339,"
    "342-344,349-350,358-359,382-385,422-423,428-430,447-450,489-492,513-517,538-540,583-585,"
    "589-591,594-596,623-625,636-647,659-663,669-678,684-687,693-697,742-745,751-754,769-773,"
    "784-788,818-820,827-828,862-868,874-878,884-888,899-909,914-926,979-982,989-990,993-994,"
    "998-999,1003-1005,1009-1012"
)
_OUTSIDE = frozenset(line_numbers(LINES_OUTSIDE_BELEBELE))


def lines_in_belebele(lines: Iterable[int]) -> int:
    """How many of these lines of the devtest stand in a passage.

    Example:
        >>> lines_in_belebele(range(1, 101)), lines_in_belebele(range(1, 1013))
        (98, 817)
    """
    return sum(line not in _OUTSIDE for line in lines)
