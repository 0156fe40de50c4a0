"""Find functions whose bodies are copies of one another, whatever their names.

Run ``python tools/duplicates.py lca``; exits with 1 where there are copies.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_LEAST_NODES = 40
"""Bodies with fewer syntax nodes say too little to be called copies."""


def copies(folder: Path) -> list[list[str]]:
    """Return groups of places whose functions have the same body, docstrings aside."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        for function in _functions(path):
            body = ast.Module(_without_docstring(function), [])
            if sum(1 for _ in ast.walk(body)) >= _LEAST_NODES:
                found[ast.dump(body)].append(f"{path}:{function.lineno}: {function.name}")
    return [places for places in found.values() if len(places) > 1]


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _without_docstring(function: ast.FunctionDef) -> list[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def main(folder: str) -> int:
    """Print the groups of copies; return 1 where there are any."""
    groups = copies(Path(folder))
    for places in groups:
        sys.stdout.write("These functions have one body:\n  " + "\n  ".join(places) + "\n")
    return 1 if groups else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
