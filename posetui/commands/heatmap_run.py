"""One frame, its heat maps, and the files made of them."""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from posetui.backends.opening import check_backend, open_backend
from posetui.commands.heatmap_figure import SUFFIXES, Panel, draw_figure
from posetui.commands.quiet import quiet_stderr
from posetui.engine.options import EngineOptions
from posetui.engine.preparing import mirrored
from posetui.errors import BackendError, SettingsError, SourceError
from posetui.settings import Settings
from posetui.sources.opening import check_source, open_source
from posetui.text import redact, safe_text

if TYPE_CHECKING:
    from posetui.backends.base import Backend, Estimate
    from posetui.pose.frame import Image
    from posetui.pose.heat import HeatMaps
    from posetui.sources.base import Frame, Source, SourceInfo

WITH_HEAT_MAPS = ("movenet", "openpose", "blazepose")
"""The backends that have heat maps."""

_SEARCHED = 50  # frames, until the first one will do although nobody is in it


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        output: file of the figure, or None.
        npz: file of the raw maps, or None.
        joints: names of maps; `all` stands for every joint.
        frame: number of the frame, from 0; with `at` None, too, the first one with a person.
        at: seconds into the source.
        backend: name of the backend.
        dpi: pixels an inch.
        force: overwrite files.

    """

    output: Path | None
    npz: Path | None
    joints: tuple[str, ...]
    frame: int | None
    at: float | None
    backend: str
    dpi: int
    force: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    """One frame and what a backend made of it; `missed` frames before it showed nobody."""

    frame: Frame
    image: Image
    estimate: Estimate
    maps: HeatMaps
    missed: int = 0


def run_heatmap(settings: Settings, request: Request) -> list[str]:
    """Write the files asked for; return what there is to say, a line each.

    Raises:
        SettingsError: a file or a joint that cannot be.
        PosetuiError: source or backend cannot be used.

    """
    targets = [target for target in (request.output, request.npz) if target is not None]
    _check_targets(request, targets)
    options = EngineOptions.of(settings)
    check_backend(request.backend)
    check_source(options.source)
    source_options = replace(options.source_options, loop=False)
    if request.at is not None:
        source_options = replace(source_options, start=request.at, end=None)
    with quiet_stderr(), closing(open_backend(request.backend, options.backend_options)) as backend:
        if not backend.has_heat_maps:
            raise BackendError(
                f"The backend {backend.name} has no heat maps", f"These have: {', '.join(WITH_HEAT_MAPS)}."
            )
        with closing(open_source(options.source, source_options)) as source:
            shot = _shoot(source, backend, request, flip=source_options.flip)
            where = _where(source.info, shot.frame, source_options.start)
        names = _wanted(request.joints, shot.maps, backend.skeleton.joints)
        if request.npz is not None:
            _write(request.npz, _arrays(shot, backend))
        if request.output is not None:
            panels = [_panel(name, shot, backend, settings.threshold) for name in names]
            suffix = request.output.suffix.lower()
            heading = f"{where}  |  {backend.model}"
            content = draw_figure(shot.image, shot.maps, panels, heading, suffix=suffix, dpi=request.dpi)
            _write(request.output, content)
    return _report(shot, where, targets)


def _check_targets(request: Request, targets: Sequence[Path]) -> None:
    """Refuse at once what could not be written after all the work."""
    if request.output is not None and request.output.suffix.lower() not in SUFFIXES:
        raise SettingsError(
            f"A figure cannot be written as {safe_text(request.output.name)!r}",
            f"Its name ends in {', '.join(SUFFIXES)}.",
        )
    if len(targets) == 2 and targets[0].absolute() == targets[1].absolute():
        raise SettingsError("The figure and the maps cannot be the same file", "Give them different names.")
    for target in targets:
        name, folder = safe_text(target), target.absolute().parent
        try:
            exists, regular = os.path.lexists(target), target.is_file()
        except OSError as error:
            raise SettingsError(f"{name!r} cannot be written: {error.strerror}") from error
        if not folder.is_dir():
            raise SettingsError(f"{name!r} cannot be written: there is no such folder", "Make it first.")
        if exists and not regular:
            raise SettingsError(f"{name!r} cannot be written: it is not a file", "Give another name.")
        if exists and not request.force:
            raise SettingsError(f"{name!r} exists", "Give another name, or add --force to overwrite it.")
        if not os.access(target if exists else folder, os.W_OK):
            raise SettingsError(f"{name!r} cannot be written: permission denied", "Choose another folder.")


def _shoot(source: Source, backend: Backend, request: Request, *, flip: bool) -> _Shot:
    """Return the frame asked for with its estimate, or the first one in which there is a person."""
    if request.at is not None and source.info.live:
        raise SettingsError("--at needs a source with a beginning", "Use --frame for a live source.")
    named = request.frame is not None or request.at is not None
    first: _Shot | None = None
    count = 0
    while frame := source.read():
        count += 1
        if request.frame is not None and count <= request.frame:
            continue
        image = mirrored(frame.image) if flip else frame.image
        estimate = backend.estimate(image, frame.pts, heat_maps=True)
        if estimate.heat_maps is None:
            raise BackendError(f"The backend {backend.name} gave no heat maps", "Use another one.")
        shot = _Shot(frame, image, estimate, estimate.heat_maps)
        if named or estimate.poses:
            return shot
        first = first or shot
        if count >= _SEARCHED:
            break
    if first is None:
        raise SourceError(
            f"The source ends after {count} frames" if count else "The source has no frames",
            f"Frames are counted from 0: the last one is {count - 1}." if count else "",
        )
    return replace(first, missed=count)


def _wanted(asked: Sequence[str], maps: HeatMaps, joints: Sequence[str]) -> list[str]:
    """Return the names of the maps to draw, each once, in the order asked for."""
    names: dict[str, None] = {}
    for one in asked:
        name = one.strip().lower().replace(" ", "_").replace("-", "_")
        if name == "all":
            names.update(dict.fromkeys(known for known in maps.names if known in joints))
        elif name in maps.names:
            names[name] = None
        else:
            close = difflib.get_close_matches(name, maps.names, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"There are: all, {', '.join(maps.names)}."
            raise SettingsError(f"There is no map of {safe_text(one.strip())!r}", hint)
    return list(names)


def _panel(name: str, shot: _Shot, backend: Backend, threshold: float) -> Panel:
    import numpy as np

    points = np.empty((0, 2), np.float32)
    if name in backend.skeleton.joints and shot.estimate.poses:
        joint = backend.skeleton.index(name)
        found = np.stack([pose.keypoints[joint] for pose in shot.estimate.poses])
        points = found[(found[:, 2] > 0) & (found[:, 2] >= threshold), :2]
    return Panel(name, points)


def _arrays(shot: _Shot, backend: Backend) -> bytes:
    """Return an .npz file: docs/heatmaps.md lists the keys."""
    import numpy as np

    poses = [pose.keypoints for pose in shot.estimate.poses]
    arrays = {
        "names": np.array(shot.maps.names),
        "joints": np.array(backend.skeleton.joints),
        "patches": np.array(len(shot.maps.patches)),
        "keypoints": np.stack(poses) if poses else np.empty((0, len(backend.skeleton), 3), np.float32),
        "size": np.array([shot.image.shape[1], shot.image.shape[0]]),
        "frame": np.array(shot.frame.index),
        "seconds": np.array(shot.frame.pts),
        "model": np.array(backend.model),
    }
    for number, patch in enumerate(shot.maps.patches):
        arrays[f"values_{number}"] = patch.values
        arrays[f"to_image_{number}"] = patch.to_image
    target = io.BytesIO()
    np.savez_compressed(target, allow_pickle=False, **arrays)
    return target.getvalue()


def _write(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise SettingsError(f"{safe_text(target)!r} cannot be written: {reason}") from error


def _where(info: SourceInfo, frame: Frame, start: float) -> str:
    title = safe_text(redact(info.title), 60)
    if info.frames == 1 and not start:
        return title
    # Frames are numbered from where reading starts.
    return f"{title}, {frame.pts:.2f} s" if start else f"{title}, frame {frame.index} ({frame.pts:.2f} s)"


def _report(shot: _Shot, where: str, targets: Sequence[Path]) -> list[str]:
    people = len(shot.estimate.poses)
    lines = [f"{where}: {people or 'no'} {'person' if people == 1 else 'people'}"]
    if not people:
        lines = [f"{where}: no person was found; the maps are as the network gave them"]
    if shot.missed > 1:
        lines.append(f"Nobody is in the first {shot.missed} frames. Choose one with --frame or --at.")
    return [*lines, *(f"wrote {safe_text(target)}" for target in targets)]
