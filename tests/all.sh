#!/usr/bin/env bash
# Lint, format, types, tests: the first that fails ends the run.
set -euo pipefail
cd "$(dirname "$0")/.."
ruff check .
ruff format --check .
mypy
python -m pytest "$@"
