"""Damages every input that a command reads, and tells what does not hold."""
