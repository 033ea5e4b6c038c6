"""What `neuronxa run` adds to a run of the harness."""
