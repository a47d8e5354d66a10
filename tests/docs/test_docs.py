"""What the documentation says is there, and does what it says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from posetui.commands.main import cli
from posetui.errors import SettingsError
from posetui.settings import resolve
from posetui.tui.keys import KEYS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_ROW = re.compile(r"^\| `([^`]+)` \| (.*) \|$", re.MULTILINE)
_WEB = ("http://", "https://", "mailto:")
_BREAKS = frozenset({"|", "||", "&", "&&", ";", "\n"})


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchors(page: Path) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_and_pictures_are_there(page: Path) -> None:
    missing = []
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith(_WEB):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        within = target.is_relative_to(ROOT) and target.exists()
        if not within or (anchor and anchor not in _anchors(target)):
            missing.append(link)
    assert not missing


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        links = _LINK.findall(page.read_text(encoding="utf-8"))
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links if ":" not in link]
    assert set(PAGES) == reached


# ---- commands


def _commands(page: Path) -> Iterator[list[str]]:
    """The words of every command in a page's console blocks, those behind a pipe included."""
    for language, block in _FENCED.findall(page.read_text(encoding="utf-8")):
        lines = block.splitlines() if language == "console" else []
        for line in lines:
            if line.startswith("$ "):
                yield from _simple_commands(line[2:])


def _simple_commands(line: str) -> Iterator[list[str]]:
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    command: list[str] = []
    for word in [*words, ";"]:
        if word not in _BREAKS:
            command.append(word)
            continue
        if ">" in command:
            del command[command.index(">") :]
        while command and re.fullmatch(r"\w+=.*", command[0]):
            command = command[1:]
        yield command
        command = []


EXAMPLES = [
    pytest.param(command[1:], id=f"{_name(page)}: {shlex.join(command)}")
    for page in PAGES
    for command in _commands(page)
    if command and command[0] == "posetui"
]


def _parse(command: click.Command, words: Sequence[str], parent: click.Context | None = None) -> None:
    """Parse as click would, to the last subcommand, and run nothing."""
    context = click.Context(command, info_name=command.name, parent=parent)
    options, rest, _ = command.make_parser(context).parse_args(list(words))
    if parent is None:
        resolve(
            {name: value for name, value in options.items() if name not in ("headless", "as_json", "jsonl")}
        )
    if rest and isinstance(command, click.Group):
        _, chosen, left = command.resolve_command(context, rest)
        assert chosen is not None
        _parse(chosen, left, context)
    else:
        assert not rest


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("POSETUI_CONFIG", raising=False)


@pytest.mark.parametrize("words", EXAMPLES)
def test_an_example_parses(words: list[str]) -> None:
    _parse(cli, words)


@pytest.mark.parametrize(
    "line", ["posetui --sauce demo", "posetui nonsense", "posetui --max-people 99", "posetui models x | cat"]
)
def test_a_wrong_example_would_be_noticed(line: str) -> None:
    words = next(_simple_commands(line))[1:]
    with pytest.raises((click.UsageError, SettingsError)):
        _parse(cli, words)


def test_there_are_examples_of_every_kind() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    kinds = ("--source demo", "--source 0", ".mp4", "rtsp://", "--source -", "/ --fps", "*.png", ".jpg")
    assert [kind for kind in kinds if kind not in text] == []
    assert len(EXAMPLES) > 20


def test_the_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        word for page in PAGES for word in re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8"))
    }
    assert {"demo", "test", "check", "screenshots"} <= named <= targets


# ---- keys


def test_the_readme_lists_exactly_the_keys() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text[text.index("| key | what it does |") : text.index("### Without a screen")]
    rows = _ROW.findall(table)
    assert [key for key, _ in rows] == [key.shown for key in KEYS]
    assert [
        key.shown for key, (_, said) in zip(KEYS, rows, strict=True) if not said.startswith(key.sentence)
    ] == []
