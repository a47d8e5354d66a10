"""How a report was made: command, versions, models, machine, files."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from posetui.engine.heading import machine
from posetui.engine.subjects import Subject
from posetui.reports.blocks import Block, Code, Facts, Paragraph, Section
from posetui.text import redact, safe_text
from posetui.version import __version__

_LIBRARIES = ("numpy", "matplotlib")
_LONG = 20_000  # characters of a command


def origins(subjects: Sequence[Subject], truth: Subject | None, command: str) -> Section:
    """Return the section that lets somebody else do it again."""
    blocks: list[Block] = [
        Code(safe_text(redact(command), _LONG)),
        Facts(
            (
                ("made", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
                ("posetui", __version__),
                ("Python", platform.python_version()),
                *((name, _version(name)) for name in _LIBRARIES),
                ("machine of this report", _machine()),
            )
        ),
        *(Facts(_facts(one, "tape" if one.taped else "file")) for one in subjects),
    ]
    if truth is not None:
        blocks.append(Facts(_facts(truth, "truth")))
    note = Paragraph(
        "What is said of tapes is what their headers say; times are those of the machine that recorded.",
        note=True,
    )
    return Section("origins", "How this was made", (*blocks, note))


def _facts(one: Subject, what: str) -> tuple[tuple[str, str], ...]:
    header, setup = one.header, one.header.setup
    facts = [
        (what, one.name),
        ("SHA-256 of it", _hash(one.path)),
        ("frames", f"{len(one.recording.frames):,}"),
    ]
    facts.append(("source", f"{header.source} ({header.source_kind})"))
    if one.taped:
        facts += [("recorded by", f"posetui {header.version}"), ("recorded", header.created)]
    facts.append(("backend", header.backend if setup is None else setup.backend))
    facts += [("model", header.model), ("SHA-256 of the model", header.model_sha256)]
    facts += [("device", header.device), ("options", header.detail)]
    if setup is not None:
        facts += [(f"SHA-256 of {name}", of) for name, of in setup.networks.items()]
        facts.append(("machine", setup.machine))
        facts.append(("libraries", ", ".join(f"{name} {of}" for name, of in setup.libraries.items())))
    facts.append(("note", header.note))
    return tuple((name, safe_text(redact(text), 400)) for name, text in facts if text)


def _hash(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "unknown"


def _machine() -> str:
    return f"{platform.system()}, {machine()}"
