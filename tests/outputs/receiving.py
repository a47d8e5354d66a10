"""A replay that feeds live outputs, and receivers, each on the library of its protocol."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.engine.sending import sending
from posetui.outputs.base import OutputOptions
from posetui.pose.frame import PoseFrame
from posetui.sources.base import SourceOptions

SECONDS = 20.0
"""What does not come within this time never comes."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(type=kind) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def replayed(tape: str, outputs: OutputOptions) -> Iterator[dict[int, PoseFrame]]:
    """Play a tape over and over to the outputs; give what was sent, by index."""
    sent: dict[int, PoseFrame] = {}
    options = EngineOptions(tape, source_options=SourceOptions(loop=True), outputs=outputs)
    replay = Replay(options, on_end=lambda: None)

    def run() -> None:
        with sending(options.outputs) as outlets, replay:
            for seen in replay.seen():
                sent[seen.shown.index] = seen.shown
                outlets.add(seen)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield sent
    finally:
        replay.stop()
        thread.join(SECONDS)
        assert not thread.is_alive()


def osc_messages(port: int, most: int) -> list[tuple[str, list[Any]]]:
    """Return the messages that come to a port of ours, by python-osc's own server."""
    pytest.importorskip("pythonosc")
    from pythonosc.dispatcher import Dispatcher
    from pythonosc.osc_server import BlockingOSCUDPServer

    came: list[tuple[str, list[Any]]] = []
    dispatcher = Dispatcher()
    dispatcher.set_default_handler(lambda where, *values: came.append((where, list(values))))
    with BlockingOSCUDPServer(("127.0.0.1", port), dispatcher) as server:
        server.timeout = SECONDS
        while len(came) < most:
            before = len(came)
            server.handle_request()
            assert len(came) > before, "nothing came"
    return came


def zmq_messages(endpoint: str, most: int) -> list[dict[str, Any]]:
    """Return what a subscriber gets."""
    zmq = pytest.importorskip("zmq")
    with zmq.Context() as context, context.socket(zmq.SUB) as subscriber:
        subscriber.setsockopt(zmq.RCVTIMEO, int(1000 * SECONDS))
        subscriber.subscribe(b"")
        subscriber.connect(endpoint)
        return [subscriber.recv_json() for _ in range(most)]


def lsl_samples(name: str, most: int) -> tuple[list[str], list[list[float]]]:
    """Return the labels of a stream's channels, and some samples."""
    pylsl = pytest.importorskip("pylsl")
    (info,) = pylsl.resolve_byprop("name", name, timeout=SECONDS)
    inlet = pylsl.StreamInlet(info, recover=False)
    labels = inlet.info(SECONDS).get_channel_labels()
    samples = [inlet.pull_sample(SECONDS)[0] for _ in range(most)]
    inlet.close_stream()
    return labels, samples


def foxglove_messages(
    port: int, topics: tuple[str, ...], enough: Callable[[dict[str, list[Any]]], bool]
) -> dict[str, list[Any]]:
    """Return messages by topic.

    Foxglove's library has no client: this is its WebSocket protocol, foxglove.sdk.v1, on aiohttp.
    """
    aiohttp = pytest.importorskip("aiohttp")

    async def receive() -> dict[str, list[Any]]:
        came: dict[str, list[Any]] = {topic: [] for topic in topics}
        names: dict[int, str] = {}
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"ws://127.0.0.1:{port}", protocols=["foxglove.sdk.v1"]) as connection,
        ):
            async for message in connection:
                if message.type == aiohttp.WSMsgType.TEXT:
                    wanted = [one for one in message.json().get("channels", ()) if one.get("topic") in topics]
                    names |= {one["id"]: one["topic"] for one in wanted}
                    subscriptions = [{"id": one["id"], "channelId": one["id"]} for one in wanted]
                    if wanted:
                        await connection.send_json({"op": "subscribe", "subscriptions": subscriptions})
                elif message.data[0] == 1:
                    (number,) = struct.unpack_from("<I", message.data, 1)
                    came[names[number]].append(json.loads(message.data[13:]))
                    if enough(came):
                        return came
        raise AssertionError("the server went away")

    return asyncio.run(asyncio.wait_for(receive(), SECONDS))
