"""Draws the pictures of the README: runs the real app in a pseudo-terminal and paints what it shows.

    python docs/screenshots.py                     the README's pictures
    python docs/screenshots.py OUT.png 120x40 [KEYS] -- --source demo --loop

Block and braille glyphs are drawn as shapes, everything else with the monospace font that comes with
matplotlib, so that the pictures are the same on every machine.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import tempfile
import time
from pathlib import Path

import pyte
from PIL import Image, ImageDraw, ImageFont

CELL = (10, 20)
GROUND = {"fg": "d7dae0", "bg": "0c0e12"}
NAMED = {
    "black": "000000", "red": "cd0000", "green": "00cd00", "brown": "cdcd00", "blue": "5c5cff",
    "magenta": "cd00cd", "cyan": "00cdcd", "white": "e5e5e5", "brightblack": "7f7f7f",
    "brightred": "ff5555", "brightgreen": "55ff55", "brightbrown": "ffff55", "brightblue": "8080ff",
    "brightmagenta": "ff55ff", "brightcyan": "55ffff", "brightwhite": "ffffff",
}  # fmt: skip
SCRATCH = tempfile.mkdtemp()
ANNOTATE = ("annotate", "tapes/demo.mcap", "--video", "tapes/demo.mp4", "-o")
SHOTS = (
    ("monitor.png", (120, 40), "", 9.0, ["--source", "demo", "--loop", "--max-people", "4"]),
    (
        "replay.png",
        (120, 40),
        "v",
        9.0,
        ["replay", "tapes/demo.mcap", "--video", "tapes/demo.mp4", "--loop", "--speed", "0.25"],
    ),
    ("annotate.png", (120, 40), "pzz", 9.0, [*ANNOTATE, f"{SCRATCH}/whole.mcap"]),
    ("annotate-close.png", (80, 24), "pz\t\t\t\t\t\t\tKK", 9.0, [*ANNOTATE, f"{SCRATCH}/close.mcap"]),
    ("full-picture.png", (120, 40), "v", 9.0, ["--source", "demo:single", "--loop"]),
)


def run(arguments: list[str], size: tuple[int, int], keys: str, seconds: float) -> pyte.Screen:
    """Run the app in a pty of `size` columns, rows, type keys half-way, and return its screen."""
    columns, rows = size
    pid, master = pty.fork()
    if pid == 0:
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        environ.pop("NO_COLOR", None)
        os.execve(sys.executable, [sys.executable, "-m", "posetui", *arguments], environ)
    import fcntl
    import termios

    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    start = time.monotonic()
    while (now := time.monotonic()) < start + seconds:
        if keys and now > start + seconds / 2:
            os.write(master, keys[0].encode())
            keys = keys[1:]
        if select.select([master], [], [], 0.05)[0]:
            data = os.read(master, 65536)
            os.write(master, b"\x1b[1;1R" * data.count(b"\x1b[6n"))
            # pyte prints the unknown sequence of the keyboard protocol
            stream.feed(data.replace(b"\x1b[>25u", b"").replace(b"\x1b[<u", b""))
    os.kill(pid, signal.SIGTERM)
    _drain(master)
    os.waitpid(pid, 0)
    return screen


def _drain(master: int) -> None:
    while True:
        try:
            if not os.read(master, 65536):
                return
        except OSError:
            return


def draw(screen: pyte.Screen, path: Path) -> None:
    """Paint a screen as PNG."""
    import matplotlib

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    regular = ImageFont.truetype(str(fonts / "DejaVuSansMono.ttf"), 16)
    bold = ImageFont.truetype(str(fonts / "DejaVuSansMono-Bold.ttf"), 16)
    width, height = CELL
    picture = Image.new("RGB", (screen.columns * width, screen.lines * height), "#" + GROUND["bg"])
    pen = ImageDraw.Draw(picture)
    for y in range(screen.lines):
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            fg, bg = _color(cell.fg, "fg"), _color(cell.bg, "bg")
            if cell.reverse:
                fg, bg = bg, fg
            left, top = x * width, y * height
            pen.rectangle((left, top, left + width - 1, top + height - 1), bg)
            if not _shape(pen, cell.data, left, top, fg) and cell.data.strip():
                pen.text((left, top), cell.data, fg, bold if cell.bold else regular)
    picture.save(path, optimize=True)


def _color(name: str, role: str) -> str:
    value = GROUND[role] if name == "default" else NAMED.get(name, name)
    return f"#{value}"


def _shape(pen: ImageDraw.ImageDraw, glyph: str, left: int, top: int, color: str) -> bool:
    code = ord(glyph[:1] or " ")
    width, height = CELL
    if 0x2800 <= code < 0x2900:
        for bit, (column, row) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
            if code - 0x2800 >> bit & 1:
                x, y = left + column * 5 + 1, top + row * 5 + 1
                pen.rectangle((x, y, x + 2, y + 2), color)
    elif code == 0x2580:
        pen.rectangle((left, top, left + width - 1, top + height // 2 - 1), color)
    elif 0x2581 <= code <= 0x2588:
        filled = round(height * (code - 0x2580) / 8)
        pen.rectangle((left, top + height - filled, left + width - 1, top + height - 1), color)
    elif 0x2589 <= code <= 0x258F:
        pen.rectangle((left, top, left + round(width * (0x2590 - code) / 8) - 1, top + height - 1), color)
    else:
        return False
    return True


def main() -> None:
    """Draw the README's pictures, or one that the arguments describe."""
    folder = Path(__file__).parent / "images"
    if len(sys.argv) > 2:
        split = sys.argv.index("--")
        out, size, *keys = sys.argv[1:split]
        columns, rows = map(int, size.split("x"))
        draw(run(sys.argv[split + 1 :], (columns, rows), "".join(keys), 8.0), Path(out))
        return
    folder.mkdir(exist_ok=True)
    for name, shot_size, typed, seconds, arguments in SHOTS:
        draw(run(arguments, shot_size, typed, seconds), folder / name)
        print(folder / name)


if __name__ == "__main__":
    main()
