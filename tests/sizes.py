"""Fails when a source file has more than 400 lines or a function more than 50."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 50
FOLDERS = ("posetui", "tests", "bench", "docs", "models")


def too_large(path: Path) -> list[str]:
    """Return what is too large in a file, a line each."""
    text = path.read_text(encoding="utf-8")
    found = []
    if (lines := text.count("\n")) > FILE_LINES:
        found.append(f"{path}: {lines} lines")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno}: {node.name} has {length} lines")
    return found


def main() -> int:
    """Check every Python file of the project."""
    root = Path(__file__).resolve().parent.parent
    built = root / "models" / "build" / "out"
    found_files = (path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py")))
    files = [path for path in found_files if built not in path.parents]
    found = [line for path in files for line in too_large(path)]
    print(
        "\n".join(found) or f"{len(files)} files within {FILE_LINES} lines, functions within {FUNCTION_LINES}"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
