"""Let OpenCV and MediaPipe load on a machine that has no display libraries.

Their Linux builds are linked against X, OpenGL and GLib for windows and for the GPU. posetui computes on
the processor and draws in the terminal, so nothing of these is ever used, yet the loader refuses the
modules where they are not installed: on a server, in a container. `prepare` puts an empty library in the
place of each one that is missing. A library that is there is left alone.

An empty library is a minimal ELF shared object, generated here, in memory. It carries the missing
library's name (DT_SONAME: the loader takes it for any later request of that name) and defines the
functions that the modules want from it, because Python binds all functions when it loads a module. Each
of them returns 0, which means "no display" where MediaPipe asks for one; it then goes without.

Format: System V ABI, chapters 4 and 5 (ELF header, sections, program header, dynamic section, DT_HASH).
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import re
import struct
import sys
import threading
from importlib.machinery import PathFinder
from pathlib import Path

# The libraries that may be missing, and how the names of their functions begin.
LIBRARIES = {
    "libxcb.so.1": re.compile("xcb_"),
    "libGL.so.1": re.compile("gl[A-Z]"),
    "libglib-2.0.so.0": re.compile("g_"),
    "libgthread-2.0.so.0": re.compile("g_thread_"),
    "libEGL.so.1": re.compile("egl[A-Z]"),
    "libGLESv2.so.2": re.compile("gl[A-Z]"),
}

# ELF number of the machine, and code that returns 0.
_MACHINES = {
    "x86_64": (62, bytes.fromhex("31c0c3")),  # xor eax, eax; ret
    "aarch64": (183, bytes.fromhex("00008052c0035fd6")),  # mov w0, #0; ret
}
_ALIGN = 0x10000  # covers pages of 4, 16 and 64 KiB
_EHDR, _PHDR, _SYM, _DYN = 64, 56, 24, 16
_TEXT = _EHDR + 4 * _PHDR
_DYNSYM, _WEAK = 11, 2

_kept: list[ctypes.CDLL] = []  # what was loaded, once a process
_lock = threading.Lock()  # the source and the backend may be opened side by side


def prepare() -> tuple[str, ...]:
    """Load an empty library for each display library that is missing; call it before cv2 or mediapipe.

    Linux on x86-64 and ARM64 only; elsewhere, and from the second call on, it does nothing. Any thread may
    call it; it returns when all is in place.

    Returns:
        The names that were replaced, for the log; empty on a machine that has them all.

    Raises:
        OSError: the system lets no library be loaded from memory.

    """
    machine = platform.machine()
    if not sys.platform.startswith("linux") or machine not in _MACHINES:
        return ()
    with _lock:
        return () if _kept else _replace_missing(machine)


def _replace_missing(machine: str) -> tuple[str, ...]:
    missing = tuple(name for name in LIBRARIES if not _loads(name))
    wanted = _wanted() if missing else ()
    # Each file stays open until all are loaded: the loader takes two files of one name for the same library.
    files = [os.memfd_create(name) for name in missing]
    try:
        for name, file in zip(missing, files, strict=True):
            functions = tuple(one for one in wanted if LIBRARIES[name].match(one))
            os.write(file, empty_library(name, functions, machine))
            _kept.append(ctypes.CDLL(f"/proc/self/fd/{file}"))
    finally:
        for file in files:
            os.close(file)
    return missing


def empty_library(name: str, functions: tuple[str, ...], machine: str) -> bytes:
    """Return an ELF shared object of that DT_SONAME whose functions take anything and return 0.

    Args:
        name: the library's name, such as "libGL.so.1".
        functions: what it defines.
        machine: "x86_64" or "aarch64".

    """
    number, code = _MACHINES[machine]
    strings = b"\0" + b"".join(text.encode() + b"\0" for text in (name, *functions))
    offset = 1 + len(name) + 1
    symbols = [bytes(_SYM)]
    for function in functions:
        # Global function (0x12) in a section that exists (1), at the code.
        symbols.append(struct.pack("<IBBHQQ", offset, 0x12, 0, 1, _TEXT, len(code)))
        offset += len(function) + 1
    # One bucket: a chain through all symbols, from the last one down.
    count = len(symbols)
    table = struct.pack(f"<{3 + count}I", 1, count, count - 1, 0, *range(count - 1))
    start = _TEXT + -(-len(code) // 8) * 8  # of the part that the loader may write to
    parts = _aligned(bytes(7 * _DYN), b"".join(symbols), table, strings)
    at = [start + _ALIGN + sum(map(len, parts[:index])) for index in range(len(parts))]
    tags = ((14, 1), (4, at[2]), (5, at[3]), (6, at[1]), (10, len(strings)), (11, _SYM))
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in tags) + bytes(_DYN)
    body = dynamic + b"".join(parts[1:])
    return _headers(number, start, len(body), len(dynamic)) + code.ljust(start - _TEXT, b"\0") + body


def _aligned(*parts: bytes) -> list[bytes]:
    return [part.ljust(-(-len(part) // 8) * 8, b"\0") for part in parts]


def _headers(machine: int, start: int, size: int, dynamic: int) -> bytes:
    """Return the ELF header and four program headers: code, data, dynamic section, a stack without code."""
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header = ident + struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, _EHDR, 0, 0, _EHDR, _PHDR, 4, 0, 0, 0)
    at = start + _ALIGN
    segments = (
        (1, 5, 0, 0, start, _ALIGN),
        (1, 6, start, at, size, _ALIGN),
        (2, 6, start, at, dynamic, 8),
        (0x6474E551, 6, 0, 0, 0, 16),
    )
    return header + b"".join(
        struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, length, length, align)
        for kind, flags, offset, address, length, align in segments
    )


def _wanted() -> tuple[str, ...]:
    """Return the functions that OpenCV, MediaPipe and what they bring along expect from other libraries."""
    undefined: set[str] = set()
    defined: set[str] = set()
    for module, patterns in (("cv2", ("*.so", "../opencv*.libs/*.so*")), ("mediapipe", ("tasks/c/*.so",))):
        spec = PathFinder.find_spec(module)  # looks for the module without importing it
        if spec is None or spec.origin is None:
            continue
        folder = Path(spec.origin).parent
        for library in (path for pattern in patterns for path in folder.glob(pattern)):
            wants, gives = _symbols(library)
            undefined |= wants
            defined |= gives
    return tuple(sorted(undefined - defined))


def _symbols(library: Path) -> tuple[set[str], set[str]]:
    """Return the names that an ELF file must find elsewhere, and those that it defines itself."""
    wants: set[str] = set()
    gives: set[str] = set()
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
        (sections,) = struct.unpack_from("<Q", image, 40)
        size, count = struct.unpack_from("<HH", image, 58)
        table = [struct.unpack_from("<IIQQQQIIQQ", image, sections + size * index) for index in range(count)]
        for _, kind, _, _, offset, length, link, *_ in table:
            if kind != _DYNSYM:
                continue
            strings = image[table[link][4] : table[link][4] + table[link][5]]
            for name, info, _, section, _, _ in struct.iter_unpack(
                "<IBBHQQ", image[offset : offset + length]
            ):
                if section or info >> 4 != _WEAK:
                    text = strings[name : strings.index(0, name)].decode("ascii", "replace")
                    (gives if section else wants).add(text)
    return wants, gives


def _loads(name: str) -> bool:
    try:
        _kept.append(ctypes.CDLL(name))
    except OSError:
        return False
    return True
