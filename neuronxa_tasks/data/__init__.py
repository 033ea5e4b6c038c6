"""Languages, corpora, benchmarks, and the text that they consist of.

Imports nothing of the package but `errors`.
"""
