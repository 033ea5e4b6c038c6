"""NeuronXA: how well a language model aligns the world's languages inside.

The neuron states of a model's feed-forward layers are compared on parallel sentences
(Huang et al., ACL 2025). The package adds its tasks to lm-evaluation-harness.
"""

from importlib.metadata import version

__version__ = version("neuronxa-tasks")
