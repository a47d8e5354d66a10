"""Whether a window can be opened here, and where: asked before OpenCV is, which would end the process.

OpenCV's Qt calls `abort` when it cannot reach a display. So the X server is asked through libxcb first, the
library that Qt itself uses, and OpenCV is asked whether it was built with windows at all.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from posetui.errors import WindowError

_FORWARD = "Connect with ssh -X, or set DISPLAY to the screen of this machine (DISPLAY=:0)."
_PACKAGES = "On Debian: apt install libgl1 libglib2.0-0 libsm6 libice6 libx11-6 libxext6 libxcb1."
_SHIFT, _LOCK = 1, 2
_MASK_AT = 24
"""Byte of the modifiers in the answer to QueryPointer (X11 protocol, chapter 8)."""
_SIZE_AT = 20
"""Byte of width and height in a description of a screen (the same)."""


def check_display(environ: Mapping[str, str] = os.environ) -> None:
    """Raise WindowError when the environment names no display, with what to do about it."""
    if not sys.platform.startswith("linux") or environ.get("DISPLAY"):
        return
    if environ.get("WAYLAND_DISPLAY"):
        raise WindowError("The window needs X11, and this Wayland session offers none", "Install xwayland.")
    where = "this SSH connection has no display" if environ.get("SSH_CONNECTION") else "there is no display"
    raise WindowError(f"No window can be opened: {where}", _FORWARD)


def check_windows(cv2: ModuleType) -> None:
    """Raise WindowError when this OpenCV has no windows, or lacks libraries for them."""
    found = re.search(r"^\s*GUI:\s*(\S+)", cv2.getBuildInformation(), re.MULTILINE)
    if found is None or found[1].upper() == "NONE":
        raise WindowError(
            "This OpenCV was built without windows", "Install opencv-contrib-python, and no headless one."
        )
    plugin = Path(str(cv2.__file__)).parent / "qt" / "plugins" / "platforms" / "libqxcb.so"
    if plugin.exists():
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            raise WindowError(f"A library for windows is missing ({error})", _PACKAGES) from None


class Screen:
    """A connection to the X server; on other systems, nothing of it is needed.

    Attributes:
        size: width, height of the screen in pixels; None where it is not known.

    Raises:
        WindowError: the display that the environment names cannot be reached.

    """

    size: tuple[int, int] | None = None
    _connection: ctypes.c_void_p | None = None

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            return
        try:
            self._xcb = xcb = ctypes.CDLL("libxcb.so.1")
        except OSError:
            raise WindowError("The library libxcb, which windows need, is missing", _PACKAGES) from None
        _declare(xcb)
        connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
        if xcb.xcb_connection_has_error(connection):
            name = os.environ.get("DISPLAY", "")
            raise WindowError(f"The display {name} cannot be reached", _FORWARD)
        self._connection = connection
        screen = xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection)).data
        self._root = ctypes.c_uint32.from_address(screen).value
        sides = (ctypes.c_uint16 * 2).from_address(screen + _SIZE_AT)
        self.size = sides[0], sides[1]

    def capital(self) -> bool:
        """Tell whether a letter that is typed now is a capital one: OpenCV's Qt gives small ones only."""
        if self._connection is None:
            return False
        cookie = self._xcb.xcb_query_pointer(self._connection, self._root)
        reply = self._xcb.xcb_query_pointer_reply(self._connection, cookie, None)
        if not reply:
            return False
        mask = ctypes.c_uint16.from_address(reply + _MASK_AT).value
        ctypes.CDLL(None).free(ctypes.c_void_p(reply))
        return bool(mask & _SHIFT) != bool(mask & _LOCK)


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Iterator(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("rem", ctypes.c_int), ("index", ctypes.c_int))


def _declare(xcb: ctypes.CDLL) -> None:
    """Tell the types of the functions that are used."""
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        ("xcb_connection_has_error", ctypes.c_int, (pointer,)),
        ("xcb_get_setup", pointer, (pointer,)),
        ("xcb_setup_roots_iterator", _Iterator, (pointer,)),
        ("xcb_query_pointer", _Cookie, (pointer, ctypes.c_uint32)),
        ("xcb_query_pointer_reply", pointer, (pointer, _Cookie, pointer)),
    ):
        function = getattr(xcb, name)
        function.restype, function.argtypes = result, arguments
