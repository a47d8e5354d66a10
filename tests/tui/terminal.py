"""The real app in a pseudo-terminal, with a terminal emulator at the other end."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
import pyte

from tests.tui.emulator import Emulator

QUERY, ANSWER = b"\x1b[6n", b"\x1b[1;1R"
ATTRIBUTES_QUERY, ATTRIBUTES = b"\x1b[c", b"\x1b[?62;22c"
_KEYBOARD_PROTOCOL = (b"\x1b[>25u", b"\x1b[<u", b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\")
"""Sequences that pyte does not know and prints."""
# The child makes the pseudo-terminal its controlling one, so that a vanished master hangs it up.
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if not sys.argv.pop(1):
    os.environ.pop("LC_CTYPE", None)  # Python itself has set it: PEP 538
os.execv(sys.argv[1], sys.argv[1:])
"""
COMMAND = (sys.executable, "-m", "posetui")


class Terminal:
    """Runs a command on a terminal of its own; close it whatever happens.

    Args:
        arguments: those of `posetui`.
        home: an empty folder: its home; it runs in `home`/work.
        size: columns, rows.
        environ: changes to the environment; an empty value removes a variable.
        answers: whether `ESC[6n` and `ESC[c` are answered, as all real terminals do.
        command: what runs instead of posetui.

    """

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        *,
        size: tuple[int, int] = (120, 40),
        environ: Mapping[str, str] | None = None,
        answers: bool = True,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.folder = home / "work"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.raw = bytearray()
        self.screen = pyte.Screen(*size)
        self._emulator = Emulator(self.screen)
        self._held = b""
        self._rows: tuple[tuple[int, int, int], list[str]] = ((-1, 0, 0), [])
        self._cells: tuple[tuple[int, int, int], list[list[tuple[object, ...]]]] = ((-1, 0, 0), [])
        self._answers = answers
        self._lock = threading.RLock()
        self.master, self.slave = pty.openpty()
        self._window(*size)
        self.attributes_before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-SEc",
                _TAKE_TERMINAL,
                (environ or {}).get("LC_CTYPE", ""),
                *command,
                *arguments,
            ],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=self.folder,
            env=environment(home, environ or {}),
            start_new_session=True,
        )
        self._family: dict[int, psutil.Process] = {}
        self._wake, self._wakened = os.pipe()
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    # ---- what is shown

    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.rows())

    def rows(self) -> list[str]:
        with self._lock:
            if self._rows[0] != (now := self._version()):
                buffer, columns = self.screen.buffer, range(self.screen.columns)
                rows = ["".join(buffer[y][x].data for x in columns) for y in range(self.screen.lines)]
                self._rows = now, rows
            return self._rows[1]

    def shows(self, text: str) -> bool:
        return any(text in row for row in self.rows())

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Every cell: glyph, foreground, background, attributes; a space shows no foreground."""
        with self._lock:
            if self._cells[0] != (now := self._version()):
                self._cells = now, looks(self.screen)
            return self._cells[1]

    def _version(self) -> tuple[int, int, int]:
        """What changes with the screen: whoever waits looks often, and looking takes long."""
        return len(self.raw), self.screen.columns, self.screen.lines

    def written(self) -> bytes:
        """All bytes written to the terminal so far."""
        with self._lock:
            return bytes(self.raw)

    # ---- what is done

    def wait_for(self, predicate: Callable[[], object], what: str, timeout: float = 30) -> None:
        """Wait until the predicate holds; fails with the screen when it never does."""
        if not self.until(predicate, timeout):
            raise AssertionError(f"after {timeout} s not: {what}\n{self.report()}")

    def until(self, predicate: Callable[[], object], timeout: float) -> bool:
        """Wait until the predicate holds; False when it does not in so many seconds."""
        deadline = time.monotonic() + timeout
        while not predicate():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def wait_text(self, text: str, timeout: float = 30) -> None:
        self.wait_for(lambda: self.shows(text), f"{text!r} on the screen", timeout)

    def wait_exit(self, timeout: float = 15) -> int:
        """Wait for the end of the app; returns its exit code once all it wrote is read."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout} s\n{self.report()}") from None
        self.wait_for(lambda: not select.select([self.master], [], [], 0)[0], "everything read")
        with self._lock:  # the last piece may still be under work
            return code

    def type(self, keys: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self.master, keys.encode("utf-8", "surrogateescape"))

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self.screen.resize(rows, columns)
            self._window(columns, rows)

    def vanish(self) -> None:
        """Close the terminal's end, as a closed window or a dead connection does."""
        self._stop_reading()
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def family(self) -> list[psutil.Process]:
        """The app's process and all below it, those seen earlier included."""
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.process.pid)
            self._family.update((one.pid, one) for one in [top, *top.children(recursive=True)])
        return list(self._family.values())

    def inference(self) -> psutil.Process | None:
        """The inference process that runs now."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children():
                if child.status() != psutil.STATUS_ZOMBIE and "posetui.engine.worker" in child.cmdline():
                    return child
        return None

    def alive(self) -> bool:
        return self.process.poll() is None

    def report(self) -> str:
        code, reading = self.process.poll(), self._reader.is_alive()
        state = f"reading: {reading}, not understood yet: {self._emulator.waiting[:400]!r}"
        return f"exit code {code}\n{self.text()}\nlast bytes: {bytes(self.raw[-400:])!r}\n{state}"

    def close(self) -> None:
        """End everything that was started."""
        family = self.family()
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()
        self._stop_reading()
        for descriptor in (self.master, self.slave, self._wake, self._wakened):
            if descriptor >= 0:
                os.close(descriptor)

    # ---- the emulator

    def _window(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _stop_reading(self) -> None:
        os.write(self._wakened, b".")
        self._reader.join()

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self.master, self._wake], [], [])
            if self._wake in ready:
                return
            with self._lock:
                try:
                    data = os.read(self.master, 65536)
                except OSError:
                    return
                self._feed(data)

    def _feed(self, data: bytes) -> None:
        self.raw += data
        data = self._held + data
        # What may be the beginning of a sequence waits for the rest of it.
        cut = data.rfind(b"\x1b", -8)
        if cut < 0 or not _open(data[cut:]):
            cut = len(data)
        data, self._held = data[:cut], data[cut:]
        shown = data
        for sequence in _KEYBOARD_PROTOCOL:
            shown = shown.replace(sequence, b"")
        self._emulator.feed(shown)
        if self._answers and (asked := data.count(QUERY)):
            with contextlib.suppress(OSError):
                os.write(self.master, ANSWER * asked)
        if self._answers and ATTRIBUTES_QUERY in data:
            with contextlib.suppress(OSError):
                os.write(self.master, ATTRIBUTES)


def looks(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """Every cell of an emulator's screen, as `Terminal.cells` has them."""
    buffer, columns = screen.buffer, range(screen.columns)
    return [[_look(buffer[y][x]) for x in columns] for y in range(screen.lines)]


def _look(cell: pyte.screens.Char) -> tuple[object, ...]:
    glyph, foreground, *rest = cell
    return (glyph, None if glyph == " " and not cell.reverse else foreground, *rest)


def _open(tail: bytes) -> bool:
    """Whether a sequence has begun in these last bytes and not ended."""
    return not any(0x40 <= byte <= 0x7E and byte != 0x5B for byte in tail[1:])


def environment(home: Path, changes: Mapping[str, str]) -> dict[str, str]:
    """An environment with a home of its own and a good terminal."""
    dropped = ("POSETUI_", "XDG_", "LC_", "TMUX", "NO_COLOR", "TEXTUAL", "COLUMNS", "LINES")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environ |= {
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE", "DATA")},
        **changes,
    }
    return {name: value for name, value in environ.items() if value}
