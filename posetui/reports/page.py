"""A report as one page of HTML: nothing is loaded from anywhere, and nothing runs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path

from posetui.evaluation.rows import Cell
from posetui.reports.blocks import (
    Block,
    Code,
    Document,
    Facts,
    Gallery,
    Head,
    Paragraph,
    Plot,
    Points,
    Section,
    Table,
)
from posetui.reports.style import DARK, LIGHT
from posetui.text import safe_text
from posetui.version import __version__

# Whatever slips through escaping: no script, no connection, no picture but those in the page.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(document: Document) -> str:
    """Return the page."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    title = _text(document.title)
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f'<meta name="generator" content="posetui {_text(__version__)}">',
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n<style>\n{style}</style>\n</head>\n<body>',
        f'<header>\n<h1>{title}</h1>\n<p class="lead">{_text(document.lead)}</p>',
        *_names(document),
        '<nav aria-label="Sections">',
        *(f'<a href="#{one.key}">{_text(one.title)}</a>' for one in document.sections),
        "</nav>\n</header>\n<main>",
    ]
    for section in document.sections:
        lines += _section(section)
    lines.append(f"</main>\n<footer>Made by posetui {_text(__version__)}.</footer>\n</body>\n</html>\n")
    return "\n".join(lines)


def _names(document: Document) -> Iterator[str]:
    yield '<ul class="names">'
    for series, name in enumerate(document.series):
        yield f"<li>{_dot(series)}{_text(name)}</li>"
    yield "</ul>"


def _section(section: Section) -> Iterator[str]:
    yield f'<section aria-labelledby="{section.key}">\n<h2 id="{section.key}">{_text(section.title)}</h2>'
    for block in section.blocks:
        yield from _block(block)
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            kind = ' class="note"' if block.note else ""
            yield f"<p{kind}>{_text(block.text)}</p>"
        case Points():
            yield '<ul class="points">'
            yield from (f"<li>{_text(item)}</li>" for item in block.items)
            yield "</ul>"
        case Table():
            yield from _table(block)
        case Facts():
            yield '<dl class="card">'
            yield from (f"<dt>{_text(name)}</dt><dd>{_text(fact)}</dd>" for name, fact in block.items)
            yield "</dl>"
        case Code():
            yield f"<pre><code>{_text(block.text)}</code></pre>"
        case Plot():
            yield from _plot(block)
        case Gallery():
            yield from _gallery(block)


def _table(table: Table) -> Iterator[str]:
    kind = "" if any(head.series is not None for head in table.head) else ' class="narrow"'
    yield f'<div class="card scroll">\n<table{kind} aria-label="{_text(table.label)}">\n<thead><tr>'
    yield from (f'<th scope="col">{_head(head)}</th>' for head in table.head)
    yield "</tr></thead>\n<tbody>"
    for name, cells in table.rows:
        yield f'<tr><th scope="row">{_text(name)}</th>{"".join(map(_cell, cells))}</tr>'
    yield "</tbody>\n</table>\n</div>"


def _head(head: Head) -> str:
    return f"{'' if head.series is None else _dot(head.series)}{_text(head.text)}"


def _cell(cell: Cell) -> str:
    text = _text(cell.text)
    between = f' <span class="between">{_text(cell.between)}</span>' if cell.between else ""
    return f"<td>{f'<b>{text}</b>' if cell.best else text}{between}</td>"


def _plot(plot: Plot) -> Iterator[str]:
    yield '<figure class="card">\n<picture>'
    yield f'<source media="(prefers-color-scheme: dark)" srcset="{_data("image/svg+xml", plot.dark)}">'
    yield f'<img alt="{_text(plot.alt)}" src="{_data("image/svg+xml", plot.svg)}">'
    yield f"</picture>\n<figcaption>{_text(plot.caption)}</figcaption>\n</figure>"


def _gallery(gallery: Gallery) -> Iterator[str]:
    yield f'<div class="card">\n<h3>{_text(gallery.title)}</h3>\n<div class="shots">'
    for shot in gallery.shots:
        source = _data("image/jpeg", shot.jpeg)
        yield f'<figure><img alt="{_text(shot.caption)}" src="{source}">'
        yield f"<figcaption>{_dot(shot.series)}{_text(shot.caption)}</figcaption></figure>"
    yield "</div>\n</div>"


def _dot(series: int) -> str:
    return f'<span class="dot" style="--light:{LIGHT.color(series)};--dark:{DARK.color(series)}"></span>'


def _text(text: str) -> str:
    return escape(safe_text(text, 20_000))


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"
