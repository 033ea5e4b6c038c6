#!/usr/bin/env bash
# Lint, format, types, documentation, tests: the first that fails ends the run.
set -euo pipefail
cd "$(dirname "$0")/.."
ruff check .
ruff format --check .
mypy
mkdocs build --strict --quiet
# Two processes share two cores best where each takes one thread.
OMP_NUM_THREADS=1 python -m pytest --numprocesses auto --dist loadfile "$@"
