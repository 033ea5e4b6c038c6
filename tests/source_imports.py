"""What a source file imports, anywhere in it."""

import ast
from pathlib import Path


def imported(file: Path) -> set[str]:
    """Full names of modules, and of what is taken from them; no import is relative."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names
