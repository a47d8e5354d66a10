"""CSV, Parquet and TRC, read by other readers; and CSV back."""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib import import_module, util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from posetui.errors import TapeError
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import BODY_25, COCO_17, HALPE_26
from posetui.tapes.formats import parquet, table_reading, tables, trc
from posetui.tapes.formats.exchange import ImageFacts, ImportOptions
from tests.tapes.formats_frames import (
    FPS,
    SIZE,
    assert_same_poses,
    export_of,
    frame_of,
    frames_of,
    recordings,
    standing,
)

OPTIONS = ImportOptions(fps=FPS, size=SIZE)


@settings(deadline=None, max_examples=20)
@given(recordings())
def test_the_tidy_table_comes_back(tmp_path_factory: pytest.TempPathFactory, frames: list[PoseFrame]) -> None:
    path = tmp_path_factory.mktemp("csv") / "tidy.csv"
    tables.write_tidy(frames, export_of(), path)
    expected = [frame for frame in frames if frame.poses]
    if not expected:
        with pytest.raises(TapeError, match="has no rows"):
            table_reading.read(path, OPTIONS)
        return
    imported = table_reading.read(path, OPTIONS)
    assert imported.header.skeletons.keys() == {"coco-17"}
    for found, other in zip(frames_of(imported.frames), expected, strict=True):
        assert found.index == other.index and abs(found.pts - other.pts) < 1e-9
        assert_same_poses(found, other)


def test_the_tables_by_another_reader(tmp_path: Path) -> None:
    points = standing().keypoints.copy()
    points[3] = 0
    frames = [frame_of(5, [Pose(points, 0.75, 3), standing(track=None)]), frame_of(6, [])]
    tables.write_tidy(frames, export_of(), tmp_path / "tidy.csv")
    with (tmp_path / "tidy.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 34 and list(rows[0]) == list(tables.TIDY_COLUMNS)
    assert rows[0] == {
        **{"frame": "5", "time": "0.2", "pose": "0", "id": "3", "score": "0.75"},
        **{"joint": "nose", "x": "400.0", "y": "100.0", "confidence": "0.9"},
    }
    assert (rows[3]["joint"], rows[3]["x"], rows[3]["confidence"]) == ("left_ear", "", "0.0")
    assert (rows[17]["pose"], rows[17]["id"]) == ("1", "")
    tables.write_wide(frames, export_of(), tmp_path / "wide.csv")
    with (tmp_path / "wide.csv").open(newline="", encoding="utf-8") as file:
        wide = list(csv.DictReader(file))
    assert len(wide) == 2 and len(wide[0]) == 5 + 3 * 17
    for row in rows[:17]:
        assert [wide[0][f"{row['joint']}_{what}"] for what in ("x", "y", "confidence")] == [
            row["x"],
            row["y"],
            row["confidence"],
        ]


def test_images_are_a_column(tmp_path: Path) -> None:
    export = replace(export_of(), facts={0: ImageFacts('a, "b".jpg')})
    tables.write_tidy([frame_of(0, [standing()]), frame_of(1, [standing()])], export, tmp_path / "t.csv")
    first, second = table_reading.read(tmp_path / "t.csv", OPTIONS).frames
    assert first.facts == ImageFacts('a, "b".jpg') and second.facts is None


def test_a_small_table_is_enough(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("joint,x,y,frame\nRWrist,3,4,9\nneck,1,2,8\n", encoding="utf-8")
    imported = table_reading.read(tmp_path / "t.csv", ImportOptions(fps=10))
    first, second = frames_of(imported.frames)
    assert first.skeleton == "lsp-14" and (first.index, first.pts, second.pts) == (8, 0.8, 0.9)
    wrist = imported.header.skeletons["lsp-14"].index("right_wrist")
    assert second.poses[0].keypoints[wrist].tolist() == [3, 4, 1]


BAD = [
    ("frame,joint,x\n", "line 1: there is no column 'y'"),
    ("frame,joint,x,y\n", "has no rows"),
    ("frame,joint,x,y\n0,nose,1,2\n1,nose,1,x\n", "line 3: y is no number: x"),
    ("frame,joint,x,y\n0,nose,1,2\n0,nose,1,2\n", "line 3: nose of this person is there already"),
    ("frame,joint,x,y\n,nose,1,2\n", "line 2: frame and joint must not be empty"),
    ("frame,joint,x,y\n0.5,nose,1,2\n", "line 2: frame is no whole number"),
    ("frame,joint,x,y\n0,nose,nan,2\n", "line 2: x is not within"),
    ("frame,joint,x,y,confidence\n0,nose,1,2,7\n", "line 2: confidence is not within 0 and 1"),
    ("frame,joint,x,y,confidence\n0,nose,,2,1\n", "line 2: x or y is empty"),
    ("", "line 1"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=range(len(BAD)))
def test_a_bad_table_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TapeError) as caught:
        table_reading.read(tmp_path / "bad.csv", OPTIONS)
    assert said in caught.value.title and "bad.csv" in caught.value.title


# ---- TRC


def slow_trc(
    path: Path,
) -> tuple[dict[str, str], list[str], list[dict[str, list[float] | None]], list[float]]:
    """Read a TRC file by the book: header, marker names, places by marker and row, times."""
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[0].split("\t")[:3] == ["PathFileType", "4", "(X/Y/Z)"]
    header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    cells = lines[3].split("\t")
    assert cells[:2] == ["Frame#", "Time"]
    names = cells[2::3]
    assert lines[4].split("\t")[2:] == [f"{axis}{n}" for n in range(1, len(names) + 1) for axis in "XYZ"]
    assert lines[5] == "" and lines[-1] == ""
    rows: list[dict[str, list[float] | None]] = []
    times = []
    for number, line in enumerate(lines[6:-1], start=1):
        cells = line.split("\t")
        assert cells[0] == str(number) and len(cells) == 2 + 3 * len(names)
        times.append(float(cells[1]))
        places = [cells[2 + 3 * k : 5 + 3 * k] for k in range(len(names))]
        rows.append(
            {
                name: [float(cell) for cell in place] if any(place) else None
                for name, place in zip(names, places, strict=True)
            }
        )
    return header, names, rows, times


def test_markers_stand_where_joints_were(tmp_path: Path) -> None:
    points = standing(HALPE_26).keypoints.copy()
    points[3] = 0
    frames = [
        frame_of(10, [Pose(points, 0.8, 4)], HALPE_26),
        frame_of(11, [], HALPE_26),
        frame_of(12, [standing(HALPE_26, x=500.5, track=4)], HALPE_26),
    ]
    trc.write(frames, export_of(HALPE_26), tmp_path / "walk.trc")
    header, names, rows, times = slow_trc(tmp_path / "walk.trc")
    assert header == {
        **{"DataRate": "25", "CameraRate": "25", "NumFrames": "3", "NumMarkers": "26", "Units": "mm"},
        **{"OrigDataRate": "25", "OrigDataStartFrame": "11", "OrigNumFrames": "3"},
    }
    assert times == [0.4, 0.44, 0.48]
    assert {"Nose", "Neck", "Head", "Hip", "RShoulder", "LBigToe", "RHeel"} < set(names)
    assert rows[0]["Nose"] == [400.0, SIZE[1] - 100.0, 0.0] and rows[0]["LEar"] is None
    assert set(rows[1].values()) == {None}
    assert rows[2]["LEye"] == [507.5, SIZE[1] - 125.0, 0.0]


def test_each_person_has_a_file(tmp_path: Path) -> None:
    both = [standing(BODY_25), standing(BODY_25, x=900, track=2)]
    frames = [frame_of(0, both, BODY_25), frame_of(1, both[:1], BODY_25)]
    trc.write(frames, export_of(BODY_25), tmp_path / "walk.trc")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["walk_P1.trc", "walk_P2.trc"]
    _, names, rows, _ = slow_trc(tmp_path / "walk_P2.trc")
    assert "CHip" in names and rows[0]["Nose"] == [900, 620, 0] and rows[1]["Nose"] is None
    with pytest.raises(TapeError, match="exists already"):
        trc.write(frames, export_of(BODY_25), tmp_path / "walk.trc")
    trc.write(frames, replace(export_of(BODY_25), force=True), tmp_path / "walk.trc")


def test_people_without_numbers_do_not_fit(tmp_path: Path) -> None:
    two = [standing(track=None), standing(x=900, track=None)]
    with pytest.raises(TapeError, match="several without a number"):
        trc.write([frame_of(0, two)], export_of(), tmp_path / "walk.trc")
    with pytest.raises(TapeError, match="nobody"):
        trc.write([frame_of(0, [])], export_of(), tmp_path / "walk.trc")
    assert list(tmp_path.iterdir()) == []


# ---- Parquet


def test_parquet_without_its_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(TapeError, match=r"not installed\. Install it with: pip install 'posetui\[parquet\]'"):
        parquet.write([], export_of(), tmp_path / "t.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(
    util.find_spec("pyarrow") is None,
    reason="pyarrow, which only writing Parquet needs (posetui[parquet]), is not installed",
)
def test_parquet_holds_the_tidy_table(tmp_path: Path) -> None:
    points = standing(COCO_17).keypoints.copy()
    points[3] = 0
    frames = [frame_of(5, [Pose(points, 0.75, 3), standing(track=None)]), frame_of(6, [])]
    parquet.write(frames, export_of(), tmp_path / "t.parquet")
    reader: Any = import_module("pyarrow.parquet")
    table = reader.read_table(tmp_path / "t.parquet")
    assert table.column_names == list(tables.TIDY_COLUMNS)
    assert table.schema.metadata[b"skeleton"] == b"coco-17"
    for found, expected in zip(table.to_pylist(), tables.tidy_rows(frames, export_of()), strict=True):
        for one, other in zip(found.values(), expected, strict=True):
            assert one == (np.float32(other) if isinstance(one, float) and one != other else other)
