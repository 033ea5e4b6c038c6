"""Where a results file contradicts itself, as no run makes it and a changed figure does.

A record says most things more than once: a score is the mean of its layers, and that of its pairs;
a layer's score is a number of whole pairs; the last of the scores of the first pairs is the score.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from neuronxa_tasks.data.benchmarks import PARITIES, benchmark_of_task
from neuronxa_tasks.measures import metric_named
from neuronxa_tasks.report.read.alignments import measured
from neuronxa_tasks.report.read.parsing import ALIGNMENT_TASK
from neuronxa_tasks.report.read.records import record_of
from neuronxa_tasks.results.parity_record import ParityRecord
from neuronxa_tasks.results.ranges import POSITIVE, TOLERANCE, range_of_metric
from neuronxa_tasks.results.record import LanguageRecord, MetricEntry

# A rule that does not hold, and where.
_Broken = tuple[str, str]


def contradictions(content: Mapping[str, Any]) -> list[str]:
    """What does not fit together, a sentence for each rule with the first place and their number.

    Args:
        content: The JSON object of a results file that `parse_results` has accepted. Entries that
            it could not read are passed over.
    """
    places: dict[str, list[str]] = {}
    for task, values in (content["results"] or {}).items():
        for rule, place in _of_task(content, task, values):
            places.setdefault(rule, []).append(f"{task}, {place}")
    return [
        f"{rule}: {found[0]}" + (f"; {len(found) - 1} more" if len(found) > 1 else "")
        for rule, found in places.items()
    ]


def _of_task(content: Mapping[str, Any], task: str, values: Any) -> Iterator[_Broken]:
    config = (content["configs"] or {}).get(task)
    benchmark = benchmark_of_task(task)
    if not isinstance(values, Mapping):
        return
    try:
        if match := ALIGNMENT_TASK.fullmatch(task):
            record = record_of(config, LanguageRecord)
            yield from _names(record, match[1], match[3])
            yield from _lengths(record)
            for name, entry in record.metrics.items():
                for rule, place in _of_metric(name, entry, record.n_pairs):
                    yield rule, f"{name}: {place}"
            if record.metrics and _is_whole(content, task):
                yield from _results(values, record)
        elif benchmark and benchmark[0].name in PARITIES:
            yield from _parity(record_of(config, ParityRecord), values, _is_whole(content, task))
    except ValueError:
        # Whoever reads the file says so.
        return


def _is_whole(content: Mapping[str, Any], task: str) -> bool:
    counts = (content.get("n-samples") or {}).get(task)
    if isinstance(counts, Mapping):
        return counts.get("original") == counts.get("effective")
    config = content.get("config")
    return not (isinstance(config, Mapping) and config.get("limit"))


def _names(record: LanguageRecord, corpus: str, language: str) -> Iterator[_Broken]:
    rule = "a record is of its task's corpus and language"
    for own, expected in ((record.corpus, corpus), (record.language, language)):
        if own not in (expected, None):
            yield rule, f"the record is of {own}"
    if record.pivot is not None and record.pivot == record.language:
        yield "a language is aligned with another", f"the pivot is {record.pivot} too"


def _lengths(record: LanguageRecord) -> Iterator[_Broken]:
    for side in ("pivot", "language"):
        tokens = getattr(record.tokens, side)
        if tokens and record.n_pairs not in (len(tokens), None):
            yield (
                "every sentence has its tokens counted",
                f"`tokens.{side}` has {len(tokens)} sentences of {record.n_pairs}",
            )


def _of_metric(name: str, entry: MetricEntry, n_pairs: int | None) -> Iterator[_Broken]:
    metric = metric_named(name)
    scores = [score for score in entry.layer_scores if score is not None]
    # What a newer version measures is its own affair.
    if metric is None or n_pairs is None or entry.score is None:
        return
    if not scores:
        yield "a score has those of its layers beside it", "`layer_scores` is empty"
        return
    if metric.family == "retrieval":
        yield from _differs("a retrieval score is that of the best layer", entry.score, max(scores))
        yield from _of_pairs(entry.score, entry.outcomes, n_pairs)
    else:
        mean = math.fsum(scores) / len(scores)
        yield from _differs("a score is the mean of its layers", entry.score, mean)
    if metric.family == "alignment":
        shares = [layers / len(scores) for layers in entry.aligned_layers]
        yield from _of_pairs(entry.score, shares, n_pairs)
        yield from _first_pairs(entry, shares, n_pairs, monotone=metric.correction == "none")
    if metric.family != "baseline":
        for layer, score in zip(entry.layer_numbers(0), entry.layer_scores, strict=True):
            if score is not None and not _whole(score * n_pairs, n_pairs):
                yield (
                    "a layer aligns or finds a whole number of pairs",
                    f"layer {layer} has {score:g} of {n_pairs}",
                )


def _of_pairs(score: float, shares: list[Any], n_pairs: int) -> Iterator[_Broken]:
    if len(shares) != n_pairs:
        yield "a score has the outcome of every pair beside it", f"{len(shares)} of {n_pairs} pairs"
    else:
        yield from _differs("a score is the mean of its pairs", score, math.fsum(shares) / n_pairs)


def _first_pairs(
    entry: MetricEntry, shares: list[float], n_pairs: int, *, monotone: bool
) -> Iterator[_Broken]:
    """Of the first pairs alone: with fewer to be confused with, a pair stays aligned."""
    for count, score in entry.by_pairs.items():
        if count == n_pairs and entry.score is not None:
            rule = "the score of all pairs in `by_pairs` is the score"
            yield from _differs(rule, score, entry.score)
        if not _whole(score * count * len(entry.layer_scores), count):
            yield (
                "`by_pairs` counts whole pairs",
                f"{score:g} of {count} pairs in {len(entry.layer_scores)} layers",
            )
        among_all = math.fsum(shares[:count]) / count
        if monotone and score < among_all - TOLERANCE:
            yield (
                "pairs that are aligned among all are aligned among fewer",
                f"{score:g} of the first {count} alone, but {among_all:g} among {n_pairs}",
            )


def _results(values: Mapping[str, Any], record: LanguageRecord) -> Iterator[_Broken]:
    for key in values:
        name = key.partition(",")[0]
        metric = metric_named(name)
        if metric is None or math.isnan(value := measured(values, key, range_of_metric(metric))):
            continue
        entry = record.metrics.get(name)
        if entry is None:
            yield "a score has a record", f"there is none of {name}"
        elif entry.score is not None and abs(value - entry.score) > TOLERANCE:
            yield (
                "`results` and the record have the same score",
                f"{name} is {value:g} in `results` and {entry.score:g} in the record",
            )


def _parity(record: ParityRecord, values: Mapping[str, Any], whole: bool) -> Iterator[_Broken]:
    kept = record.reported
    if kept is None:
        return
    ratio = kept.pivot_nats / kept.language_nats
    yield from _differs("`ratio_of_sums` is the ratio of the two sums", kept.ratio_of_sums, ratio)
    given = measured(values, "bits_per_byte,none", POSITIVE)
    if whole and kept.bytes and not math.isnan(given):
        bits = kept.language_nats / math.log(2) / kept.bytes
        yield from _differs("`bits_per_byte` is the language's bits over its bytes", given, bits)
    if whole and record.n_pairs not in (kept.pairs, None):
        yield "every pair is reported", f"{kept.pairs} of {record.n_pairs} pairs"


def _differs(rule: str, given: float, expected: float) -> Iterator[_Broken]:
    if not math.isclose(given, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
        yield rule, f"{given:g}, which should be {expected:g}"


def _whole(count: float, pairs: int) -> bool:
    return abs(count - round(count)) <= TOLERANCE * max(1, pairs)
