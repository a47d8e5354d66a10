"""What `posetui doctor` looks at, apart from the terminal; each check finds, judges and advises."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from typing import Literal

from posetui.errors import PosetuiError, SourceError, WeightsError
from posetui.settings import resolve

State = Literal["ok", "warn", "fail", "not judged"]

CV2_WHEELS = (
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
    "opencv-python",
    "opencv-python-headless",
)
_DEFAULT_WEIGHTS = "pose_landmarker_full"
_IMPORT_TIMEOUT_S = 60
_PREPARE = "from posetui.native import prepare; prepare()"  # as the app does before it loads them


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what was looked at.
        state: `fail` when the app could not run, `warn` when something will be missing.
        found: what there is.
        remedy: what to do about it; empty when nothing is to be done.

    """

    name: str
    state: State
    found: str
    remedy: str = ""


def all_checks(flags: Mapping[str, str | bool | None] | None = None) -> list[Check]:
    """Return all checks but the terminal's; may take some seconds."""
    return [
        check_python(sys.version_info[:3]),
        check_config(flags),
        *check_weights(),
        check_cv2(),
        check_import("mediapipe", "mediapipe.__version__", needed=True),
        check_devices(),
        *check_cameras(),
    ]


def check_python(version: tuple[int, ...]) -> Check:
    """Judge the version of Python: 3.11 to 3.13."""
    found = ".".join(str(part) for part in version)
    if version < (3, 11):
        return Check("Python", "fail", found, "Install Python 3.11, 3.12 or 3.13")
    if version >= (3, 14):
        return Check("Python", "warn", found, "posetui is tested with Python 3.11 to 3.13")
    return Check("Python", "ok", found)


def check_config(flags: Mapping[str, str | bool | None] | None = None) -> Check:
    """Judge the config file, the POSETUI_ variables and the flags."""
    try:
        resolved = resolve(flags)
    except PosetuiError as error:
        return Check("settings", "fail", error.title, error.remedy)
    changed = sum(origin != "default" for origin in resolved.origins.values())
    return Check("settings", "ok", f"{changed} differ from the defaults" if changed else "the defaults")


def check_weights() -> list[Check]:
    """Hash all weights; those of the default backend must be there."""
    from posetui.weights import check, manifest

    try:
        states = {weight.name: check(weight) for weight in manifest()}
    except WeightsError as error:
        return [Check("weights", "fail", error.title, error.remedy)]
    bad = {name: state for name, state in states.items() if state != "ok"}
    if not bad:
        return [Check("weights", "ok", f"{len(states)} files, all as in the manifest")]
    remedy = "Install posetui again; posetui models verify tells more"
    return [
        Check("weights", "fail" if name == _DEFAULT_WEIGHTS else "warn", f"{name} is {state}", remedy)
        for name, state in bad.items()
    ]


def check_cv2() -> Check:
    """Judge OpenCV: it must load, and exactly one wheel may have brought it."""
    installed = {str(one.metadata["Name"]).lower().replace("_", "-") for one in distributions()}
    wheels = sorted(installed.intersection(CV2_WHEELS))
    loaded = check_import("cv2", "cv2.__version__", needed=True)
    return judge_cv2(loaded, wheels)


def judge_cv2(loaded: Check, wheels: list[str]) -> Check:
    """Judge OpenCV from whether it loads and from the wheels that are installed."""
    if loaded.state != "ok":
        return loaded
    if len(wheels) > 1:
        remedy = f"They overwrite each other: pip uninstall {' '.join(wheels)}, then install posetui again"
        return Check(
            "cv2", "warn", f"{loaded.found}, from {len(wheels)} packages: {', '.join(wheels)}", remedy
        )
    return Check("cv2", "ok", f"{loaded.found} ({wheels[0] if wheels else 'not from a wheel'})")


def check_devices() -> Check:
    """Name what networks can run on."""
    found = check_import(
        "onnxruntime",
        "onnxruntime.__version__ + ': ' + ', '.join(onnxruntime.get_available_providers())",
        needed=False,
    )
    return Check("devices", found.state, found.found, found.remedy)


def check_cameras() -> list[Check]:
    """Name the cameras that answer; none is no failure, for there are files and streams."""
    from posetui.sources.probe import list_cameras

    try:
        cameras = list_cameras()
    except SourceError as error:
        return [Check("cameras", "warn", error.title, error.remedy)]
    if not cameras:
        remedy = "Plug one in, or use a file, a stream or --source demo"
        return [Check("cameras", "warn", "none answers", remedy)]
    return [Check("cameras", "ok", f"{camera.spec}: {camera.name}") for camera in cameras]


def check_import(module: str, expression: str, *, needed: bool) -> Check:
    """Load a library in a process of its own, where a crash of native code is a finding and not our end.

    Args:
        module: what to import.
        expression: Python that gives the text to show.
        needed: whether the app cannot run without it.

    """
    bad: State = "fail" if needed else "warn"
    remedy = f"Install posetui again, or {module} alone, in this environment"
    try:
        child = subprocess.run(
            [sys.executable, "-c", f"{_PREPARE}; import {module}; print({expression})"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_IMPORT_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Check(module, bad, f"does not load within {_IMPORT_TIMEOUT_S} s", remedy)
    if child.returncode:
        lines = child.stderr.strip().splitlines() or [f"ended by signal {-child.returncode}"]
        return Check(module, bad, f"does not load: {lines[-1]}", remedy)
    return Check(module, "ok", child.stdout.strip().splitlines()[-1])
