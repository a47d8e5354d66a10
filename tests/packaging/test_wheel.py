"""What is installed: built from the source archive, as an installer does, and run from where it lands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from posetui import weights

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = "posetui/_shipped/"


def _build(kind: str, source: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from the unpacked source archive."""
    folder = tmp_path_factory.mktemp("packaging")
    with tarfile.open(_build("sdist", ROOT, folder / "sdist")) as archive:
        archive.extractall(folder)  # our own archive; `filter` is newer than Python 3.11.2
    (source,) = folder.glob("posetui-*")
    return _build("wheel", source, folder / "wheel")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel's content, as it lies in site-packages."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "posetui", *arguments]
    return subprocess.run(
        command, cwd=installed, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_is_under_100_megabytes(wheel: Path) -> None:
    assert wheel.stat().st_size < 100_000_000


def test_holds_the_program_the_weights_and_the_clips(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "posetui").rglob("*.py")}
    files = {f"models/{weight.file}" for weight in weights.manifest()}
    files |= {
        "models/manifest.toml",
        "models/NOTICE",
        "tapes/NOTICE",
        "tapes/demo.mp4",
        "tapes/demo_single.mp4",
        "tapes/demo.mcap",
        "tapes/demo_single.mcap",
    }
    assert code <= names
    assert {SHIPPED + file for file in files} <= names
    assert not [name for name in names if name.startswith(SHIPPED + "models/build")]
    outside = {name for name in names if not name.startswith("posetui/") and ".dist-info/" not in name}
    assert not outside


def test_installs_one_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        text = archive.read(entry).decode()
    assert text.split() == ["[console_scripts]", "posetui", "=", "posetui.__main__:main"]


def test_installed_weights_are_as_shipped(installed: Path) -> None:
    done = _run(installed, "models", "verify", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert [model["name"] for model in told["models"]] == [weight.name for weight in weights.manifest()]
    home = installed / SHIPPED / "models"
    assert {Path(model["path"]).parent for model in told["models"]} == {home}


def test_a_damaged_installation_is_noticed(installed: Path) -> None:
    file = installed / SHIPPED / "models" / "pose_landmarker_lite.task"
    original = file.read_bytes()
    try:
        file.write_bytes(original[:-1] + bytes([original[-1] ^ 1]))
        done = _run(installed, "models", "verify")
    finally:
        file.write_bytes(original)
    assert done.returncode == 1
    assert "pose_landmarker_lite.task" in done.stdout


def test_an_editable_install_copies_no_weights(tmp_path: Path) -> None:
    code = (
        "import sys; from hatchling.build import build_editable; "
        "sys.stdout = sys.stderr; name = build_editable(sys.argv[1]); sys.__stdout__.write(name)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / done.stdout).stat().st_size < 100_000
