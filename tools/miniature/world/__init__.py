"""Meanings, and twelve languages that say them."""
