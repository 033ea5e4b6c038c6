"""What `neuronxa neurons` found, as tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neuronxa_tasks.report.compute.language_matrix import both_orders, text_digest
from neuronxa_tasks.results.neuron_findings import Neurons

# Model's label and what was found, oldest first: of two with the same languages, sentences and
# thresholds the last counts.
Contents = Sequence[tuple[str, Neurons]]

_ABOUT = ["label", "corpus", "condition"]


def neurons(contents: Contents) -> pd.DataFrame:
    """How many neurons each language has in each layer, and how they correlate over pairs.

    Returns:
        A row per `label`, `corpus`, `condition`, `language` and `layer` (its true number):
        `neurons` of the layer, `specific` ones of the language, `specific_to_any` language,
        `shared` by all; and mean correlations over pairs with the pivot (missing for the pivot,
        and where there are no such neurons): `correlation` of all the layer's neurons,
        `correlation_specific` of the language's own, `correlation_shared` of the shared ones.
    """
    rows = [
        {
            **about,
            "language": entry.language,
            "layer": layer.layer,
            "neurons": layer.neurons,
            "specific": entry.specific[place],
            "specific_to_any": layer.specific,
            "shared": layer.shared,
            "correlation": entry.correlation[place],
            "correlation_specific": entry.correlation_specific[place],
            "correlation_shared": entry.correlation_shared[place],
        }
        for about, content in _each(contents)
        for entry in content.found
        for place, layer in enumerate(content.layers)
    ]
    table = pd.DataFrame(rows)
    means = [column for column in table if str(column).startswith("correlation")]
    return table.astype(dict.fromkeys(means, "float64"))


def overlaps(contents: Contents) -> pd.DataFrame:
    """How far every two languages have the same neurons.

    Returns:
        Columns `label`, `corpus`, `condition`, `language`, `other` and `value`, Jaccard's index,
        every two languages in both orders.
    """
    tables = []
    for about, content in _each(contents):
        table = both_orders(content.languages, np.array(content.overlap, dtype=np.float64))
        tables.append(table.assign(**about)[[*_ABOUT, *table]])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def carriers(contents: Contents) -> pd.DataFrame:
    """The neurons that correlate most over pairs, the highest first.

    Returns:
        A row per `label`, `corpus`, `condition`, `layer` and `neuron` (its place in the layer,
        from 0): mean `correlation` over languages, `lape`, whether it is `specific` to some
        language, and whether `shared` by all.
    """
    rows = [
        {
            **about,
            "layer": neuron.layer,
            "neuron": neuron.neuron,
            "correlation": neuron.correlation,
            "lape": neuron.entropy,
            "specific": neuron.specific,
            "shared": neuron.shared,
        }
        for about, content in _each(contents)
        for neuron in content.carriers
    ]
    return pd.DataFrame(rows)


def ablations(contents: Contents) -> pd.DataFrame:
    """Information parity of every language without the neurons of some.

    Returns:
        A row per `label`, `corpus`, `condition`, `ablated` language and `language`: how many
        `neurons` were off, `parity` before, `change` and its `stderr` by pairs, and `nats` over
        those before; `random_change`, `random_stderr` and `random_nats` likewise for as many
        random neurons of the same layers.
    """
    rows = [
        {
            **about,
            "ablated": row.language,
            "neurons": row.neurons,
            "language": language,
            "parity": ablation.parity[place],
            "change": row.change[place],
            "stderr": row.stderr[place],
            "nats": row.nats[place],
            "random_change": row.random_change[place],
            "random_stderr": row.random_stderr[place],
            "random_nats": row.random_nats[place],
        }
        # A later call without ablation takes none away.
        for about, content in _each([found for found in contents if found[1].ablation])
        if (ablation := content.ablation)
        for row in ablation.ablated
        for place, language in enumerate(content.languages)
    ]
    return pd.DataFrame(rows)


def _each(contents: Contents) -> Iterator[tuple[dict[str, Any], Neurons]]:
    newest = {
        (label, _condition(content), text_digest(content.languages, content.sha256)): content
        for label, content in contents
    }
    # Where the text or the choice of languages differs too, the condition has to tell.
    texts = Counter(condition for condition, _ in {key[1:] for key in newest})
    for (label, condition, text), content in newest.items():
        told = f"{condition}, text {text}" if texts[condition] > 1 else condition
        yield {"label": label, "corpus": content.corpus, "condition": told}, content


def _condition(content: Neurons) -> str:
    return (
        f"{content.corpus.upper()}, pivot {content.pivot}, {content.n_pairs} pairs, "
        f"{len(content.languages)} languages, filter {content.filter:g}, share "
        f"{content.share:g}, bar {content.bar:g}"
    )
