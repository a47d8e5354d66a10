"""An animated SVG of a cast, for pages that show pictures but run no scripts.

Each row of the terminal is a strip with all that it shows one below the other; CSS moves the strip. So a row
that changes costs what it shows, and one that does not costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from posetui.casting.asciicast import Cast
from posetui.casting.frames import BACKGROUND, Row, Run, Shown, shown_rows
from posetui.casting.shapes import H, W, drawn, is_shape
from posetui.errors import CastError

_HOLD_S = 1.0
"""For how long the last picture stands before it begins again."""
_MARGIN = 8
_STYLE = (
    "svg{overflow:hidden}text{white-space:pre;font:13px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,"
    '"DejaVu Sans Mono",monospace}.b{font-weight:700}.i{font-style:italic}.u{text-decoration:underline}'
    ".d{fill:none;stroke-width:2.6;stroke-linecap:round}.l{fill:none;stroke-width:1}"
)


def write_svg(cast: Cast, path: Path, *, rate: float, since: float = 0.0, force: bool = False) -> int:
    """Write an animated SVG; return its size in bytes.

    Args:
        cast: what it shows.
        path: the file.
        rate: pictures a second, at most.
        since: seconds of the cast to leave out.
        force: replace a file that is there.

    Raises:
        CastError: pyte is missing, the file is there, or it cannot be written.

    """
    text = svg(cast, rate, since)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise CastError(f"There is a file {path} already", "Add --force to replace it") from None
    except OSError as error:
        raise CastError(f"{path} cannot be written: {error.strerror}") from error
    return len(text.encode())


def svg(cast: Cast, rate: float, since: float = 0.0) -> str:
    """Return the SVG; raises CastError when pyte is missing."""
    rows, (columns, lines), seconds = shown_rows(cast, rate, since)
    total = seconds + _HOLD_S
    width, height = columns * W + 2 * _MARGIN, lines * H + 2 * _MARGIN
    styles, strips = [_STYLE], []
    for row in rows:
        style, strip = _strip(row, total, columns)
        styles.append(style)
        strips.append(strip)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><style>{"".join(styles)}</style>'
        f'<rect width="100%" height="100%" rx="6" fill="#{BACKGROUND}"/>'
        f'<svg x="{_MARGIN}" y="{_MARGIN}" width="{columns * W}" height="{lines * H}">'
        f"{''.join(strips)}</svg></svg>\n"
    )


def _strip(row: Shown, total: float, columns: int) -> tuple[str, str]:
    """Return the keyframes of a row, empty for one that stands still, and what it shows."""
    places: dict[Row, int] = {}
    for _, content in row.contents:
        places.setdefault(content, len(places))
    drawn_contents = [
        f'<g transform="translate(0 {place * H})">{content}</g>' if place else content
        for content, place in ((_content(content), place) for content, place in places.items())
    ]
    inside = "".join(drawn_contents)
    if len(places) == 1:
        return "", f'<g transform="translate(0 {row.y * H})">{inside}</g>' if inside else ""
    frames = "".join(
        f"{100 * at / total:.2f}%{{transform:translateY({-places[content] * H}px)}}"
        for at, content in row.contents
    )
    name = f"r{row.y}"
    style = f"@keyframes {name}{{{frames}}}.{name}{{animation:{name} {total:.2f}s step-end infinite}}"
    strip = f'<svg y="{row.y * H}" width="{columns * W}" height="{H}"><g class="{name}">{inside}</g></svg>'
    return style, strip


def _content(row: Row) -> str:
    return "".join(piece for run in row for piece in _run(run))


def _run(run: Run) -> Iterator[str]:
    if run.ground != BACKGROUND:
        wide = len(run.text) * W
        yield f'<path fill="#{run.ground}" d="M{run.column * W} 0h{wide}v{H}h-{wide}z"/>'
    for kind, path in drawn(run.text, run.column):
        if kind == "fill":
            yield f'<path fill="#{run.color}" d="{path}"/>'
        else:
            yield f'<path class="{kind[0]}" stroke="#{run.color}" d="{path}"/>'
    written = "".join(" " if is_shape(character) else character for character in run.text)
    kinds = f' class="{" ".join(run.style)}"' if run.style else ""
    for word in re.finditer(r"\S+(?: \S+)*", written):
        x, length = (run.column + word.start()) * W, len(word[0])
        # As wide as its cells, whatever font there is.
        fit = f' textLength="{length * W}" lengthAdjust="spacingAndGlyphs"' if length > 1 else ""
        yield f'<text x="{x}" y="12"{kinds} fill="#{run.color}"{fit}>{escape(word[0], quote=False)}</text>'
