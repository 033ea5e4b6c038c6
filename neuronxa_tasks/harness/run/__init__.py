"""What `neuronxa run` adds to a run of the harness: its cost first, part after part, kept.

Imports `tasks` and `requests`.
"""
