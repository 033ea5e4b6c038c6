"""The commands that run a model over sentences without a task of the harness."""
