"""Text from outside: file names, stream titles, camera names, native error messages.

Everything that we did not write ourselves passes `safe_text` before it may reach a widget or the
terminal, and `redact` before it may reach a widget, a log or a tape.
"""

from __future__ import annotations

import re
import unicodedata

_URL = re.compile(r"\b([a-z][a-z0-9+.-]*://)([^/?#\s]*)@", re.IGNORECASE)
_SECRET_PARAMETER = re.compile(
    r"([?&;](?:[^=&;\s]*(?:token|key|pass|passwd|password|pwd|secret|auth|signature|sig)[^=&;\s]*)=)[^&;\s#]+",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"([0-9]+)")
# Categories that move the cursor, reorder text or take no cell: controls, formats (bidi, zero width),
# surrogates, private use, unassigned, line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe_text(text: object, limit: int = 200) -> str:
    """Return text that can do nothing in a terminal but be read.

    Control, format (bidi, zero-width), surrogate, private-use and unassigned characters become `�`,
    any white space becomes one space, combining marks are dropped after the fourth in a row, and what
    exceeds `limit` characters is cut in the middle. Markup is not touched: widgets never parse it.

    Args:
        text: anything; `str()` is applied.
        limit: the most characters returned, at least 3.
    """
    cleaned: list[str] = []
    marks = 0
    source = str(text)
    if len(source) > 4 * limit:
        source = source[: 2 * limit] + "…" + source[-2 * limit :]
    for character in source:
        category = unicodedata.category(character)
        if character in "\t\n\r" or category == "Zs":
            character = " "  # noqa: PLW2901 - the replaced character is the point of the loop
        elif category in _UNSAFE_CATEGORIES:
            character = "\N{REPLACEMENT CHARACTER}"  # noqa: PLW2901
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= 4:
            cleaned.append(character)
    result = "".join(cleaned)
    if len(result) > limit:
        head = (limit - 1) // 2
        result = result[:head] + "…" + result[-(limit - 1 - head) :]
    return result


def redact(text: str) -> str:
    """Remove user names, passwords and secret query parameters from any URL in the text."""
    return _SECRET_PARAMETER.sub(r"\1***", _URL.sub(r"\1***@", text))


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a sort key for file names: frame2 before frame10, the rest without case."""
    parts = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part.casefold())
        for part in _DIGITS.split(name)
        if part
    )
    return parts, name
