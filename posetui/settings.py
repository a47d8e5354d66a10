"""Every setting, and where its value came from.

Values come, in rising order, from: the default, the config file (TOML), the environment
(`POSETUI_THRESHOLD=0.4`; `NO_COLOR`), the command line. All of them are read by the same readers, so that a
value means the same and is refused in the same words wherever it stands. An empty text means "not set"
for the settings that may be unset: `source`, `size`, `fps`, `end`, `video`, `compare`, `only`,
`max_people`, `max_kbps`, `tapes_dir` and the live outputs.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from posetui.errors import SettingsError
from posetui.paths import config_file
from posetui.readers import Reader, either, like, number, one_of, size, source, switch, time, unset, word
from posetui.text import safe_text

THEMES = ("dark", "light", "high-contrast")
SKELETONS = ("openpose-18", "coco-17", "native")
BACKGROUNDS = ("none", "dim", "full")
CELLS = (
    *("auto", "half", "quadrant", "sextant", "octant", "braille", "ascii"),
    *("kitty", "iterm2", "sixel"),
)
QUALITIES = ("auto", "full", "fine", "coarse", "256", "still", "skeleton", "sparse")
DETAILS = ("low", "medium", "high")
REFINES = ("auto", "thunder", "blazepose", "none")
SMOOTH = ("off", "light", "strong")
DEVICES = (
    *("auto", "cpu", "cuda", "tensorrt", "rocm", "migraphx"),
    *("coreml", "directml", "openvino", "qnn", "xnnpack"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may choose; `OPTIONS` describes each.

    Sizes are width, height in pixels; times are seconds; `rotate` is clockwise degrees.
    """

    source: str | None = None
    backend: str = "mediapipe"
    max_people: int | None = None
    device: str = "auto"
    detail: str = "medium"
    refine: str = "auto"
    compare: str | None = None
    smooth: str = "light"
    only: int | None = None
    threshold: float = 0.5
    flip: bool = False
    rotate: int = 0
    size: tuple[int, int] | None = None
    fps: float | None = None
    start: float = 0.0
    end: float | None = None
    loop: bool = False
    video: str | None = None
    every_frame: bool = False
    theme: str = "dark"
    color: bool = True
    skeleton: str = "openpose-18"
    background: str = "dim"
    cells: str = "auto"
    labels: bool = True
    quality: str = "auto"
    max_kbps: float | None = None
    window: bool = False
    tapes_dir: str | None = None
    record_frames: bool = False
    memory_mb: int = 32
    osc: str | None = None
    zmq: str | None = None
    lsl: str | None = None
    foxglove: str | None = None


@dataclass(frozen=True, slots=True)
class ResolvedSettings:
    """The values in force, and for each the place it came from, in words.

    Attributes:
        values: the settings.
        origins: by name of a setting: `default`, `config file, line 3`, `POSETUI_THRESHOLD`, `--threshold`.

    """

    values: Settings
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """How one setting is named, explained and read.

    Attributes:
        name: field of `Settings`, key of the config file.
        group: heading it stands under, in the help and in the config file.
        metavar: what the value looks like; empty for an on/off flag.
        help: one sentence without a full stop.
        expects: what a value must be, in words.
        read: turns a raw value into the setting's.
        choices: the values there are, when they can be listed.

    """

    name: str
    group: str
    metavar: str
    help: str
    expects: str
    read: Reader
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """Return the flag of the command line, e.g. `--max-people`."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Return the environment variable, e.g. `POSETUI_MAX_PEOPLE`."""
        return "POSETUI_" + self.name.upper()

    @property
    def default(self) -> object:
        """Return the value when nothing else is said."""
        return getattr(Settings(), self.name)


def _listed(name: str, group: str, help_text: str, choices: tuple[str, ...]) -> Option:
    return Option(name, group, "|".join(choices), help_text, either(choices), one_of(*choices), choices)


_SWITCH = "true or false"
_TIME = "a time such as 12.5 or 1:23.5"
_OUT = "Live outputs"
_ADDRESS = "an address such as 127.0.0.1:9000"
_HOST = r"([\w.-]+|\[[0-9a-fA-F:.]+\])"
_PORT = r"\d{1,5}"
OPTIONS: tuple[Option, ...] = (
    Option(
        "source", "Source", "S",
        "Camera index or device, video, image, folder or glob of images, stream URL, demo, demo:single, or - "
        "for MJPEG on standard input",
        "a camera, file, folder, URL or clip", unset(source),
    ),
    Option("flip", "Source", "", "Mirror left and right", _SWITCH, switch),
    Option("rotate", "Source", "0|90|180|270", "Turn the picture clockwise by this many degrees",
           "0, 90, 180 or 270", one_of(0, 90, 180, 270), ("0", "90", "180", "270")),
    Option("size", "Source", "WxH", "Size asked of a camera; any other source is scaled down to fit it",
           "a size such as 1280x720, each side from 16 to 16384", unset(size)),
    Option("fps", "Source", "N", "Rate asked of a camera; rate at which a file or folder is played",
           "a number above 0, at most 1000", unset(number(0, 1000, above=True))),
    Option("start", "Source", "TIME", "Where to start in a file, in seconds or as 1:23.5", _TIME, time),
    Option("end", "Source", "TIME", "Where to end in a file", _TIME, unset(time)),
    Option("loop", "Source", "", "Start a file again when it ends", _SWITCH, switch),
    Option("video", "Source", "FILE", "Video shown beneath the poses of a tape", "a video file",
           unset(word)),
    Option("backend", "Estimation", "NAME", "What estimates the poses, e.g. mediapipe or mediapipe:lite",
           "the name of a backend", word),
    Option("compare", "Estimation", "NAME", "A second backend on the same frames, drawn beside the first",
           "the name of a backend", unset(word)),
    Option("max_people", "Estimation", "N",
           "The most people looked for in a frame; not given: 1 with mediapipe, else as many as it can",
           "a whole number from 1 to 20", unset(number(1, 20, whole=True))),
    _listed("detail", "Estimation", "Size of the picture that the network sees", DETAILS),
    _listed("refine", "Estimation", "What looks at each person again in topdown", REFINES),
    _listed("device", "Estimation", "Where networks run", DEVICES),
    Option("threshold", "Estimation", "X", "Confidence from which a joint counts as seen",
           "a number from 0 to 1", number(0, 1)),
    _listed("smooth", "Estimation", "How much joints are smoothed where they are shown or printed", SMOOTH),
    Option("only", "Estimation", "ID", "Show and print only the person with this number",
           "a person's number, from 1 on", unset(number(1, 10**9, whole=True))),
    Option("every_frame", "Estimation", "",
           "Process all frames in order; otherwise a file plays at its own rate and the newest frame wins",
           _SWITCH, switch),
    _listed("theme", "Screen", "Colours of the screen", THEMES),
    Option("color", "Screen", "", "Use colours", _SWITCH, switch),
    _listed("skeleton", "Screen", "Skeleton shown; native is the backend's own", SKELETONS),
    _listed("background", "Screen", "Picture behind the skeletons", BACKGROUNDS),
    _listed("cells", "Screen", "What fills cells, or a protocol for pixels; auto: the finest cells", CELLS),
    Option("labels", "Screen", "", "Name the people on the picture", _SWITCH, switch),
    _listed("quality", "Screen", "How good a picture is sent; auto follows the link", QUALITIES),
    Option("max_kbps", "Screen", "N", "The most kilobits a second sent to the terminal",
           "a number above 0, at most 10000000", unset(number(0, 1e7, above=True))),
    Option("window", "Screen", "", "Open a window with the whole picture as well", _SWITCH, switch),
    Option("tapes_dir", "Tapes", "FOLDER",
           "Where tapes go that are given no name; not given: your data folder", "a folder", unset(word)),
    Option("record_frames", "Tapes", "", "Put the pictures on tapes that are recorded beside a run",
           _SWITCH, switch),
    Option("memory_mb", "Tapes", "N", "Megabytes of small pictures held with the last minute",
           "a whole number from 0 to 4096", number(0, 4096, whole=True)),
    Option("osc", _OUT, "HOST:PORT", "Send poses as OSC messages to a program there", _ADDRESS,
           unset(like(rf"{_HOST}:{_PORT}"))),
    Option("zmq", _OUT, "ENDPOINT", "Publish poses as JSON on a ZeroMQ socket, e.g. tcp://127.0.0.1:5555",
           "an endpoint such as tcp://127.0.0.1:5555 or ipc:///tmp/poses", unset(like(r"(tcp|ipc)://\S+"))),
    Option("lsl", _OUT, "NAME", "Publish poses as a LabStreamingLayer stream of this name",
           "a name", unset(word)),
    Option("foxglove", _OUT, "PORT", "Serve poses to Foxglove at ws://127.0.0.1:PORT; or HOST:PORT",
           "a port such as 8765, or an address such as 0.0.0.0:8765", unset(like(rf"({_HOST}:)?{_PORT}"))),
)  # fmt: skip
_BY_NAME = {option.name: option for option in OPTIONS}


def resolve(
    flags: Mapping[str, str | bool | None] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> ResolvedSettings:
    """Return the settings in force.

    Args:
        flags: by name of a setting, what the command line says; None for what it does not mention.
        environ: the environment; the process's own by default.
        path: the config file; `paths.config_file()` by default.

    Raises:
        SettingsError: a key is unknown, or a value has the wrong type or is out of range, or the config
            file cannot be read; it names the file and line, variable or flag.

    """
    values: dict[str, Any] = {}
    origins = {option.name: "default" for option in OPTIONS}
    for name, value, origin in (
        *_from_file(path or config_file(), explicit=path is None and bool(os.environ.get("POSETUI_CONFIG"))),
        *_from_environment(os.environ if environ is None else environ),
        *_from_flags(flags or {}),
    ):
        values[name], origins[name] = value, origin
    settings = replace(Settings(), **values)
    if settings.end is not None and settings.end <= settings.start:
        raise SettingsError(
            f"end ({settings.end:g} s, {origins['end']}) must come after "
            f"start ({settings.start:g} s, {origins['start']})"
        )
    return ResolvedSettings(settings, origins)


def _from_flags(flags: Mapping[str, str | bool | None]) -> list[tuple[str, object, str]]:
    found: list[tuple[str, object, str]] = []
    for name, raw in flags.items():
        option = _BY_NAME[name]
        if raw is not None:
            flag = option.flag if raw is not False else option.flag.replace("--", "--no-", 1)
            value = _value(option, raw, flag, "See posetui --help", text=isinstance(raw, str))
            found.append((name, value, flag))
    return found


def _from_environment(environ: Mapping[str, str]) -> list[tuple[str, object, str]]:
    found: list[tuple[str, object, str]] = []
    if environ.get("NO_COLOR"):
        found.append(("color", False, "NO_COLOR"))
    for option in OPTIONS:
        raw = environ.get(option.variable)
        if raw:
            remedy = "Change the environment variable or unset it"
            found.append(
                (option.name, _value(option, raw, option.variable, remedy, text=True), option.variable)
            )
    return found


def _from_file(path: Path, *, explicit: bool) -> list[tuple[str, object, str]]:
    try:
        content = path.read_text(encoding="utf-8")
        table = tomllib.loads(content)
    except (FileNotFoundError, NotADirectoryError):
        if explicit:
            raise SettingsError(
                f"The config file {path} does not exist", "Unset POSETUI_CONFIG, or run posetui config --init"
            ) from None
        return []
    except tomllib.TOMLDecodeError as error:
        reason = str(error).replace(
            "end of document", f"line {content.count(chr(10)) + 1}, the end of the file"
        )
        raise SettingsError(
            f"The config file {path} is not valid TOML: {reason}", "Correct that line"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"The config file {path} is not UTF-8 text", "Save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"The config file {path} cannot be read: {error.strerror}") from error
    found: list[tuple[str, object, str]] = []
    for key, raw in table.items():
        line = _line_of(key, content)
        option = _BY_NAME.get(key.replace("-", "_"))
        if option is None:
            raise SettingsError(
                f"{path}, line {line}: {safe_text(key, 60)} is not a setting",
                _did_you_mean(key, list(_BY_NAME)),
            )
        where = f"{path}, line {line}: {option.name}"
        found.append(
            (option.name, _value(option, raw, where, "Correct that line"), f"config file, line {line}")
        )
    return found


def _line_of(key: str, content: str) -> int:
    """Return the line of a top-level key, which tomllib does not tell, or 1."""
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    return next((n for n, line in enumerate(content.splitlines(), 1) if pattern.match(line)), 1)


def _value(option: Option, raw: object, where: str, remedy: str, *, text: bool = False) -> object:
    try:
        return option.read(raw, text)
    except (ValueError, OverflowError):
        hint = _did_you_mean(str(raw), list(option.choices), fallback=remedy)
        shown = repr(safe_text(raw, 60)) if isinstance(raw, str) else safe_text(raw, 60)
        raise SettingsError(f"{where} must be {option.expects}, not {shown}", hint) from None


def _did_you_mean(word: str, known: list[str], fallback: str = "") -> str:
    close = difflib.get_close_matches(word.replace("-", "_") if "_" in "".join(known) else word, known, 1)
    if close:
        return f"Did you mean {close[0]}?"
    return fallback or f"The settings are: {', '.join(known)}"
