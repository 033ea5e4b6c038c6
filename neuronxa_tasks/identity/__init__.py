"""What a run is of: its model, its step of training, and its arguments without secrets.

Imports nothing of the package but `errors`.
"""
