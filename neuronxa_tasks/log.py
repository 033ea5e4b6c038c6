"""The logger that every module of this package writes to."""

import logging

# A child of the harness's logger, so that its handler and level hold for us too.
logger = logging.getLogger("lm_eval.neuronxa_tasks")
