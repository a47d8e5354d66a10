"""What a report is made of, before it is a page or Markdown.

All text is plain: whoever writes it escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from posetui.evaluation.rows import Cell


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences.

    Attributes:
        text: plain text.
        note: whether it is a side note.

    """

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column.

    Attributes:
        text: plain text.
        series: number of the recording whose colour it has, or None.

    """

    text: str
    series: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names the rows.

    Attributes:
        head: of all columns, the first one included.
        rows: the first column's text, and cells.
        label: what the table shows, for who cannot see it.

    """

    head: tuple[Head, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    label: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names, each with what is known."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """What was typed."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A plot.

    Attributes:
        name: of its files, without suffix: lower-case letters and dashes.
        caption: what is seen, and how to read it.
        alt: what it shows, for who cannot see it.
        png: for paper, on white.
        svg: the same.
        dark: SVG for dark pages.

    """

    name: str
    caption: str
    alt: str
    png: bytes
    svg: bytes
    dark: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture.

    Attributes:
        name: of its file: lower-case letters, digits and dashes.
        series: number of the recording that it shows.
        caption: a line.
        jpeg: the picture.

    """

    name: str
    series: int
    caption: str
    jpeg: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Pictures of one image beside each other."""

    title: str
    shots: tuple[Shot, ...]


Block: TypeAlias = Paragraph | Points | Table | Facts | Code | Plot | Gallery


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A part of a report.

    Attributes:
        key: of its anchor: lower-case letters and dashes.
        title: of the part.
        blocks: what it holds.

    """

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A report.

    Attributes:
        title: plain text.
        lead: what was compared, a sentence or two.
        series: names of the recordings; the place of each is the number of its colour.
        sections: its parts.

    """

    title: str
    lead: str
    series: tuple[str, ...]
    sections: tuple[Section, ...]
