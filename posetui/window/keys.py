"""What OpenCV says of a key, as the app's key table names it."""

from __future__ import annotations

_NAMED = {
    8: "backspace",
    9: "tab",
    10: "enter",
    13: "enter",
    27: "escape",
    # Linux: keysyms of X11.
    0xFF50: "home",
    0xFF51: "left",
    0xFF52: "up",
    0xFF53: "right",
    0xFF54: "down",
    0xFF55: "pageup",
    0xFF56: "pagedown",
    0xFF57: "end",
    0xFFFF: "delete",
    # Windows: virtual keys, shifted.
    0x210000: "pageup",
    0x220000: "pagedown",
    0x230000: "end",
    0x240000: "home",
    0x250000: "left",
    0x260000: "up",
    0x270000: "right",
    0x280000: "down",
    0x2E0000: "delete",
    # macOS: NSFunctionKeys.
    0xF700: "up",
    0xF701: "down",
    0xF702: "left",
    0xF703: "right",
    0xF728: "delete",
    0xF729: "home",
    0xF72B: "end",
    0xF72C: "pageup",
    0xF72D: "pagedown",
}


def key_of(code: int, *, capital: bool) -> str | None:
    """Return the character or the name of a key that `cv2.waitKeyEx` told of; None for none or another.

    Args:
        code: what it told; negative for no key.
        capital: a letter is a capital one, whatever the code says.

    """
    if code in _NAMED:
        return _NAMED[code]
    if not 32 <= code < 127:
        return None
    character = chr(code)
    return character.upper() if capital else character
