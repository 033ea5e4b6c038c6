"""`neuronxa track`: checkpoints found, run one by one, and reported together."""
