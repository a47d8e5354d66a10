"""Backends of other packages: the worked example of the documentation, and packages that get it wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from posetui.backends import opening
from posetui.backends.base import BackendOptions
from posetui.backends.opening import check_backend, families, names, open_backend
from posetui.errors import BackendError

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "posetui-example"
Install = Callable[[str, str], None]


def write_package(folder: Path, entries: str) -> None:
    """Write what an installed package leaves behind to be found by: its name and its entry points."""
    info = folder / "posetui_other-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: posetui-other\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[posetui.backends]\n{entries}\n")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return what puts a module and its entry points where Python finds them."""

    def put(entries: str, code: str) -> None:
        (tmp_path / "posetui_other.py").write_text(code)
        write_package(tmp_path, entries)
        monkeypatch.syspath_prepend(tmp_path)
        opening._entries.cache_clear()

    sys.modules.pop("posetui_other", None)
    yield put
    sys.modules.pop("posetui_other", None)
    monkeypatch.undo()
    opening._entries.cache_clear()


def example_entries() -> str:
    """Return the entry points that the example's pyproject.toml declares."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return "\n".join(f"{name} = {place}" for name, place in project["entry-points"][opening.GROUP].items())


def test_the_example_is_loaded(install: Install) -> None:
    install(example_entries(), "")
    sys.path.insert(0, str(EXAMPLE))
    try:
        assert "example" in families()
        assert "example" in names()
        check_backend("example:coarse")
        backend = open_backend("example", BackendOptions())
        image = np.zeros((20, 30, 3), np.uint8)
        image[4, 9] = 255
        (pose,) = backend.estimate(image, 0.0).poses
        assert pose.keypoints[0].tolist() == [9.5, 4.5, 1.0]
        assert open_backend("example:coarse", BackendOptions()).name == "example:coarse"
        with pytest.raises(BackendError, match="no variant 'fine'"):
            open_backend("example:fine", BackendOptions())
        with pytest.raises(BackendError, match="CPU only"):
            open_backend("example", BackendOptions(device="cuda"))
    finally:
        sys.path.remove(str(EXAMPLE))
        sys.modules.pop("posetui_example", None)


def test_the_example_runs(tmp_path: Path) -> None:
    write_package(tmp_path, example_entries())
    paths = os.pathsep.join([str(tmp_path), str(EXAMPLE), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "posetui", "--backend", "example", "--source", "demo:single", "--json"]
    done = subprocess.run(
        [*command, "--every-frame", "--end", "0.5"],
        env={**os.environ, "PYTHONPATH": paths, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=EXAMPLE.parents[2],
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["backend"], report["model"], report["device"]) == ("example", "brightest spot", "CPU")
    assert report["frames"] > 10


WRONG = {
    "no such module": ("other = posetui_nowhere:make", "", "cannot be loaded: ModuleNotFoundError"),
    "no such function": ("other = posetui_other:nothing", "", "cannot be loaded: AttributeError"),
    "no function": ("other = posetui_other:value", "value = 5", "is no function or class"),
    "no place": ("other = !", "", "cannot be loaded"),
    "not Python": ("other = posetui_other:make", "def make(:", "cannot be loaded: SyntaxError"),
    "fails at import": ("other = posetui_other:make", "1 / 0", "cannot be loaded: ZeroDivisionError"),
    "fails when called": (
        "other = posetui_other:make",
        "def make(variant, options):\n raise RuntimeError('no\\x1b weights')",
        "cannot be opened: RuntimeError: no\N{REPLACEMENT CHARACTER} weights",
    ),
    "takes nothing": ("other = posetui_other:make", "def make(): pass", "cannot be opened: TypeError"),
    "gives no backend": (
        "other = posetui_other:make",
        "class make:\n def __init__(self, variant, options): self.name = ''\n def close(self): pass",
        "has no model, device, note, skeleton, max_people, has_heat_maps, estimate",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said_in_a_sentence(wrong: str, install: Install) -> None:
    entries, code, said = WRONG[wrong]
    install(entries, code)
    check_backend("other")
    with pytest.raises(BackendError) as caught:
        open_backend("other", BackendOptions())
    assert said in caught.value.title
    assert "posetui-other" in caught.value.remedy


def test_errors_of_ours_are_passed_on(install: Install) -> None:
    code = (
        "from posetui.errors import BackendError\ndef make(v, o): raise BackendError('No licence', 'Buy one')"
    )
    install("other = posetui_other:make", code)
    with pytest.raises(BackendError, match=r"No licence\. Buy one"):
        open_backend("other", BackendOptions())


def test_nobody_takes_a_name_of_ours(install: Install) -> None:
    before = names()
    install(
        "movenet = posetui_other:make\nonnx = posetui_other:make\na:b = posetui_other:make", "make = None"
    )
    assert names() == before
    assert open_backend("mediapipe:lite", BackendOptions()).model == "pose_landmarker_lite"
    with pytest.raises(BackendError, match="There is no file"):
        open_backend("onnx:nothing.onnx", BackendOptions())


def test_of_two_of_the_same_name_the_first_counts(install: Install) -> None:
    code = "def make(v, o): raise RuntimeError('first')\ndef other(v, o): raise RuntimeError('second')"
    install("other = posetui_other:make\nother = posetui_other:other", code)
    assert families().count("other") == 1
    with pytest.raises(BackendError, match="first"):
        open_backend("other", BackendOptions())
