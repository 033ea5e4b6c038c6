"""What a results file holds, as models that the writer and the reader share.

Imports `measures` and `data`; neither torch nor pandas nor lm_eval.
"""
