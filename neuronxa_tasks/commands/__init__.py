"""One file or folder for each `neuronxa …`.

Imports every other room; `cli` alone names these, and imports one when it is called.
"""
