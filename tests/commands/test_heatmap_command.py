from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from posetui.__main__ import run
from posetui.backends.base import BackendOptions, Estimate
from posetui.commands.heatmap_run import WITH_HEAT_MAPS
from posetui.pose.frame import Image, Pose
from posetui.pose.heat import HeatMaps, HeatPatch
from posetui.pose.skeletons import COCO_17
from tests.commands.running import RunPosetui

Run = Callable[..., tuple[int, str]]
NAMES = (*COCO_17.joints, "limbs")


class Seer:
    """A backend that sees a joint where the picture is brightest, and a person where it is bright at all."""

    name, model, device, note = "seer", "seer_v1", "CPU", ""
    skeleton, max_people, has_heat_maps = COCO_17, 1, True

    def __init__(self) -> None:
        self.seen: list[float] = []

    def estimate(self, image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        assert heat_maps
        self.seen.append(seconds)
        height, width = image.shape[:2]
        small = cv2.resize(image[..., 1], (width // 8, height // 8), interpolation=cv2.INTER_AREA)
        one = (np.asarray(small) / 255).astype(np.float32)
        row, column = divmod(int(one.argmax()), one.shape[1])
        place = np.array([column * 8 + 4, row * 8 + 4, 0.9], np.float32)
        poses = (Pose(np.tile(place, (17, 1)), 0.9),) if one.max() > 0.5 else ()
        patch = HeatPatch(np.stack([one] * len(NAMES)), np.array([[8.0, 0, 4], [0, 8.0, 4]]))
        return Estimate(poses, {}, HeatMaps(NAMES, (patch,)))

    def close(self) -> None:
        self.seen.append(-1.0)


@pytest.fixture
def seer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Seer:
    """Every backend is this one, and the settings are the defaults."""
    backend = Seer()

    def opened(name: str, options: BackendOptions) -> Seer:
        return backend

    monkeypatch.setattr("posetui.commands.heatmap_run.open_backend", opened)
    monkeypatch.setenv("POSETUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").touch()
    monkeypatch.chdir(tmp_path)
    return backend


@pytest.fixture
def heatmap(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str]:
        code = run(["heatmap", *arguments])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return call


def picture(folder: Path, name: str, at: tuple[int, int] | None = None) -> str:
    """A dark picture of 320 x 240 pixels, with a light square around a place."""
    image = np.full((240, 320, 3), 30, np.uint8)
    if at is not None:
        image[at[1] - 12 : at[1] + 12, at[0] - 12 : at[0] + 12] = 255
    cv2.imwrite(str(folder / name), image)
    return name


def pictures(folder: Path, lit: Sequence[bool]) -> str:
    (folder / "run").mkdir()
    for number, light in enumerate(lit):
        picture(folder / "run", f"{number:03}.png", (100 + number, 120) if light else None)
    return "run"


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_the_figure_has_the_heat_where_the_map_has_it(seer: Seer, heatmap: Run, tmp_path: Path) -> None:
    source = picture(tmp_path, "one.png", (240, 60))
    code, said = heatmap(source, "-o", "maps.png", "--joint", "nose", "--dpi", "100")
    assert (code, said) == (0, "one.png: 1 person\nwrote maps.png\n")
    assert seer.seen[-1] == -1.0, "the backend is closed"
    assert png_size(tmp_path / "maps.png")[0] == 500
    image = np.asarray(cv2.imread(str(tmp_path / "maps.png"))).astype(int)
    colorful = image.max(axis=2) - image.min(axis=2) > 60
    ys, xs = np.nonzero(colorful[:, :420])  # without the bar
    # One panel, 4.13 inches wide, 0.12 from the left, 0.5 from the top.
    scale = 413 * 100 / 100 / 320
    assert np.median(xs) == pytest.approx(12 + 240 * scale, abs=8)
    assert np.median(ys) == pytest.approx(50 + 60 * scale, abs=8)


def test_text_stays_text_and_equal_input_gives_equal_files(seer: Seer, heatmap: Run, tmp_path: Path) -> None:
    source = picture(tmp_path, "$x_1$ <b>.png", (100, 100))
    for name, joint in (("a.svg", "all"), ("b.svg", "all"), ("a.pdf", "nose"), ("b.pdf", "nose")):
        assert heatmap(source, "-o", name, "--dpi", "60", "--joint", joint)[0] == 0
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for joint in COCO_17.joints:
        assert f">{joint.replace('_', ' ')}<" in svg
    assert ">limbs<" not in svg, "all joints, and nothing else"
    assert "probability" in svg
    assert "$x_1$ &lt;b&gt;.png" in svg
    assert svg == (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


@pytest.mark.parametrize("suffix", ["jpg", "JPEG", "tif", "tiff"])
def test_other_kinds_of_files(seer: Seer, heatmap: Run, tmp_path: Path, suffix: str) -> None:
    source = picture(tmp_path, "one.png", (100, 100))
    assert heatmap(source, "-o", f"maps.{suffix}", "--joint", "limbs, Left-Eye", "--dpi", "60")[0] == 0
    assert np.asarray(cv2.imread(str(tmp_path / f"maps.{suffix}"))).shape[1] == 432


def test_the_raw_maps(seer: Seer, heatmap: Run, tmp_path: Path) -> None:
    assert heatmap(picture(tmp_path, "one.png", (240, 60)), "--npz", "maps.npz")[0] == 0
    with np.load(tmp_path / "maps.npz", allow_pickle=False) as saved:
        assert tuple(saved["names"]) == NAMES
        assert tuple(saved["joints"]) == COCO_17.joints
        assert saved["size"].tolist() == [320, 240]
        assert int(saved["patches"]) == 1
        values, to_image = saved["values_0"], saved["to_image_0"]
        assert values.shape == (18, 30, 40)
        assert values.dtype == np.float32
        row, column = divmod(int(values[0].argmax()), 40)
        assert to_image @ (column, row, 1) == pytest.approx((240, 60), abs=12)
        assert saved["keypoints"].shape == (1, 17, 3)
        assert (int(saved["frame"]), float(saved["seconds"]), str(saved["model"])) == (0, 0.0, "seer_v1")


def test_nothing_is_overwritten_unless_told(seer: Seer, heatmap: Run, tmp_path: Path) -> None:
    source = picture(tmp_path, "one.png", (100, 100))
    (tmp_path / "maps.png").write_text("mine", encoding="utf-8")
    code, said = heatmap(source, "-o", "maps.png")
    assert code == 2
    assert "'maps.png' exists. Give another name, or add --force" in said
    assert not seer.seen, "it is said before anything is estimated"
    assert (tmp_path / "maps.png").read_text(encoding="utf-8") == "mine"
    assert heatmap(source, "-o", "maps.png", "--force", "--dpi", "60", "--joint", "nose,limbs")[0] == 0
    assert png_size(tmp_path / "maps.png")[0] == 432
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "maps.png", "one.png"]


def test_the_first_frame_with_a_person(seer: Seer, heatmap: Run, tmp_path: Path) -> None:
    source = pictures(tmp_path, [False, False, True, True])
    code, said = heatmap(source, "--npz", "maps.npz")
    assert (code, said) == (0, "run, frame 2 (1.00 s): 1 person\nwrote maps.npz\n")
    _, said = heatmap(source, "--npz", "b.npz", "--frame", "1")
    assert said.startswith("run, frame 1 (0.50 s): no person was found")
    _, said = heatmap(source, "--npz", "c.npz", "--at", "0:01.5")
    assert said.startswith("run, 1.50 s: 1 person")
    code, said = heatmap(source, "--npz", "d.npz", "--frame", "4")
    assert (code, said) == (
        2,
        "posetui: The source ends after 4 frames. Frames are counted from 0: the last one is 3.\n",
    )


def test_no_person_is_said_and_no_error(seer: Seer, heatmap: Run, tmp_path: Path) -> None:
    source = pictures(tmp_path, [False] * 3)
    code, said = heatmap(source, "-o", "maps.png", "--dpi", "60", "--joint", "nose,left_knee")
    assert code == 0
    assert "run, frame 0 (0.00 s): no person was found" in said
    assert "Nobody is in the first 3 frames" in said
    assert png_size(tmp_path / "maps.png")[0] == 432


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (2000, 3)])
def test_pictures_of_strange_shapes(
    seer: Seer, heatmap: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    def estimate(image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        patch = HeatPatch(np.ones((1, 2, 2), np.float32), np.array([[1.0, 0, 0], [0, 1.0, 0]]))
        return Estimate((), {}, HeatMaps(("nose",), (patch,)))

    monkeypatch.setattr(seer, "estimate", estimate)
    cv2.imwrite(str(tmp_path / "odd.png"), np.full((size[1], size[0], 3), 90, np.uint8))
    assert heatmap("odd.png", "-o", "maps.png", "--dpi", "60")[0] == 0


def test_flipped_as_the_settings_say(seer: Seer, heatmap: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("flip = true\n", encoding="utf-8")
    assert heatmap(picture(tmp_path, "one.png", (240, 60)), "--npz", "maps.npz")[0] == 0
    with np.load(tmp_path / "maps.npz") as saved:
        assert float(saved["keypoints"][0, 0, 0]) == pytest.approx(80, abs=12)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["-o", "maps.png", "--joint", "left_wirst"],
            "There is no map of 'left_wirst'. Did you mean left_wrist?",
        ),
        (["-o", "maps.png", "--joint", "xyzzy"], "There are: all, nose,"),
        ([], "Name a file to write: -o maps.png, or --npz maps.npz"),
        (["-o", "maps.bmp"], "'maps.bmp'. Its name ends in .png,"),
        (["-o", "maps"], "'maps'. Its name ends in .png,"),
        (["-o", "nowhere/maps.png"], "'nowhere/maps.png' cannot be written: there is no such folder"),
        (["-o", "folder.png", "--force"], "it is not a file"),
        (["-o", "a.png", "--npz", "./a.png"], "cannot be the same file"),
        (["-o", 300 * "a" + ".png"], "name too long"),
        (["-o", "a.png", "--frame", "1", "--at", "2"], "--frame and --at exclude each other"),
        (["-o", "a.png", "--at", "noon"], "'noon' is not a time such as 12.5"),
        (["-o", "a.png", "--at", "99"], "Use an earlier start"),
        (["-o", "a.png", "--dpi", "0"], "--dpi"),
        (["-o", "a.png", "--backend", "movnet"], "Did you mean movenet?"),
    ],
)
def test_one_sentence_for_what_cannot_be(
    seer: Seer, heatmap: Run, tmp_path: Path, arguments: list[str], expected: str
) -> None:
    (tmp_path / "folder.png").mkdir()
    code, said = heatmap(picture(tmp_path, "one.png", (100, 100)), *arguments)
    assert code == 2
    assert expected in said
    assert said.count("\n") == 1
    assert not (tmp_path / "maps.png").exists()


def test_a_backend_without_heat_maps_names_those_that_have(posetui: RunPosetui) -> None:
    done = posetui("heatmap", "demo", "-o", "maps.png", "--backend", "mediapipe:lite")
    assert done.returncode == 2
    assert done.stderr == (
        "posetui: The backend mediapipe has no heat maps. These have: movenet, openpose, blazepose.\n"
    )


@pytest.mark.parametrize("backend", WITH_HEAT_MAPS)
def test_the_backends_that_are_named_have_them(posetui: RunPosetui, tmp_path: Path, backend: str) -> None:
    done = posetui("heatmap", "demo", "--npz", "maps.npz", "--backend", backend)
    assert (done.returncode, done.stderr) == (0, "")
    with np.load(tmp_path / "work" / "maps.npz", allow_pickle=False) as saved:
        assert len(saved["keypoints"]) > 0
        names, joints = saved["names"].tolist(), saved["joints"].tolist()
        assert set(joints) <= set(names)
        values = [saved[f"values_{number}"] for number in range(int(saved["patches"]))]
    assert values
    for maps in values:
        assert maps.shape[0] == len(names)
        assert maps.min() >= 0
        assert maps.max() <= 1


def test_its_help_imports_nothing_heavy(posetui: RunPosetui) -> None:
    done = posetui("heatmap", "--help", env={"COLUMNS": "100"})
    assert "Examples:" in done.stdout
    assert "posetui heatmap demo -o maps.png" in done.stdout
