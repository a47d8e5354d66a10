"""Casts: what is written, what is left out, and that a cut file plays up to the cut."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.casting.asciicast import Cast, CastWriter, read_cast
from posetui.casting.cleaning import Cleaner
from posetui.casting.frames import shown_rows
from posetui.casting.shapes import drawn
from posetui.casting.svg import svg
from posetui.errors import CastError

DRAWN = ("\x1b[1;1H", "\x1b[38;2;1;2;3mé⣿", "plain", "\x1b[?25l", "\x1b[?2026h", "\x1b[2J", "\x1b(B", "\x1b7")
HIDDEN = (
    *("\x1b[6n", "\x1b[?6n", "\x1b[c", "\x1b[>0c", "\x1b[?2026$p", "\x1b[>0q"),
    *("\x1b[>25u", "\x1b[<u", "\x1b[14t", "\x1b[?1000h", "\x1b[?1006l", "\x1b[?2004h", "\x1b[?1004h"),
    *("\x1bPq#0;2;0;0;0~-\x1b\\", "\x1b_Ga=T,f=24;AAAA\x1b\\", "\x1b]0;a title\x07", "\x1b]52;c;AAAA\x1b\\"),
)


@given(st.lists(st.sampled_from(DRAWN + HIDDEN)), st.lists(st.integers(0, 200)))
def test_only_what_draws_is_left_wherever_it_is_cut(pieces: list[str], cuts: list[int]) -> None:
    text = "".join(pieces)
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    cleaner = Cleaner()
    kept = "".join(cleaner.feed(text[a:b]) for a, b in itertools.pairwise(places))
    assert kept == "".join(piece for piece in pieces if piece in DRAWN)


def test_nothing_after_leaving_the_screen_is_left() -> None:
    cleaner = Cleaner()
    assert cleaner.feed("last\x1b[?1049l\x1b[?25hposetui: an error") == "last"
    assert cleaner.left and cleaner.feed("more") == ""


def written(path: Path, version: Literal[2, 3]) -> None:
    times = iter((10.0, 10.5, 99.0, 99.25))
    cast = CastWriter(path, (20, 5), version=version, title="a", longest_gap=2.0, clock=lambda: next(times))
    for text in ("one\r\n", "two\x1b[6n", "\x1b[3", "1mthree"):
        cast.output(text)
    cast.resized(30, 6)
    cast.close()


@pytest.mark.parametrize("version", [2, 3])
def test_versions_say_the_same(tmp_path: Path, version: Literal[2, 3]) -> None:
    written(tmp_path / "a.cast", version)
    cast = read_cast(tmp_path / "a.cast")
    assert cast.size == (20, 5)
    assert [(kind, data) for _, kind, data in cast.events] == [
        *(("o", data) for data in ("one\r\n", "two", "\x1b[31mthree")),
        ("r", "30x6"),
    ]
    # The long gap counts for two seconds.
    assert [at for at, _, _ in cast.events] == pytest.approx([0, 0.5, 2.5, 2.75], abs=0.002)


def test_asciinema_loads_it(tmp_path: Path) -> None:
    from asciinema import asciicast

    written(tmp_path / "a.cast", 2)
    with asciicast.open_from_url(str(tmp_path / "a.cast")) as opened:
        assert "".join(data for _, kind, data in opened.events() if kind == "o") == "one\r\ntwo\x1b[31mthree"


def test_a_file_cut_anywhere_plays_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "a.cast"
    written(path, 3)
    whole, data = read_cast(path).events, path.read_bytes()
    header = data.index(b"\n")
    for cut in range(header, len(data)):
        path.write_bytes(data[:cut])
        events = read_cast(path).events
        assert events == whole[: len(events)] and len(events) >= data[header + 1 : cut].count(b"\n")


def test_a_full_disk_is_told_and_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    with pytest.raises(CastError, match="/dev/full cannot be written: No space left"):
        CastWriter(Path("/dev/full"), (20, 5), force=True)
    written(tmp_path / "a.cast", 2)
    with pytest.raises(CastError, match=r"There is a file .* already"):
        CastWriter(tmp_path / "a.cast", (20, 5))
    (tmp_path / "b.cast").write_text(json.dumps({"version": 1}))
    with pytest.raises(CastError, match="is no asciicast"):
        read_cast(tmp_path / "b.cast")


def test_shapes_are_where_their_dots_are() -> None:
    assert drawn("⠁⢀", 2) == [("dots", "M18 2h0M30 14h0")]
    assert drawn("▀▀ ▄", 0) == [("fill", "M0 0h16v8h-16zM24 8h8v8h-8z")]
    assert drawn("──", 1) == [("lines", "M8 8h16")]


def test_an_svg_has_each_content_of_a_row_once_and_moves_between_them() -> None:
    events = [
        (n / 4, "o", f"\x1b[2;3H\x1b[38;2;255;0;0m{'⣿<a&b>' if n % 2 else 'still '}\x1b[H") for n in range(8)
    ]
    cast = Cast((20, 3), ((0.0, "o", "\x1b[1mhead\x1b[0m"), *events))
    rows, size, seconds = shown_rows(cast, 4)
    assert (size, seconds) == ((20, 3), 1.75)
    assert [len({content for _, content in row.contents}) for row in rows] == [1, 2, 1]
    text = svg(cast, 4)
    root = ElementTree.fromstring(text)
    words = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["head", "still", "<a&b>"]
    assert text.count("@keyframes") == 1 and text.count("transform:translateY") == 8
