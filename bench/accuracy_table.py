"""Puts the numbers of two reports of `posetui compare` into the tables of docs/accuracy.md.

python -m bench.accuracy_table COCO/report.json LSP/report.json            print them
python -m bench.accuracy_table COCO/report.json LSP/report.json --write    and change the page
"""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
WIDTH = 120


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: of the number.
        head: of the column.
        digits: after the point.
        better: 1 where more is better, -1 where less is, 0 where none is bold.
        interval: whether it is told.

    """

    name: str
    head: str
    digits: int
    better: int = 1
    interval: bool = True


_END = (
    Column("recall", "recall", 2),
    Column("ece", "calibration error", 2, -1),
    Column("cpu", "CPU s", 2, 0, interval=False),
    Column("memory", "MB", 0, 0, interval=False),
)
COCO = (
    Column("ap", "AP", 3),
    Column("ap50", "AP50", 3),
    Column("ap_large", "AP large", 3),
    Column("ar", "AR", 3),
    Column("precision", "precision", 2),
    *_END,
)
LSP = (
    Column("pck", "PCK@0.2 %", 1),
    Column("pck_auc", "PCK AUC %", 1),
    Column("mpjpe", "MPJPE % of torso", 1, -1),
    Column("ap", "AP", 3),
    *_END,
)
TABLES = (("## Photographs", COCO), ("## Gymnasts", LSP))
JUDGED = (("ap", "AP"), ("pck", "PCK@0.2"))


def numbers_of(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return of each backend all its numbers by name, those against truth and those of speed."""
    alone = {one["name"]: one["numbers"] for one in report["backends"]}
    return {one["tape"]: {**alone[one["tape"]], **one["numbers"]} for one in report["evaluation"]["tapes"]}


def table(every: Mapping[str, Mapping[str, Any]], columns: Sequence[Column]) -> Iterator[str]:
    """Yield the lines of a table: a row a backend, the best of a column in bold."""
    yield f"| backend | {' | '.join(one.head for one in columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    best = {one.name: _best(every, one) for one in columns if one.better}
    for name, numbers in every.items():
        cells = []
        for one in columns:
            shown = f"{numbers[one.name]['value']:.{one.digits}f}"
            text = f"**{shown}**" if best.get(one.name) == shown else shown
            if one.interval:
                low, high = numbers[one.name]["interval"]
                text += f" ({low:.{one.digits}f}–{high:.{one.digits}f})"
            cells.append(text)
        yield f"| {name} | {' | '.join(cells)} |"


def _best(every: Mapping[str, Mapping[str, Any]], column: Column) -> str:
    value = max((one[column.name]["value"] for one in every.values()), key=lambda one: column.better * one)
    return f"{value:.{column.digits}f}"


def verdicts(report: Mapping[str, Any], every: Mapping[str, Mapping[str, Any]]) -> str:
    """Return who is best, and to whom the difference may be chance."""
    said = []
    for number, label in JUDGED:
        best = max(every, key=lambda name: every[name][number]["value"])
        near = [
            f"{({one['of'], one['less']} - {best}).pop()} (p = {one['p']:.2f})"
            for one in report["evaluation"]["differences"]
            if one["number"] == number and best in (one["of"], one["less"]) and not one["significant"]
        ]
        rest = f"the difference may be chance to {' and '.join(near)}, and to no other" if near else ""
        said.append(f"{label}: {best} is best; {rest or 'all others are significantly worse'}.")
    return "\n".join(textwrap.wrap(" ".join(said), WIDTH, break_on_hyphens=False))


def replaced(page: str, heading: str, text: str) -> str:
    """Return the page with a table and what follows it, up to the next heading, replaced."""
    found = re.search(rf"^{re.escape(heading)}[^\n]*\n.*?(?=^\| backend)(.*?)(?=^## )", page, re.M | re.S)
    if found is None:
        raise SystemExit(f"{PAGE.name} has no table under {heading}")
    return page[: found.start(1)] + text + "\n\n" + page[found.end(1) :]


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("coco", type=Path, help="report.json of the photographs")
    parser.add_argument("lsp", type=Path, help="report.json of the gymnasts")
    parser.add_argument("--write", action="store_true", help="change docs/accuracy.md")
    given = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    for file, (heading, columns) in zip((given.coco, given.lsp), TABLES, strict=True):
        report = json.loads(file.read_text(encoding="utf-8"))
        every = numbers_of(report)
        text = "\n".join([*table(every, columns), "", verdicts(report, every)])
        print(f"{heading}: {report['command']}\n\n{text}\n")
        page = replaced(page, heading, text)
    if given.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
