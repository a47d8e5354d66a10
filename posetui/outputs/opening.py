"""Opens what is asked for, and feeds it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from posetui.errors import OutputError
from posetui.outputs.base import Output, OutputOptions, address, need
from posetui.outputs.feeding import Feed

_PATIENCE_S = 3.0
_PAUSE_S = 0.1


def check_outputs(options: OutputOptions) -> None:
    """Raise OutputError for what can be told without opening anything."""
    if options.osc is not None:
        address(options.osc, "--osc")
        need("pythonosc", "osc", "--osc")
    if options.zmq is not None:
        need("zmq", "zmq", "--zmq")
    if options.lsl is not None:
        need("pylsl", "lsl", "--lsl")
    if options.foxglove is not None:
        address(options.foxglove, "--foxglove")
        need("foxglove", "foxglove", "--foxglove")


@contextmanager
def opened(options: OutputOptions) -> Iterator[tuple[Feed, ...]]:
    """Yield a feed for each output that is asked for; none waits for who receives.

    Raises:
        OutputError: a library is missing, or an address cannot be used.

    """
    check_outputs(options)
    feeds: list[Feed] = []
    try:
        for title, make in _makers(options):
            feeds.append(Feed(title, _patiently(make)))
        yield tuple(feeds)
    finally:
        for feed in feeds:
            feed.close()


def _makers(options: OutputOptions) -> Iterator[tuple[str, Callable[[], Output]]]:
    if (where := options.osc) is not None:
        from posetui.outputs.osc import Osc

        yield f"OSC to {where}", lambda: Osc(where)
    if (endpoint := options.zmq) is not None:
        from posetui.outputs.zeromq import ZeroMq

        yield f"ZeroMQ at {endpoint}", lambda: ZeroMq(endpoint)
    if (name := options.lsl) is not None:
        from posetui.outputs.lsl import Lsl

        yield f"LSL stream {name}", lambda: Lsl(name, options.people)
    if (port := options.foxglove) is not None:
        from posetui.outputs.foxglove import Foxglove

        yield f"Foxglove at {port}", lambda: Foxglove(port)


def _patiently(make: Callable[[], Output]) -> Output:
    """Open an output; a process that had the same address may be about to end."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return make()
        except OutputError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_S)
