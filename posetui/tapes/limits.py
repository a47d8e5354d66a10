"""What a tape may hold at most.

A tape comes from anywhere, so nothing is allocated because a file says so: each claim is held against these
first. They are far above what a recording has, and keep the memory of reading below 300 MB.
"""

from __future__ import annotations

MAX_CHUNK = 32 << 20
"""Bytes of a chunk, compressed and not. Our own have 64 KiB, those of pictures 1 MiB; other tools write 4."""

MAX_SUMMARY = 64 << 20
"""Bytes of the index at the end: 500,000 chunks, three days of two people."""

MAX_RECORD = 1 << 20
"""Bytes of a record that describes the file: schema, channel, metadata."""

MAX_CHANNELS = 256
MAX_CHUNKS = 600_000
MAX_FRAMES = 10_000_000
MAX_RATIO = 100
"""Times the size of the file that its contents may have. Real ones have 4, empty pictures 12."""

MAX_PEOPLE = 1_000
MAX_JOINTS = 1_000
MAX_SKELETONS = 100
MAX_PIXEL = 1_000_000
"""Pixels: coordinates are held within plus and minus this."""

MAX_SIDE = 100_000
"""Pixels: the width and height of a picture."""

MAX_NUMBER = 1e15
"""More than any time in seconds or count that can be meant."""

MAX_FRAME_BYTES = 2 << 20
MAX_FRAME_BRACKETS = 20 + 6 * MAX_PEOPLE
MAX_HEAT_VALUES = 8 << 20
"""Values of the heat maps of a frame, in all its patches; real ones have up to half a million."""

MAX_HEAT_BYTES = 12 << 20
MAX_HEAT_PATCHES = MAX_PEOPLE + 1
MAX_HEAT_SIDE = 4_096
"""Cells: the width and height of a heat map."""

MAX_HEAT_BRACKETS = 20 + 4 * MAX_HEAT_PATCHES
MAX_CORRECTIONS = 10_000
"""Of one frame."""

MAX_CORRECTION_BRACKETS = 20
MAX_EVENT_BYTES = 64 << 10
MAX_EVENT_BRACKETS = 2_000
MAX_EVENTS = 100_000
MAX_EVENTS_BYTES = 8 << 20
MAX_HEADER_BYTES = 256 << 10
MAX_HEADER_BRACKETS = 20_000
MAX_NAME = 100
"""Characters of the name of a skeleton, a joint, a backend or a stage."""

MAX_IMAGE_NAME = 1_000
"""Characters of the file name of a picture."""

MAX_LIBRARIES = 20
