"""`neuronxa track`."""
