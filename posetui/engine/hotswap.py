"""Changes the backend while frames flow: the next loads in a thread, and takes over between two frames."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass

from posetui.backends.base import Backend, BackendOptions, Composed
from posetui.backends.opening import open_backend
from posetui.engine.freed import give_back
from posetui.errors import PosetuiError
from posetui.pose.skeleton import Skeleton


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """What is known of a loaded backend; see `posetui.backends.base.Backend`.

    Attributes:
        chosen: the name it was asked for by, e.g. `movenet:thunder`.
        networks: names of the weights of all its networks, where there are several.

    """

    chosen: str
    name: str
    model: str
    device: str
    note: str
    skeleton: Skeleton
    max_people: int
    has_heat_maps: bool
    networks: tuple[str, ...] = ()

    @classmethod
    def of(cls, chosen: str, backend: Backend) -> BackendInfo:
        """Return what a backend says of itself."""
        return cls(
            chosen=chosen,
            name=backend.name,
            model=backend.model,
            device=backend.device,
            note=backend.note,
            skeleton=backend.skeleton,
            max_people=backend.max_people,
            has_heat_maps=backend.has_heat_maps,
            networks=backend.networks if isinstance(backend, Composed) else (),
        )


class HotSwap:
    """The backend in use, and the thread that loads the one after it.

    Args:
        options: how backends are set up.
        on_ready: called in the loading thread when a backend waits to take over.
        on_swap: called in the thread of `current` when it has, with None when there is none from now on.
        on_refuse: called in the loading thread with the name and the reason when one cannot be loaded;
            the one in use stays.

    """

    def __init__(
        self,
        options: BackendOptions,
        on_ready: Callable[[], None] = lambda: None,
        on_swap: Callable[[BackendInfo | None], None] = lambda info: None,
        on_refuse: Callable[[str, PosetuiError], None] = lambda name, error: None,
    ) -> None:
        self._options = options
        self._on_ready, self._on_swap, self._on_refuse = on_ready, on_swap, on_refuse
        self._changed = threading.Condition()
        self._backend: Backend | None = None
        self._wanted: list[str | None] = []
        self._ready: list[tuple[str | None, Backend | None]] = []
        self._retired: list[Backend] = []
        self._thread: threading.Thread | None = None
        self._closed = False

    def open(self, name: str) -> Backend:
        """Load the first backend, in this thread; raises BackendError or WeightsError."""
        self._backend = open_backend(name, self._options)
        return self._backend

    def request(self, name: str | None) -> None:
        """Load another backend, or have none; a later request takes the place of one that is under way."""
        with self._changed:
            self._wanted = [name]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="loading", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    @property
    def latest(self) -> Backend | None:
        """Return the backend of the last frame; from any thread, so another may be taking over just now."""
        return self._backend

    def current(self) -> Backend | None:
        """Return the backend for the next frame; called between frames, always by the same thread."""
        with self._changed:
            if not self._ready:
                return self._backend
            name, new = self._ready.pop()
            if self._backend is not None:
                self._retired.append(self._backend)
            self._backend = new
            self._changed.notify_all()
        self._on_swap(BackendInfo.of(name, new) if name is not None and new is not None else None)
        return new

    def close(self) -> None:
        """Close every backend that is loaded; called by the thread that calls `current`."""
        with self._changed:
            self._closed = True
            left = [*self._retired, *(backend for _, backend in self._ready if backend)]
            self._retired, self._ready = [], []
            self._changed.notify_all()
        for backend in (*left, *((self._backend,) if self._backend else ())):
            backend.close()
        self._backend = None

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._retired or self._closed)
                if self._closed:
                    return
                retired, self._retired = self._retired, []
                wanted, self._wanted = self._wanted, []
            for backend in retired:
                backend.close()
            if retired:
                del backend, retired
                gc.collect()
                give_back()
            if wanted:
                self._load(wanted[0])

    def _load(self, name: str | None) -> None:
        try:
            backend = open_backend(name, self._options) if name is not None else None
        except PosetuiError as error:
            self._on_refuse(str(name), error)
            return
        with self._changed:
            superseded = bool(self._wanted) or self._closed
            stale = [old for _, old in self._ready if old]
            if superseded:
                stale = [backend] if backend else []
            else:
                self._ready = [(name, backend)]
        for old in stale:
            old.close()
        if not superseded:
            self._on_ready()
