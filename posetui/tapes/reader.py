"""Reading a tape: finished, unfinished or damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from posetui.errors import TapeError
from posetui.paths import tape_file
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.pose.heat import HeatMaps
from posetui.tapes import limits
from posetui.tapes.chunks import Beside, Channel
from posetui.tapes.container import MAGIC
from posetui.tapes.correcting import check_joints, decode_correction
from posetui.tapes.correcting import corrected as apply_corrections
from posetui.tapes.decoding import (
    BadMessageError,
    decode_event,
    decode_frame,
    decode_header,
    decode_heat,
    decode_image,
)
from posetui.tapes.layout import Layout, TooMuchError, from_index
from posetui.tapes.model import Correction, Damage, Event, TapeHeader
from posetui.tapes.records import BadRecordError, TapeFile
from posetui.tapes.schemas import CORRECTIONS, EVENTS, FORMAT, HEADER, HEAT, IMAGE, METADATA, POSES
from posetui.tapes.walking import by_walking
from posetui.text import safe_text

_REPAIR = "`posetui tape repair` saves what is left of it"


_Kind = TypeVar("_Kind")


class Tape:
    """A tape that is open. Used from one thread.

    Attributes:
        path: the file.
        header: what is known of the whole tape.
        layout: where everything lies in the file.

    """

    def __init__(self, path: Path, file: TapeFile, layout: Layout, *, corrected: bool = False) -> None:
        self.path = path
        self._file = file
        self.layout = layout
        self._poses = Channel(file, layout, POSES)
        self._images = Beside(file, layout, IMAGE)
        self._heat = Beside(file, layout, HEAT)
        self._corrections = Beside(file, layout, CORRECTIONS)
        self._apply = corrected
        self._events: tuple[Event, ...] | None = None
        self._event_ns: list[int] = []
        self._frame_ns: npt.NDArray[np.int64] | None = None
        self._times: npt.NDArray[np.float64] | None = None
        self.header: TapeHeader = self._read_header()

    @classmethod
    def open(cls, path: str | Path, *, corrected: bool = False) -> Tape:
        """Open a tape: by its index when it was finished, else by walking through it.

        The name of a tape that ships, such as `demo.mcap`, stands for it where there is no such file.

        Args:
            path: the file.
            corrected: frames are as people corrected them, where they did, instead of as they were estimated.

        Raises:
            TapeError: it is not a tape, cannot be read, or holds more than a tape may.

        """
        path = tape_file(Path(path))
        shown = safe_text(path)
        try:
            if not path.is_file():
                raise TapeError(f"There is no tape {shown}", "Check the path")
            file = TapeFile(path)
        except OSError as error:
            raise TapeError(f"The tape {shown} cannot be read: {error.strerror or error}") from error
        try:
            return cls(path, file, _layout(file), corrected=corrected)
        except OSError as error:
            file.close()
            raise TapeError(f"The tape {shown} cannot be read: {error.strerror or error}") from error
        except (BadMessageError, BadRecordError, TooMuchError) as error:
            file.close()
            raise TapeError(f"{shown} is not a tape that can be read: {safe_text(error, 300)}") from error

    def __len__(self) -> int:
        return len(self._poses)

    def __enter__(self) -> Tape:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()

    @property
    def damage(self) -> Damage | None:
        """Return what was lost, as far as it is known; damaged chunks are found when they are read."""
        beside = len(self._images.bad) + len(self._heat.bad) + len(self._corrections.bad)
        bad = len(self._poses.bad) + beside
        frames = sum(self._poses.entries.count[entry] for entry in self._poses.bad)
        layout = self.layout
        if not bad and not layout.lost and not layout.cut:
            return None
        said = ["it was never finished: up to its last second may be missing"] if layout.cut else []
        if layout.lost:
            said.append(f"{layout.lost:,} bytes of it cannot be read")
        if frames:
            said.append(f"{frames:,} of its {len(self):,} frames are damaged")
        elif bad:
            kinds = {"pictures": self._images, "heat maps": self._heat, "corrections": self._corrections}
            said.append(f"{' and '.join(kind for kind, one in kinds.items() if one.bad)} in it are damaged")
        return Damage("The tape is damaged: " + "; ".join(said), layout.cut, layout.lost, bad, frames)

    @property
    def duration(self) -> float:
        """Return seconds from the first frame to the last."""
        return float(self.times[-1]) if len(self) else 0.0

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """Return float64 [N]: seconds of each frame since the first, rising."""
        if self._times is None:
            ns = self._frame_times()
            self._times = np.asarray((ns - ns[:1]) / 1e9, dtype=np.float64)
        return self._times

    def time_ns(self, index: int) -> int:
        """Return the time of a frame by its number on the tape: nanoseconds since 1970, UTC.

        Raises:
            IndexError: there is no such frame.

        """
        return int(self._frame_times()[index])

    def index_at(self, seconds: float) -> int:
        """Return the number of the frame that is seen at this time: the last one that is not later, or 0."""
        ns = self._frame_times()
        if not len(ns):
            return 0
        # The times of a frame are not whole nanoseconds once they are floats.
        wanted = int(ns[0]) + round(min(max(seconds, 0.0), 4e9) * 1e9) + 500
        return max(int(np.searchsorted(ns, wanted, side="right")) - 1, 0)

    def frame(self, index: int) -> PoseFrame:
        """Return a frame by its number on the tape, from 0; negative ones count from the end.

        Raises:
            IndexError: there is no such frame.
            TapeError: it is damaged.

        """
        number = index + len(self) if index < 0 else index
        frame = self._estimated(number)
        return apply_corrections(frame, self.corrections(number))[0] if self._apply else frame

    def frames(self, start: int = 0, end: int | None = None) -> Iterator[PoseFrame]:
        """Yield frames by their number on the tape, without those of damaged chunks.

        Raises:
            TapeError: a frame is not one, or the file cannot be read any more.

        """
        number, end = max(start, 0), len(self) if end is None else min(end, len(self))
        known = self.header.skeletons
        while number < end:
            entry, place = self._poses.locate(number)
            last = min(end, int(self._poses.first[entry + 1]))
            try:
                unpacked = self._poses.unpack(entry)
                while number < last:
                    frame = decode_frame(unpacked.message(place), known)
                    yield apply_corrections(frame, self.corrections(number))[0] if self._apply else frame
                    number, place = number + 1, place + 1
            except BadRecordError:
                number = last  # noted by the channel, told by `damage`
            except BadMessageError as error:
                raise self._unreadable(f"Frame {number:,}", error) from error
            except OSError as error:
                raise self._lost(error) from error

    def image(self, index: int) -> bytes | None:
        """Return the JPEG of a frame by its number on the tape; None when the tape has none.

        Raises:
            IndexError: there is no such frame.
            TapeError: it is damaged.

        """
        return self._beside(self._images, index, "The picture", decode_image)

    def heat(self, index: int) -> HeatMaps | None:
        """Return the heat maps of a frame by its number on the tape; None when the tape has none.

        Raises:
            IndexError: there is no such frame.
            TapeError: they are damaged.

        """
        return self._beside(self._heat, index, "The heat map", decode_heat)

    def corrections(self, index: int) -> tuple[Correction, ...]:
        """Return what people say of a frame, by its number on the tape, in the order in which it counts.

        Raises:
            IndexError: there is no such frame.
            TapeError: they are damaged.

        """
        if not len(self._corrections):
            return ()
        time_ns = self.time_ns(index)
        try:
            found = tuple(map(decode_correction, self._corrections.all_at(time_ns)))
            if found:
                skeleton = self.header.skeletons[self._estimated(index % len(self)).skeleton]
                check_joints(found, len(skeleton))
            return found
        except (BadRecordError, BadMessageError) as error:
            raise self._unreadable(f"A correction of frame {index:,}", error) from error
        except OSError as error:
            raise self._lost(error) from error

    @property
    def corrected(self) -> tuple[int, ...]:
        """Return the numbers of the frames of which people say something."""
        if not len(self._corrections):
            return ()
        found = np.searchsorted(self._frame_times(), np.unique(self._corrections.ns))
        return tuple(number for number in found.tolist() if number < len(self))

    @property
    def images(self) -> int:
        """Return how many frames have a picture."""
        return len(self._images)

    @property
    def heat_maps(self) -> int:
        """Return how many frames have heat maps."""
        return len(self._heat)

    @property
    def events(self) -> tuple[Event, ...]:
        """Return all events; TapeError when one is not what it should be."""
        if self._events is None:
            self._events = tuple(self._read_events())
        return self._events

    @property
    def event_times(self) -> npt.NDArray[np.float64]:
        """Return float64: seconds of each event since the first frame."""
        if not self.events:
            return np.zeros(0)
        frame_ns = self._frame_times()
        ns = np.array(self._event_ns, dtype=np.int64)
        return np.asarray((ns - (frame_ns[0] if len(frame_ns) else ns[0])) / 1e9, dtype=np.float64)

    def _estimated(self, number: int) -> PoseFrame:
        if not 0 <= number < len(self):
            raise IndexError(number)
        entry, place = self._poses.locate(number)
        try:
            data = self._poses.unpack(entry).message(place)
            return decode_frame(data, self.header.skeletons)
        except (BadRecordError, BadMessageError) as error:
            raise self._unreadable(f"Frame {number:,}", error) from error
        except OSError as error:
            raise self._lost(error) from error

    def _beside(
        self, channel: Beside, index: int, what: str, decode: Callable[[bytes], _Kind]
    ) -> _Kind | None:
        """Return what another channel has at the time of a frame; None when it has nothing."""
        time_ns = self.time_ns(index)
        try:
            data = channel.at(time_ns)
            return None if data is None else decode(data)
        except (BadRecordError, BadMessageError) as error:
            raise self._unreadable(f"{what} of frame {index:,}", error) from error
        except OSError as error:
            raise self._lost(error) from error

    def _frame_times(self) -> npt.NDArray[np.int64]:
        if self._frame_ns is None:
            try:
                # Rising, whatever an index says: replay and search rely on it.
                self._frame_ns = np.maximum.accumulate(self._poses.times())
            except OSError as error:
                raise self._lost(error) from error
        return self._frame_ns

    def _read_events(self) -> Iterator[Event]:
        channel, size = Channel(self._file, self.layout, EVENTS), 0
        if len(channel) > limits.MAX_EVENTS:
            raise TapeError(f"{safe_text(self.path)} has more than {limits.MAX_EVENTS:,} events", _REPAIR)
        for entry in range(len(channel.entries)):
            try:
                unpacked = channel.unpack(entry)
            except BadRecordError:
                continue
            except OSError as error:
                raise self._lost(error) from error
            for place, time_ns in enumerate(unpacked.times):
                data = unpacked.message(place)
                size += len(data)
                if size > limits.MAX_EVENTS_BYTES:
                    raise TapeError(f"The events of {safe_text(self.path)} are too large", _REPAIR)
                try:
                    event = decode_event(data)
                except BadMessageError as error:
                    raise self._unreadable("An event", error) from error
                self._event_ns.append(time_ns)
                yield event

    def _read_header(self) -> TapeHeader:
        """Return the last header; skeletons of our own catalogue must be what their name says."""
        described = self.layout.metadata.get(METADATA, {})
        if described.get("format", FORMAT) != FORMAT:
            raise BadRecordError(f"its format is {described['format']!r}; this posetui reads {FORMAT}")
        header = self._latest_header() or described.get("header", "")
        if not header:
            raise BadRecordError("it is an MCAP file without the header of a tape")
        return _checked(decode_header(header if isinstance(header, bytes) else header.encode()))

    def _latest_header(self) -> bytes:
        channel = Channel(self._file, self.layout, HEADER)
        for entry in reversed(range(len(channel.entries))):
            try:
                unpacked = channel.unpack(entry)
            except BadRecordError:
                continue
            if unpacked.times:
                return unpacked.message(len(unpacked.times) - 1)
        return b""

    def _unreadable(self, what: str, error: Exception) -> TapeError:
        return TapeError(f"{what} of {safe_text(self.path)} cannot be read: {safe_text(error, 300)}", _REPAIR)

    def _lost(self, error: OSError) -> TapeError:
        return TapeError(f"The tape {safe_text(self.path)} cannot be read: {error.strerror or error}")


def _layout(file: TapeFile) -> Layout:
    if file.size < len(MAGIC) or file.read(0, len(MAGIC)) != MAGIC:
        raise BadRecordError("it is not an MCAP file" if file.size else "it is empty")
    try:
        return from_index(file)
    except BadRecordError:
        return by_walking(file)


def _checked(header: TapeHeader) -> TapeHeader:
    try:
        datetime.fromisoformat(header.created)
    except ValueError as error:
        raise BadMessageError("its time of creation is none") from error
    for name, skeleton in header.skeletons.items():
        if name in skeletons.names() and skeletons.get(name).joints != skeleton.joints:
            raise BadMessageError(f"its skeleton {name} has other joints than {name} has")
    return header
