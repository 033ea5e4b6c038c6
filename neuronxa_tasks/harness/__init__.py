"""The one room that imports `lm_eval`: its request, its task, its model class."""
