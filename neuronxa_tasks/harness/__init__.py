"""The plug-in: what the task files name, what they ask of a model, and a run in parts.

The one room that imports `lm_eval`; it imports every room before it, and neither the report nor
the commands.
"""
