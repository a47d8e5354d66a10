"""`posetui tape export` and `posetui tape import`, with tapes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from posetui.commands.main import cli
from posetui.errors import TapeError
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import BODY_25, COCO_17
from posetui.tapes.formats.names import EXPORTS
from posetui.tapes.model import Event
from posetui.tapes.reader import Tape
from posetui.tapes.writer import TapeWriter
from tests.tapes.formats_frames import FPS, SIZE, frame_of, header, standing

JPEG = b"\xff\xd8\xff\xe0 not much of a picture"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["tape", *map(str, arguments)], catch_exceptions=False)


def recorded(
    path: Path, frames: list[PoseFrame], *, events: tuple[Event, ...] = (), kind: str = "video"
) -> Path:
    with TapeWriter(path, replace(header(), source_kind=kind)) as writer:
        for frame in frames:
            writer.write(frame, JPEG + bytes([frame.index % 256]))
        for event in events:
            writer.event(event)
    return path


def walking(count: int = 50) -> list[PoseFrame]:
    """Two people, of whom the second is missing in three frames; the joints tremble."""
    random = np.random.default_rng(3)
    frames = []
    for index in range(count):
        points = standing(x=100 + 4 * index).keypoints.copy()
        points[:, :2] += random.normal(0, 2, (17, 2))
        second = [] if 20 <= index < 23 else [standing(x=900, track=2)]
        frames.append(frame_of(index, [Pose(points, 0.9, 1), *second]))
    return frames


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return recorded(tmp_path / "walk.mcap", walking())


@pytest.mark.parametrize("kind", [kind for kind in EXPORTS if kind != "parquet"])
def test_every_format_is_written(tape: Path, tmp_path: Path, kind: str) -> None:
    result = run("export", tape, "--format", kind, "-o", tmp_path / "out")
    assert result.exit_code == 0 and "50 frames, 97 poses" in result.output
    assert list(tmp_path.glob("out*"))
    if kind != "trc":
        with pytest.raises(TapeError, match="out exists already"):
            run("export", tape, "--format", kind, "-o", tmp_path / "out")
    assert run("export", tape, "--format", kind, "-o", tmp_path / "out", "--force").exit_code == 0


def test_times_people_and_joints_are_chosen(tape: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    run("export", tape, "--format", "coco-results", "--start", "0.4", "--end", "0.8", "--only", 1, "-o", out)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [one["image_id"] for one in found] == list(range(10, 21))
    assert {one["track_id"] for one in found} == {1}
    with pytest.raises(TapeError, match=r"Nobody .* the number 7"):
        run("export", tape, "--format", "csv", "--only", 7, "-o", tmp_path / "nobody.csv")
    with pytest.raises(TapeError, match=r"no frames within .* It lasts 1\.96 s"):
        run("export", tape, "--format", "csv", "--start", 5, "-o", tmp_path / "late.csv")
    assert not list(tmp_path.glob("*.csv"))


def test_gaps_are_filled_and_joints_smoothed(tape: Path, tmp_path: Path) -> None:
    for name, more in (("raw", []), ("calm", ["--smooth", "strong", "--fill", "0.2"])):
        run("export", tape, "--format", "coco-results", "-o", tmp_path / f"{name}.json", *more)
    raw, calm = (json.loads((tmp_path / f"{n}.json").read_text(encoding="utf-8")) for n in ("raw", "calm"))
    assert (len(raw), len(calm)) == (97, 100)

    def tremor(people: list[dict[str, Any]]) -> float:
        y = np.array([one["keypoints"][1] for one in people if one["track_id"] == 1])
        return float(np.abs(np.diff(y)).mean())

    assert tremor(calm) < 0.6 * tremor(raw)


def test_pictures_go_with_their_frames(tape: Path, tmp_path: Path) -> None:
    from base64 import b64decode

    from mcap.reader import make_reader

    run("export", tape, "--format", "foxglove", "--start", "1", "-o", tmp_path / "out.mcap")
    with (tmp_path / "out.mcap").open("rb") as file:
        found = [
            (message.sequence, message.data) for _, _, message in make_reader(file).iter_messages(["/image"])
        ]
    assert [number for number, _ in found] == list(range(25, 50))
    assert all(b64decode(json.loads(data)["data"]) == JPEG + bytes([number]) for number, data in found)


def test_a_loop_goes_on_in_time(tmp_path: Path) -> None:
    frames = walking(10)
    tape = recorded(tmp_path / "loop.mcap", frames + frames)
    run("export", tape, "--format", "csv", "--only", 1, "-o", tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1:]
    times = [float(line.split(",")[1]) for line in lines[::17]]
    np.testing.assert_allclose(times, np.arange(20) / FPS, atol=1e-6)


def test_a_dataset_becomes_a_tape_and_a_dataset_again(tmp_path: Path) -> None:
    first = recorded(tmp_path / "one.mcap", walking(5))
    run("export", first, "--format", "coco-truth", "-o", tmp_path / "truth.json")
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    for number, image in enumerate(truth["images"]):
        image |= {"id": 1000 + number, "file_name": f"{number}.jpg"}
    for annotation in truth["annotations"]:
        annotation["image_id"] += 1000
    (tmp_path / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    result = run("import", tmp_path / "truth.json", "--format", "coco-truth", "-o", tmp_path / "two.mcap")
    assert result.output.startswith("wrote") and "5 frames, 10 poses, coco-17" in result.output
    with Tape.open(tmp_path / "two.mcap") as tape:
        assert (len(tape), tape.damage, tape.header.backend) == (5, None, "truth")
        assert [event.text for event in tape.events] == [f"{k}.jpg" for k in range(5)]
    run("export", tmp_path / "two.mcap", "--format", "coco-truth", "-o", tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))
    assert again["images"] == truth["images"] and again["annotations"] == truth["annotations"]


def test_pictures_are_put_onto_the_tape(tmp_path: Path) -> None:
    import cv2

    (tmp_path / "images").mkdir()
    cv2.imwrite(str(tmp_path / "images" / "a.jpg"), np.zeros((25, 40, 3), dtype=np.uint8))
    cv2.imwrite(str(tmp_path / "images" / "b.png"), np.zeros((30, 20, 3), dtype=np.uint8))
    (tmp_path / "j.csv").write_text(
        "frame,image,joint,x,y\n0,a.jpg,nose,1,2\n1,b.png,nose,3,4\n2,c.jpg,nose,5,6\n", encoding="utf-8"
    )
    result = run(
        *("import", tmp_path / "j.csv", "--format", "csv", "--images", tmp_path / "images", "--frames"),
        *("--fps", 10, "--skeleton", "coco-17", "-o", tmp_path / "j.mcap"),
    )
    assert "2 images are left out" in result.output
    with Tape.open(tmp_path / "j.mcap") as tape:
        assert [frame.size for frame in tape.frames()] == [(40, 25), (20, 30), (6, 7)]
        assert tape.image(0) == (tmp_path / "images" / "a.jpg").read_bytes() and tape.image(1) is None
        assert tape.times.tolist() == pytest.approx([0, 0.1, 0.2])


def test_an_import_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a_0_keypoints.json").write_text('{"people": []}', encoding="utf-8")
    (tmp_path / "a_1_keypoints.json").write_text('{"people": [7]}', encoding="utf-8")
    with pytest.raises(TapeError, match=r"people\[0\] is not an object"):
        run("import", tmp_path, "--format", "openpose", "-o", tmp_path / "o.mcap")
    assert not list(tmp_path.glob("*.mcap")) and not list(tmp_path.glob(".o.mcap*"))


def test_openpose_there_and_back(tmp_path: Path) -> None:
    frames = [frame_of(k, [standing(BODY_25, x=50 + k)], BODY_25) for k in range(3)]
    tape = recorded(tmp_path / "body.mcap", frames)
    run("export", tape, "--format", "openpose", "-o", tmp_path / "body")
    run(
        *("import", tmp_path / "body", "--format", "openpose", "--fps", FPS, "-o", tmp_path / "back.mcap"),
        *("--size", f"{SIZE[0]}x{SIZE[1]}"),
    )
    with Tape.open(tape) as one, Tape.open(tmp_path / "back.mcap") as other:
        for before, after in zip(one.frames(), other.frames(), strict=True):
            assert (after.pts, after.size, after.skeleton) == (before.pts, before.size, before.skeleton)
            np.testing.assert_array_equal(after.poses[0].keypoints, before.poses[0].keypoints)


def test_wrong_arguments_are_told() -> None:
    for words, said in (
        (["import", "a", "--format", "csv", "-o", "b", "--size", "12"], "is not a size"),
        (["import", "a", "--format", "csv", "-o", "b", "--frames"], "needs --images"),
        (["export", "a", "--format", "csv", "-o", "b", "--start", "soon"], "is not a time"),
        (["export", "a", "--format", "bvh", "-o", "b"], "bvh"),
    ):
        result = run(*words)
        assert result.exit_code == 2 and said in result.output


def test_what_is_left_of_a_damaged_tape_is_written(tmp_path: Path) -> None:
    tape = recorded(tmp_path / "walk.mcap", walking(600))
    with Tape.open(tape) as opened:
        starts = opened.layout.start
        entries = opened.layout.of("/poses")
        first = starts[entries.chunk[0]]
    data = bytearray(tape.read_bytes())
    data[first + 200] ^= 0xFF
    tape.write_bytes(data)
    result = run("export", tape, "--format", "coco-results", "-o", tmp_path / "out.json")
    assert result.exit_code == 0
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    numbers = sorted({one["image_id"] for one in found})
    assert numbers[0] > 0 and numbers == list(range(numbers[0], 600))
    run("export", tape, "--format", "csv", "-o", tmp_path / "out.csv")
    row = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    assert float(row[1]) == pytest.approx(int(row[0]) / FPS)


def test_a_switch_of_the_backend_goes_through(tmp_path: Path) -> None:
    frames = [frame_of(0, [standing()]), frame_of(1, [standing(BODY_25)], BODY_25)]
    tape = recorded(tmp_path / "both.mcap", frames)
    more = ["--smooth", "light", "--fill", "1"]
    run("export", tape, "--format", "csv", "--skeleton", COCO_17.name, "-o", tmp_path / "out.csv", *more)
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()) == 1 + 2 * 17
