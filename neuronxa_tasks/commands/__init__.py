"""One file or folder for each `neuronxa …`."""
