"""The names that every stage of a report gives its columns, each said once."""

# What a score is of: tables have a row for each of these, or for each with one key more.
SERIES = ["label", "condition"]
LANGUAGE_KEY = [*SERIES, "language"]
METRIC_KEY = [*SERIES, "metric"]

# What one inspection is of.
INSPECTION_KEY = ["label", "corpus", "pivot", "language"]

# The trivial predictors: how many more tokens than the pivot a language needs, and the share of
# pairs that strings alone align.
TOKENS = "tokens"
SURFACE = "surface"
TRIVIAL = (TOKENS, SURFACE)

# How much text of a language there is, and what the paper calls it.
RESOURCES = {"head": "Head", "longtail": "Long-tail"}
ALL = "all"
GROUPS = {**RESOURCES, ALL: "All"}

# The column of benchmarks' mean begins with it.
MEAN = "Mean of benchmarks"

# What stands beside a metric's own column, and the ending of that column's name.
ENDINGS = {
    "value": "",
    "stderr": "_stderr",
    "low": "_low",
    "high": "_high",
    "permutation_p": "_p",
    "articles_stderr": "_articles_stderr",
    "articles_low": "_articles_low",
    "articles_high": "_articles_high",
}

# Columns of the report's tables beside which benchmarks have columns of their own, so that none
# of these can be a benchmark's heading. Metrics are others, which `measures` knows.
OWN_COLUMNS = frozenset(
    [
        *("label", "model", "revision", "adapter", "series", "step", "condition", "corpus", "file"),
        *("language", "name", "script", "family", "branch", "resource", *TRIVIAL),
        *("layer", "layers"),
        *("metric", "benchmark", "heading", "value", "stderr", "low", "high", "p", "n"),
        *("pairs", "by_pairs", "score", "languages", ALL, *RESOURCES, "order", "place"),
        *("index", "mean", "reliability"),
    ]
)
