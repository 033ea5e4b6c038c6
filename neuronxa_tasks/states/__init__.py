"""Sentence states of any decoder: find its neurons, run it, pool tokens.

Imports `errors`, `log` and `measures`; knows neither the harness nor where text comes from.
"""

from neuronxa_tasks.states.decoder import Decoder, find_decoder
from neuronxa_tasks.states.encoder import SentenceEncoder, SentenceStates
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.layout import Layout, find_layout
from neuronxa_tasks.states.named import Named
from neuronxa_tasks.states.pooling import pooling_weights
from neuronxa_tasks.states.processes import Processes
from neuronxa_tasks.states.sites import Site, find_sites

__all__ = [
    "Decoder",
    "ExpertSite",
    "Layout",
    "Named",
    "Processes",
    "SentenceEncoder",
    "SentenceStates",
    "Site",
    "find_decoder",
    "find_layout",
    "find_sites",
    "pooling_weights",
]
