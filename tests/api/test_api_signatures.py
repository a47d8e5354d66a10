"""What `import posetui` gives, word for word: whoever changes it changes other people's programs."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import posetui

NAMES = [
    *("BackendError", "Difference", "Evaluation", "EvaluationError", "Figure", "Interval", "LoadedBackend"),
    *("Pose", "PoseFrame", "PosetuiError", "Result", "SettingsError", "Skeleton", "SourceError", "Stream"),
    *("TapeError", "WeightsError", "__version__", "backend", "convert", "evaluate", "open", "skeleton"),
]
SIGNATURES = {
    "open": (
        "(source: 'str | Path | int', *, backend: 'str | None' = None, max_people: 'int | None' = None, "
        "device: 'str' = 'auto', detail: 'Detail' = 'medium', refine: 'Refine' = 'auto', "
        "smooth: 'Strength' = 'off', only: 'int | None' = None, flip: 'bool' = False, rotate: 'int' = 0, "
        "size: 'tuple[int, int] | None' = None, fps: 'float | None' = None, start: 'float | str' = 0.0, "
        "end: 'float | str | None' = None, loop: 'bool' = False, every_frame: 'bool | None' = None, "
        "video: 'str | Path | None' = None) -> 'Stream'"
    ),
    "backend": (
        "(name: 'str' = 'mediapipe', *, max_people: 'int | None' = None, device: 'str' = 'auto', "
        "detail: 'Detail' = 'medium', refine: 'Refine' = 'auto') -> 'LoadedBackend'"
    ),
    "evaluate": (
        "(tapes: 'Tapes', truth: 'Poses', *, common: 'bool' = False, samples: 'int' = 1000) -> 'Evaluation'"
    ),
    "skeleton": "(name: 'str') -> 'Skeleton'",
    "convert": "(keypoints: 'Keypoints', source: 'Skeleton', target: 'Skeleton') -> 'Keypoints'",
    "Pose": (
        "(keypoints: 'Keypoints', score: 'float', track_id: 'int | None' = None, flipped: 'bool' = False) "
        "-> None"
    ),
    "Stream.with_images": "(self) -> 'Iterator[tuple[PoseFrame, Image]]'",
    "Stream.close": "(self) -> 'None'",
    "LoadedBackend.estimate": "(self, image: 'Image', seconds: 'float | None' = None) -> 'PoseFrame'",
    "LoadedBackend.heat_map": "(self, image: 'Image', joint: 'str' = 'all') -> 'npt.NDArray[np.float32]'",
    "LoadedBackend.close": "(self) -> 'None'",
    "Evaluation.to_dict": "(self) -> 'dict[str, Any]'",
    "Evaluation.__getitem__": "(self, name: 'str') -> 'Result'",
    "PoseFrame.to_dict": "(self) -> 'dict[str, Any]'",
}
MEMBERS = {
    "Stream": {"backend", "close", "dropped", "info", "skeleton", "with_images"},
    "LoadedBackend": {
        "close",
        "device",
        "estimate",
        "has_heat_maps",
        "heat_map",
        "model",
        "note",
        "skeleton",
    },
    "Evaluation": {"differences", "images", "joints", "people", "results", "to_dict", "truth"},
    "Result": {"backend", "details", "figures", "name", "notes", "numbers", "pck", "stability", "tracks"},
    "Figure": {"better", "digits", "interval", "label", "samples", "value"},
    "Interval": {"high", "low"},
    "Difference": {"interval", "p", "significant", "value"},
    "PoseFrame": {"backend", "captured", "dropped", "index", "poses", "pts", "size", "skeleton", "timings"},
    "Pose": {"box", "flipped", "keypoints", "score", "track_id", "visible"},
    "Skeleton": {"head", "index", "joints", "limbs", "name", "pairs", "sigmas"},
}


def test_the_names() -> None:
    assert sorted(posetui.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(posetui))
    for name in NAMES:
        assert getattr(posetui, name) is not None


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature(name: str) -> None:
    value: object = posetui
    for part in name.split("."):
        value = getattr(value, part)
    assert callable(value)
    assert str(inspect.signature(value)) == SIGNATURES[name]


@pytest.mark.parametrize("name", MEMBERS)
def test_the_members_of_a_class_are_there(name: str) -> None:
    assert MEMBERS[name] <= set(dir(getattr(posetui, name)))


def test_what_is_public_says_what_it_is() -> None:
    for name in NAMES:
        if name != "__version__":
            assert (inspect.getdoc(getattr(posetui, name)) or "").strip(), name


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        vars(posetui)["__getattr__"]("nonsense")


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import sys, posetui; posetui.PosetuiError; print(*sys.modules, sep='\\n')"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in child.stdout.split()}
    assert "posetui" in loaded
    assert not loaded & {"numpy", "cv2", "mediapipe", "onnxruntime", "textual", "rich", "click"}
