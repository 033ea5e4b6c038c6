"""What a run is of: its model, the step of training, and its arguments without secrets."""
