"""The folder of a report: what is somebody else's stays, and no half page is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posetui.errors import SettingsError, TapeError
from posetui.reports.folder import check_folder, write_folder

FILES = {
    "plots/a.png": b"a" * 100,
    "worst/01-1.jpg": b"b" * 100,
    "report.md": b"# x",
    "index.html": b"<p>new",
}


def test_what_is_of_somebody_else_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"such as thesis\.txt"):
        write_folder(tmp_path, FILES, {}, force=False)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]
    write_folder(tmp_path, FILES, {"said": 1}, force=True)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "worst" / "01-1.jpg").read_bytes() == b"b" * 100
    kept = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert kept == {"said": 1, "files": sorted([*FILES, "report.json"])}


def test_a_report_takes_the_place_of_another(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "out"
    write_folder(folder, {**FILES, "plots/old.png": b""}, {}, force=False)
    write_folder(folder, FILES, {}, force=False)
    assert not (folder / "plots" / "old.png").exists()


def test_nothing_is_removed_that_only_claims_to_be_of_a_report(tmp_path: Path) -> None:
    folder, outside = tmp_path / "out", tmp_path / "outside.png"
    outside.write_bytes(b"mine")
    write_folder(folder, FILES, {}, force=False)
    (folder / "mine.txt").write_bytes(b"mine")
    listed = {"files": [*FILES, "report.json", "mine.txt", "../outside.png", "plots/../../outside.png", 7]}
    (folder / "report.json").write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"such as mine\.txt"):
        check_folder(folder, force=False)
    write_folder(folder, FILES, {}, force=True)
    assert outside.read_bytes() == (folder / "mine.txt").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "content", [b"[]", b"{", b'{"files": 3}', b'{"files": ["index.html"]}', b"[" * 100_000]
)
def test_a_list_that_is_none_makes_nothing_ours(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "index.html").write_bytes(b"mine")
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(SettingsError, match=r"such as index\.html"):
        check_folder(tmp_path, force=False)


@pytest.mark.parametrize("broken", ["worst/01-1.jpg", "index.html"])
def test_what_fails_midway_leaves_no_half_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    folder, write = tmp_path / "out", Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if data == FILES[broken]:
            write(self, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return write(self, data)

    for before in (None, b"<p>old"):
        with monkeypatch.context() as disk:
            disk.setattr(Path, "write_bytes", full)
            with pytest.raises(TapeError, match="No space left"):
                write_folder(folder, FILES, {}, force=False)
        there = folder / "index.html"
        assert (there.read_bytes() if there.exists() else None) == before
        assert not [one for one in folder.rglob(".*") if one.is_file()]
        # What was left is known as ours.
        write_folder(folder, {**FILES, "index.html": b"<p>old"}, {}, force=False)
