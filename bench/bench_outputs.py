"""What live outputs cost a run when nobody takes what they send; one JSON line.

The shipped clip at 15 frames a second, as if live, with and without all four outputs, in turns. The
receivers: OSC at a port that nobody has, a ZeroMQ subscriber and an LSL inlet that never read, and a Foxglove
client that subscribed to poses and pictures and then stopped reading. Reported: the rate against that without
outputs, and the time for which each frame is held up.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from bench.common import bar, finish, make_clip, quantiles, say
from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Pipeline
from posetui.engine.sending import sending
from posetui.outputs.base import OutputOptions
from posetui.sources.base import SourceOptions

RATE = 15.0
_OUTPUTS = OutputOptions(
    osc="127.0.0.1:9", zmq="tcp://127.0.0.1:15599", lsl="posetui-bench", foxglove="15598", people=2
)
# In processes of their own, so that nothing of theirs counts; each says when it listens.
_RECEIVERS = (
    "import zmq, time\ns = zmq.Context().socket(zmq.SUB)\ns.setsockopt(zmq.RCVHWM, 1)\ns.subscribe(b'')\n"
    "s.connect('tcp://127.0.0.1:15599')\nprint('there', flush=True)\ntime.sleep(1e6)",
    "import pylsl, time\n(info,) = pylsl.resolve_byprop('name', 'posetui-bench', timeout=60)\n"
    "inlet = pylsl.StreamInlet(info, max_buflen=1)\ninlet.open_stream()\nprint('there', flush=True)\n"
    "time.sleep(1e6)",
    "import aiohttp, asyncio, time\n"
    "async def run():\n"
    "  async with aiohttp.ClientSession() as session:\n"
    "    socket = await session.ws_connect('ws://127.0.0.1:15598', protocols=['foxglove.sdk.v1'])\n"
    "    wanted = [one['id'] async for one in channels(socket)]\n"
    "    wanted = [{'id': number, 'channelId': number} for number in wanted]\n"
    "    await socket.send_json({'op': 'subscribe', 'subscriptions': wanted})\n"
    "    print('there', flush=True)\n"
    "    time.sleep(1e6)\n"
    "async def channels(socket):\n"
    "  left = {'/poses', '/image'}\n"
    "  while left:\n"
    "    for one in (await socket.receive_json()).get('channels', ()):\n"
    "      left.discard(one['topic'])\n"
    "      yield one\n"
    "asyncio.run(run())",
)


@contextmanager
def receivers() -> Iterator[None]:
    """Run all receivers, and wait until they are there."""
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for code in _RECEIVERS
    ]
    try:
        for one in running:
            assert one.stdout is not None
            if one.stdout.readline() != "there\n":
                sys.exit("a receiver does not run")
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def run(options: EngineOptions) -> tuple[float, list[float], list[str]]:
    """Return frames a second, milliseconds for which each frame was held up, and what became of them."""
    held: list[float] = []
    with sending(options.outputs) as outlets, Pipeline(options) as pipeline, ExitStack() as listening:
        start = 0.0
        for number, seen in enumerate(pipeline.seen()):
            before = time.monotonic()
            outlets.add(seen)
            held.append((time.monotonic() - before) * 1e3)
            if number == 0:
                if options.outputs.named():  # a stream of LSL is there from the first frame on
                    listening.enter_context(receivers())
                start = time.monotonic()
        seconds = time.monotonic() - start
    return (len(held) - 1) / seconds, held, [feed.told() for feed in outlets.feeds]


def main() -> None:
    """Print all figures as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--frames", type=int, default=150)
    given, load = parser.parse_args(), os.getloadavg()[0]
    ratios: list[float] = []
    held: list[float] = []
    told: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip("demo", given.frames, Path(folder))
        plain = EngineOptions(str(clip), SourceOptions(fps=RATE), backend="mediapipe:lite")
        for _ in range(given.rounds):
            without, _, _ = run(plain)
            rate, more, told = run(replace(plain, outputs=_OUTPUTS))
            ratios.append(rate / without)
            held += more
            say(f"{without:.1f} frames a second without, {rate:.1f} with; {'; '.join(told)}")
    finish(
        {
            "bench": "outputs",
            "ratios": [round(ratio, 3) for ratio in ratios],
            "told": told,
            "held_ms": quantiles(held, 3),
            "bars": {
                "ratio": bar(round(statistics.median(ratios), 3), at_least=0.95),
                # The interpreter hands over to another thread after 5 ms.
                "held_ms_p95": bar(quantiles(held, 3)["p95"], at_most=5.0),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
