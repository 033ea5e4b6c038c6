"""What a task asks of a model, and how the model answers."""
