"""Worked examples, run from the root of the repository."""
