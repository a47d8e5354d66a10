"""The examples of docs/api.md run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = [
    code for code in re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) if "(" in code
]
SAID = ("left wrist at", "neck at", "PCK@0.2 %: 100.0 [100.0, 100.0]")


def test_there_are_three() -> None:
    assert len(EXAMPLES) == len(SAID) == 3


@pytest.mark.parametrize("place", range(3))
def test_an_example_runs(place: int) -> None:
    child = subprocess.run(
        [sys.executable, "-c", EXAMPLES[place]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    assert SAID[place] in child.stdout
    assert len(child.stdout.splitlines()) >= 2
