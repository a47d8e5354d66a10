"""A report as Markdown, as GitHub shows it, with its plots and pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from posetui.evaluation.rows import Cell
from posetui.reports.blocks import (
    Block,
    Code,
    Document,
    Facts,
    Gallery,
    Paragraph,
    Plot,
    Points,
    Table,
)
from posetui.text import safe_text
from posetui.version import __version__

PLOTS, SHOTS = "plots", "worst"
"""Folders of the files beside the report."""

# What Markdown, or HTML in it, would take for marks, links, mathematics, mentions or numbers of issues.
_MEANS_SOMETHING = re.compile(
    r"[\\`*_{}\[\]<>&|~#!$^]|@(?!\d\.\d)|(?<=\w):(?=//)|(?<=www)\.|^\d+[.)](?=\s|$)|^[-+=](?=[-+=\s]|$)",
    re.IGNORECASE,
)
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_NUMBER = re.compile(r"[-+]?[\d.,]+|\[[-+\d.,]+, [-+\d.,]+\]|-")


def markdown(document: Document) -> str:
    """Return the report."""
    lines = [f"# {plain(document.title)}", "", plain(document.lead), ""]
    for section in document.sections:
        lines += [f"## {plain(section.title)}", ""]
        for block in section.blocks:
            lines += _block(block)
    return "\n".join([*lines, "---", "", f"Made by posetui {plain(__version__)}.", ""])


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MEANS_SOMETHING.sub(_escaped, safe_text(text, 20_000))


def _escaped(found: re.Match[str]) -> str:
    text = found.group()
    return _ENTITIES.get(text, f"{text[:-1]}\\{text[-1]}")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield plain(block.text)
        case Points():
            yield from (f"- {plain(item)}" for item in block.items)
        case Table():
            yield from _table(block)
        case Facts():
            yield "| | |\n|---|---|"
            yield from (f"| {plain(name)} | {plain(fact)} |" for name, fact in block.items)
        case Code():
            text = safe_text(block.text, 20_000)
            fence = "`" * max(3, *(1 + len(run) for run in re.findall(r"`+", text) or [""]))
            yield f"{fence}console\n{text}\n{fence}"
        case Plot():
            yield f"![{plain(block.alt)}]({PLOTS}/{block.name}.svg)"
            yield f"\n{plain(block.caption)}"
        case Gallery():
            yield f"### {plain(block.title)}\n"
            for shot in block.shots:
                yield f"![{plain(shot.caption)}]({SHOTS}/{shot.name}.jpg)\n\n{plain(shot.caption)}\n"
    yield ""


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(plain(head.text) for head in table.head)} |"
    yield f"|---{'|--:' * (len(table.head) - 1)}|"
    for name, cells in table.rows:
        yield f"| {plain(name)} | {' | '.join(map(_cell, cells))} |"


def _cell(cell: Cell) -> str:
    shown = f"**{_number(cell.text)}**" if cell.best else _number(cell.text)
    return f"{shown} {_number(cell.between)}" if cell.between else shown


def _number(text: str) -> str:
    """Return a number or an interval as it is: it can mean nothing else. Other text is escaped."""
    return text if _NUMBER.fullmatch(text) else plain(text)
