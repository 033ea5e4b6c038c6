"""Nats of sentences on disk, so that a run of information parity goes on where it died."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.harness.forward_pass import has_own
from neuronxa_tasks.harness.measured_model import digest, pass_key
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.harness.requests.database import Store
from neuronxa_tasks.harness.requests.score_cache import cache_file
from neuronxa_tasks.harness.upstream import SCORING, WHOLE_TEXT
from neuronxa_tasks.log import logger

# Sentences that are run before what they gave is written: minutes on a CPU.
AT_ONCE = 500


class KeptNats:
    """The nats of sentences by model, under `--use_cache`.

    Nothing is kept of a class that scores text in a way of its own, nor with several processes,
    of which each would have to skip the same batches.

    Args:
        lm: The harness's model.
        described: As `describe_model` gives it.
    """

    def __init__(self, lm: HFLM, described: Mapping[str, Any]) -> None:
        self._lm = lm
        how = {
            "batch_size": lm.batch_size,
            "max_length": lm.max_length,
            "prefix": lm.prefix_token_id,
        }
        own = [name for name in (*SCORING, WHOLE_TEXT) if has_own(lm, name)]
        self._model = None if own or lm.world_size > 1 else pass_key(lm, described, how)
        self._file = cache_file(lm)

    def answer(
        self,
        texts: Sequence[str],
        measure: Callable[[Sequence[str]], dict[str, float]],
    ) -> dict[str, float]:
        """The nats of every text; sentences that an earlier run has kept are not run again.

        Args:
            texts: In the order in which the model takes them.
            measure: Gives the nats of texts.
        """
        if self._model is None or self._file is None:
            return measure(texts)
        store = Store(self._file, "nats", "nats of sentences")
        ids = tokenize(self._lm, list(texts))
        keys = {
            text: digest({"model": self._model, "text": text, "tokens": tokens})
            for text, tokens in zip(texts, ids, strict=True)
        }
        found = store.read(keys.values())
        nats = {text: float(json.loads(found[key])) for text, key in keys.items() if key in found}
        if nats:
            logger.info("%d of %d sentences are in %s", len(nats), len(texts), self._file)
        # A run that goes on has the batches of one that never stopped.
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            if any(text not in nats for text in some):
                new = measure(some)
                store.write({keys[text]: json.dumps(new[text]).encode() for text in some})
                nats |= new
        return nats
