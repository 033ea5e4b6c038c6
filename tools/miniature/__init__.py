"""The miniature: a small world, its text, and a model trained on it, for `neuronxa demo`."""
