"""Datasets of the Hub, at exactly the revision that was asked for."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuronxa_tasks.data.bitext import Provenance
from neuronxa_tasks.errors import BitextError

if TYPE_CHECKING:
    import datasets

_COMMIT = re.compile(r"[0-9a-f]{40}")


def load_columns(
    source: Provenance, configuration: str | None, columns: Sequence[str], instead: str
) -> list[list[Any]]:
    """Columns of one split of a dataset, from the Hub, or without it from the cache.

    Args:
        source: Dataset id, revision and split.
        configuration: Its name; None where a dataset has only one.
        columns: Their names.
        instead: What reads a local copy, such as `flores_dir=FOLDER`, for messages.

    Raises:
        BitextError: They cannot be had at that revision.
    """
    try:
        table = _load_table(source, configuration)
    except BitextError as error:
        raise BitextError(
            f"{error}. Read a local copy with {instead}; if the dataset is gated, accept "
            f"its licence at https://huggingface.co/datasets/{source.dataset} and set HF_TOKEN"
        ) from error
    for column in columns:
        if column not in table.column_names:
            raise BitextError(
                f"Expected a column {column!r} in {source.dataset} at revision {source.revision}, "
                f"but it has {len(table.column_names)} others: "
                f"read a local copy with {instead}"
            )
    return [list(table[column]) for column in columns]


@lru_cache(maxsize=4)
def _load_table(source: Provenance, configuration: str | None) -> "datasets.Dataset":
    """One split of a configuration of a dataset, from the Hub, or without it from the cache.

    Args:
        source: Dataset id, revision and split.
        configuration: Its name; None where a dataset has only one.

    Raises:
        BitextError: It cannot be had at that revision.
    """
    # Takes seconds to import, and a report needs no text.
    import datasets

    parts = ", ".join(filter(None, (configuration, source.split)))
    try:
        builder = _builder(source, configuration)
        builder.download_and_prepare()
        table: datasets.Dataset = builder.as_dataset(split=source.split)
    # The Hub, the cache and the readers of files each raise their own.
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise BitextError(
            f"Cannot load {source.dataset} ({parts}) at revision {source.revision}: {error}"
        ) from error
    return table


def _builder(source: Provenance, configuration: str | None) -> "datasets.DatasetBuilder":
    """What prepares the dataset.

    Raises:
        BitextError: It would prepare another commit.
    """
    import datasets
    from datasets.packaged_modules.cache.cache import Cache

    builder = datasets.load_dataset_builder(source.dataset, configuration, revision=source.revision)
    commit = _commit(source)
    if isinstance(builder, Cache) and commit:
        # Without the Hub, `datasets` takes the newest commit that the cache has, whatever was
        # asked for. Given a commit, its builder takes that one or fails.
        builder = Cache(
            repo_id=source.dataset,
            dataset_name=builder.dataset_name,
            config_name=builder.config.name,
            version=str(builder.config.version),
            hash=commit,
        )
    # A folder of the dataset's name in the working directory also comes before the Hub.
    if commit != builder.hash:
        raise BitextError(
            f"Expected {source.dataset} at revision {source.revision}, but {builder.hash} is what "
            "can be had: connect to the Hub, and start where no folder has the dataset's name"
        )
    return builder


def _commit(source: Provenance) -> str | None:
    """The commit of a revision, or None where that cannot be told."""
    if source.revision and _COMMIT.fullmatch(source.revision):
        return source.revision
    from huggingface_hub import try_to_load_from_cache

    # The Hub has just answered which commit a branch or tag is, and the cache keeps that.
    card = try_to_load_from_cache(
        source.dataset, "README.md", revision=source.revision, repo_type="dataset"
    )
    return Path(card).parent.name if isinstance(card, str) else None
