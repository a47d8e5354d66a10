"""A page as a strict parser sees it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "img", "source", "br", "hr", "input"}
LOADING = {"src", "srcset", "href", "poster", "data", "action", "background"}


class Parsed(HTMLParser):
    """Every tag is closed in its order; texts, tables and what is loaded are kept."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.loaded: list[str] = []
        self.handlers: list[str] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.bold: set[tuple[int, int]] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attributes:
            if name in LOADING:
                self.loaded.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
        if tag == "b":
            self.bold.add((len(self.rows) - 1, len(self.rows[-1]) - 1))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            assert not re.search(r"url\(|@import|expression", data)
            return
        if self.open and self.open[-1] in ("th", "td", "b", "span") and {"th", "td"} & set(self.open):
            self.rows[-1][-1] += data
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def parsed(path: Path) -> Parsed:
    """Return the page; it is well-formed."""
    text = path.read_text(encoding="utf-8")
    page = Parsed()
    page.feed(text)
    page.close()
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    # What stands in the text, outside of the pictures, names no place in the net that would be loaded.
    for one in page.loaded:
        assert one.startswith(("data:image/svg+xml;base64,", "data:image/jpeg;base64,", "data:,", "#")), one[
            :80
        ]
    assert "script" not in page.tags
    assert page.handlers == []
    return page
