"""Change small tapes at random and read them in a process with 300 MB and a few seconds; one JSON line.

Half of the changes are to the bytes of the file; the others are to what is stored, with all checksums right,
so that they reach what lies behind them. Each file is opened, read, sought, described, verified and repaired.
A tape may be read or refused with a TapeError; anything else is kept in --keep, where it can become a test.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posetui.tapes.reader import Tape

MEMORY = 300 << 20
SECONDS = 5.0
BATCH = 200
Json = Any
Mutation = Callable[[random.Random, bytes], bytes]


def exercise(path: Path) -> str:
    """Do everything with a tape that can be done; return `read`, or why it is none."""
    from posetui.errors import TapeError
    from posetui.tapes.checking import check
    from posetui.tapes.reader import Tape
    from posetui.tapes.repairing import repair
    from posetui.tapes.summing import describe

    said = "read"
    for work in (_read, lambda tape: json.dumps(describe(tape), allow_nan=False)):
        try:
            with Tape.open(path) as tape:
                work(tape)
        except TapeError as error:
            said = error.title
    target = path.with_suffix(".repaired")
    for prove in (lambda: check(path), lambda: repair(path, target, force=True)):
        try:
            prove()
        except TapeError as error:
            said = error.title
    target.unlink(missing_ok=True)
    assert len(said) < 1000 and said.isprintable(), said
    return said


def _read(tape: Tape) -> None:
    from posetui.errors import TapeError

    times = tape.times
    assert len(times) == len(tape) and (times[1:] >= times[:-1]).all()
    repr((tape.header, tape.damage, tape.events, tape.event_times, tape.duration))
    for index in {0, len(tape) // 2, len(tape) - 1} if len(tape) else ():
        for look in (tape.frame, tape.image, tape.heat):
            with suppress(TapeError):  # this one is damaged; others may not be
                look(index)
        assert 0 <= tape.index_at(float(times[index])) < len(tape)
    for frame in tape.frames():
        frame.to_dict()


def serve() -> None:
    """Exercise the files named on standard input, a line each, within the memory that is allowed."""
    import lz4.frame  # noqa: F401 - loaded now, so that it does not count
    import zstandard  # noqa: F401

    import posetui.tapes.repairing
    import posetui.tapes.summing  # noqa: F401

    size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    for line in sys.stdin:
        start = (
            time.process_time()
        )  # not by the clock: others may be busy; what hangs is killed after a minute
        said = exercise(Path(json.loads(line)))
        print(json.dumps({"said": said, "seconds": time.process_time() - start, "rss": peak()}), flush=True)


def peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    try:  # getrusage counts what the process that started this one had as well
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except OSError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Reader:
    """A process that reads tapes within limits; another one is started when it dies."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def read(self, path: Path) -> dict[str, Any]:
        """Return what the process said of a tape: `said`, `seconds`, `rss`, or `died` with its traceback."""
        if self.process is None:
            environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.fuzz_tapes", "--serve"],
                cwd=Path(__file__).resolve().parent.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environ,
            )
        process = self.process
        assert process.stdin and process.stdout and process.stderr
        killer = threading.Timer(60.0, process.kill)
        killer.start()
        try:
            process.stdin.write(json.dumps(str(path)) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            killer.cancel()
        if line:
            found: dict[str, Any] = json.loads(line)
            return found
        self.process = None
        _, errors = process.communicate()
        return {"died": errors[-2000:] or f"killed, {process.returncode}", "seconds": 0.0, "rss": 0}

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.communicate()
            self.process = None


def flip(chance: random.Random, data: bytes) -> bytes:
    """Change a few bytes."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(chance: random.Random, data: bytes) -> bytes:
    """Leave the end away, or a piece out."""
    start = chance.randrange(len(data))
    return data[:start] + (data[start + chance.randrange(1, 500) :] if chance.random() < 0.5 else b"")


def splice(chance: random.Random, data: bytes) -> bytes:
    """Copy a piece over or into another place."""
    start, size, to = (chance.randrange(len(data)), chance.randrange(1, 2000), chance.randrange(len(data)))
    return data[:to] + data[start : start + size] + data[to + chance.choice([0, size]) :]


def number(chance: random.Random, data: bytes) -> bytes:
    """Write a number of 2, 4 or 8 bytes that means trouble."""
    size = chance.choice([2, 4, 8])
    values = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**64 - 1, len(data), len(data) + 1]
    value = chance.choice([*values, chance.randrange(2**16)]) % 2 ** (8 * size)
    at = chance.randrange(max(1, len(data) - size))
    return data[:at] + int(value).to_bytes(size, "little") + data[at + size :]


BYTES: tuple[Mutation, ...] = (flip, flip, cut, splice, number, number)
_ODD: tuple[Json, ...] = (
    *(None, True, -1, 0, 1.5, 1e308, -1e308, 10**400, 2**63, 2**64, "", "x", "\x1b[2J", "\u202e", "x" * 5000),
    *([], {}, [[]], [None], {"a": {"b": [1]}}, [1, 2], ["a", "b"], float("nan"), float("inf"), "NaN"),
)


def change_json(chance: random.Random, value: Json) -> Json:
    """Return JSON with something in it replaced, left out or repeated."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        if chance.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: change_json(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        kind = chance.random()
        if kind < 0.15:
            return value[:at] + value[at + 1 :]
        if kind < 0.3:
            return value[:at] + [value[at]] * chance.choice([2, 3, 1200]) + value[at:]
        return [*value[:at], change_json(chance, value[at]), *value[at + 1 :]]
    return chance.choice(_ODD)


def changed_message(chance: random.Random, data: bytes) -> bytes:
    """Return a message that is nearly what it was."""
    if chance.random() < 0.3:
        mutation: Mutation = chance.choice(BYTES)
        return mutation(chance, data)
    return json.dumps(change_json(chance, json.loads(data))).encode()


def rewrite(chance: random.Random, seed: Path, target: Path) -> None:
    """Write a finished tape of the same messages, some of them changed, with all checksums right."""
    from mcap.reader import make_reader

    from posetui.tapes.container import Container
    from posetui.tapes.writer import LANES, Whole

    share = chance.choice([0.02, 0.2, 1.0])
    with seed.open("rb") as stream, FileIO(target, "wb") as file:
        container, numbers = Container(Whole(file), "fuzz", LANES), {}
        for schema, channel, message in make_reader(stream).iter_messages(log_time_order=False):
            assert schema is not None
            if channel.topic not in numbers:
                known = container.schema(schema.name, schema.encoding, schema.data)
                numbers[channel.topic] = container.channel(channel.topic, "json", known, {})
            data, when = message.data, message.log_time
            if chance.random() < share:
                data = changed_message(chance, data)
            if chance.random() < share / 10:
                when = chance.choice([0, 1, 2**61, 2**62, 2**63, when + 10**15])
            container.message("poses", numbers[channel.topic], when, data)
        container.finish()


def seeds(folder: Path) -> list[Path]:
    """Write the tapes that are changed: with pictures or heat, unfinished, without people, of many chunks."""
    from tests.tapes import made

    whole = made.tape(folder / "seed0.mcap", 12, people=2)
    cut_off = folder / "seed1.mcap"
    cut_off.write_bytes(made.pieces(folder / "whole.mcap", 12, 3).read_bytes()[:-1500])
    return [
        whole,
        cut_off,
        made.tape(folder / "seed2.mcap", 8, people=0),
        made.tape(folder / "seed3.mcap", 6, images=True),
        made.pieces(folder / "seed4.mcap", 12, 2),
        made.with_heat(folder / "seed5.mcap", 6),
    ]


def fuzz(seconds: float, seed: int, keep: Path) -> dict[str, Any]:
    """Read changed tapes for so many seconds; return counts and what was kept."""
    chance = random.Random(seed)
    counts = {"read": 0, "refused": 0}
    kept: list[dict[str, Any]] = []
    slowest, most, tried = 0.0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder, reader = Path(name), Reader()
        files = seeds(folder)
        target = folder / "changed.mcap"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            source = chance.choice(files)
            if chance.random() < 0.5 and source.name != "seed1.mcap":
                rewrite(chance, source, target)
            else:
                data = source.read_bytes()
                for _ in range(chance.choice([1, 1, 3])):
                    data = chance.choice(BYTES)(chance, data) or data
                target.write_bytes(data)
            tried += 1
            found = reader.read(target)
            slowest, most = max(slowest, found["seconds"]), max(most, found["rss"])
            if "died" in found or found["seconds"] > SECONDS:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{tried}.mcap").write_bytes(target.read_bytes())
                kept.append({"file": f"{seed}-{tried}.mcap", **found})
                continue
            counts["read" if found["said"] == "read" else "refused"] += 1
            if tried % BATCH == 0:
                reader.close()
        reader.close()
    return {"tried": tried, **counts, "slowest_s": round(slowest, 2), "rss_mb": most >> 20, "kept": kept}


def main() -> None:
    """Print all figures as one JSON line; exit code 1 when something was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    result = fuzz(options.seconds, options.seed, options.keep)
    print(json.dumps({"bench": "fuzz_tapes", "seed": options.seed, **result}))
    sys.exit(1 if result["kept"] else 0)


if __name__ == "__main__":
    main()
