"""The notebook runs, with few frames, and what is stored in it is what its cells would show."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "notebooks" / "compare.ipynb"


def _runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebook_run", NOTEBOOK.with_name("run.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _shown(cell: Any) -> set[str]:
    """The kinds of what a cell shows."""
    return {kind for output in cell["outputs"] for kind in output.get("data", ())}


def test_it_runs_and_shows_tables_and_plots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POSETUI_NOTEBOOK_SECONDS", "0.06")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    done = _runner().executed(NOTEBOOK, ROOT, timeout=100)
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert [cell["source"] for cell in done.cells] == ["".join(cell["source"]) for cell in stored["cells"]]
    code = [
        (new, old) for new, old in zip(done.cells, stored["cells"], strict=True) if old["cell_type"] == "code"
    ]
    assert len(code) == 9
    for new, old in code:
        assert old["execution_count"] == new["execution_count"]
        assert _shown(new) == _shown(old), old["source"]
    kinds = [_shown(new) for new, _ in code]
    assert sum("image/png" in kind for kind in kinds) == 5
    assert sum("text/markdown" in kind for kind in kinds) == 4
    shown = [output["data"] for new, _ in code for output in new["outputs"]]
    tables = [one["text/markdown"] for one in shown if "text/markdown" in one]
    assert any("| PCK@0.2 % |" in text for text in tables)


def test_what_is_stored_is_small_and_names_no_place() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text) < 1_000_000
    stored = json.loads(text)
    assert all(
        cell["outputs"] or not place
        for place, cell in enumerate(cell for cell in stored["cells"] if cell["cell_type"] == "code")
    )
    outputs = [output for cell in stored["cells"] for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output["output_type"] in ("error", "stream")]
    assert sys.prefix not in text
    assert str(ROOT) + "/" not in text
