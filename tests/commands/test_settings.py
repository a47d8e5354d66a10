from __future__ import annotations

import contextlib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.commands.config import template
from posetui.errors import SettingsError
from posetui.readers import seconds
from posetui.settings import OPTIONS, Option, Settings, resolve


def from_file(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return resolve(environ={}, path=path).values


def test_every_setting_has_one_option() -> None:
    assert len(OPTIONS) == len(fields(Settings))
    assert {option.name for option in OPTIONS} == {one.name for one in fields(Settings)}


def test_flags_beat_environment_beats_file_beats_default(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\nthreshold = 0.2\nmax_people = 2\ntheme = 'light'\n", encoding="utf-8")
    environ = {"POSETUI_THRESHOLD": "0.4", "POSETUI_MAX_PEOPLE": "3", "NO_COLOR": "1"}
    resolved = resolve({"threshold": "0.6", "flip": None}, environ=environ, path=path)
    values, origins = resolved.values, resolved.origins
    assert (values.threshold, values.max_people, values.theme, values.color) == (0.6, 3, "light", False)
    assert origins["threshold"] == "--threshold"
    assert origins["max_people"] == "POSETUI_MAX_PEOPLE"
    assert origins["theme"] == "config file, line 4"
    assert origins["color"] == "NO_COLOR"
    assert origins["flip"] == "default"


def test_a_flag_turned_off_beats_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("flip = true\nloop = true", encoding="utf-8")
    resolved = resolve({"flip": False}, environ={}, path=path)
    assert (resolved.values.flip, resolved.values.loop) == (False, True)
    assert resolved.origins["flip"] == "--no-flip"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("source = 0", {"source": "0"}),
        ("max-people = 4", {"max_people": 4}),
        ("size = '1280x720'", {"size": (1280, 720)}),
        ("start = '1:23.5'\nend = 90", {"start": 83.5, "end": 90.0}),
        ("fps = 30", {"fps": 30.0}),
        ("fps = ''\nsize = ''\nend = ''\nsource = ''", {}),
        ("rotate = 270\nthreshold = 1", {"rotate": 270, "threshold": 1.0}),
    ],
)
def test_the_file_is_read(tmp_path: Path, text: str, expected: dict[str, Any]) -> None:
    assert from_file(tmp_path, text) == Settings(**expected)


BAD_LINES = [
    ("threshold = 1.5", "threshold must be a number from 0 to 1, not 1.5"),
    ("threshold = '0.5'", "threshold must be a number"),
    ("threshold = nan", "threshold must be a number"),
    ("threshold = true", "threshold must be a number"),
    ("max_people = 0", "max_people must be a whole number from 1 to 20, not 0"),
    ("max_people = 2.5", "max_people must be a whole number"),
    ("flip = 'yes'", "flip must be true or false, not 'yes'"),
    ("flip = 1", "flip must be true or false"),
    ("rotate = 45", "rotate must be 0, 90, 180 or 270, not 45"),
    ("size = 'big'", "size must be a size such as 1280x720"),
    ("size = '4x4'", "size must be"),
    ("fps = 0", "fps must be a number above 0"),
    ("fps = inf", "fps must be"),
    ("start = -1", "start must be a time"),
    ("start = '1:75'", "start must be a time"),
    ("theme = 'drak'", "Did you mean dark?"),
    ("skeleton = 'coco-18'", "Did you mean coco-17?"),
    ("treshold = 0.5", "Did you mean threshold?"),
    ("max_poeple = 2", "Did you mean max_people?"),
    ("[source]\na = 1", "source must be a camera"),
    ("backend = ''", "backend must be the name of a backend"),
]


@pytest.mark.parametrize(("line", "expected"), BAD_LINES)
def test_a_bad_line_is_named(tmp_path: Path, line: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_file(tmp_path, f"# comment\nlabels = true\n{line}\n")
    assert expected in str(caught.value)
    assert str(tmp_path / "config.toml") in str(caught.value)
    assert "line 3" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"threshold = ", "line 1"), (b"\xff\xfe", "UTF-8"), (b"flip = true\n'", "line 2")],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        resolve(environ={}, path=path)
    assert expected in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_folder_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        resolve(environ={}, path=tmp_path)


def test_the_end_comes_after_the_start() -> None:
    with pytest.raises(
        SettingsError, match=r"end \(5 s, --end\) must come after start \(10 s, POSETUI_START\)"
    ):
        resolve({"end": "5"}, environ={"POSETUI_START": "0:10"}, path=Path("/nonexistent"))


@pytest.mark.parametrize(("word", "value"), [("1", True), ("TRUE", True), ("off", False), ("No", False)])
def test_switches_in_the_environment(word: str, value: bool) -> None:
    assert resolve(environ={"POSETUI_LABELS": word}, path=Path("/nonexistent")).values.labels is value


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(SettingsError, match="POSETUI_LOOP must be true or false, not 'maybe'"):
        resolve(environ={"POSETUI_LOOP": "maybe"}, path=Path("/nonexistent"))


def test_colour_can_be_asked_for_against_no_color() -> None:
    environ = {"NO_COLOR": "1"}
    assert resolve({"color": True}, environ=environ, path=Path("/nonexistent")).values.color
    assert resolve(environ={"NO_COLOR": ""}, path=Path("/nonexistent")).values.color


def test_the_commented_file_is_empty_and_uncommented_gives_the_defaults(tmp_path: Path) -> None:
    assert from_file(tmp_path, template()) == Settings()
    names = [option.name for option in OPTIONS]
    lines = [line[1:] if line[1:].partition(" = ")[0] in names else line for line in template().splitlines()]
    assert sum(not line.startswith("#") and bool(line) for line in lines) == len(names)
    assert from_file(tmp_path, "\n".join(lines)) == Settings()


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_times_with_colons(hours: int, minutes: int, whole: int, milli: int) -> None:
    expected = hours * 3600 + minutes * 60 + whole + milli / 1000
    assert seconds(f"{hours}:{minutes:02}:{whole:02}.{milli:03}") == pytest.approx(expected)


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert seconds(text) >= 0


@given(st.sampled_from(OPTIONS), st.text(max_size=20))
def test_any_flag_text_is_taken_or_refused_in_one_line(option: Option, text: str) -> None:
    try:
        resolve({option.name: text}, environ={}, path=Path("/nonexistent"))
    except SettingsError as error:
        assert option.name.replace("_", "-") in str(error)
        assert "\n" not in str(error)
