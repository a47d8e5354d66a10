"""Leaves of what is written to a terminal only what changes its picture."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<control>[0-?]*[ -/]*[@-~])"
    r"|(?P<string>[P_^X].*?\x1b\\|\].*?(?:\x1b\\|\x07))"  # pixels (sixel, kitty), titles, links, clipboards
    r"|[ -/]*[0-OQ-WYZ`-~]"
    r")",
    re.DOTALL,
)
# Questions: where the cursor is, what the terminal is or can do (DSR, DA, DECRQM, XTVERSION), and the
# keyboard protocol of kitty.
_ASKS = re.compile(r"\??[0-9;]*n|[>=?]?[0-9;]*c|\??[0-9;]*\$p|>[0-9]*q|[<>=?][0-9;]*u|[0-9;]*t")
# Mouse, focus, paste, size reports: for a terminal with somebody at it.
_INPUT = re.compile(r"\?(?:1000|1002|1003|1004|1005|1006|1015|1016|2004|2031|2048)[hl]")
_LEAVE = "?1049l"
_LONGEST = 1 << 20
"""Characters of a sequence that has not ended; more is no sequence."""


class Cleaner:
    """Cleans a stream of text piece by piece; a sequence may be cut anywhere.

    Attributes:
        left: the screen of the app was left: nothing after that belongs to it.

    """

    def __init__(self) -> None:
        self._held = ""
        self.left = False

    def feed(self, text: str) -> str:
        """Return what is complete and changes the picture."""
        text = self._held + text
        kept: list[str] = []
        at = 0
        while not self.left and (escape := text.find("\x1b", at)) >= 0:
            kept.append(text[at:escape])
            at = escape
            found = _SEQUENCE.match(text, escape)
            if found is None:
                if len(text) - escape > _LONGEST:
                    at = escape + 1  # whatever it is, it is no sequence
                    continue
                break
            at = found.end()
            control = found["control"]
            if control == _LEAVE:
                self.left = True
            elif found["string"] is None and not (control and _hidden(control)):
                kept.append(found[0])
        else:
            if not self.left:
                kept.append(text[at:])
            at = len(text)
        self._held = text[at:]
        return "".join(kept)


def _hidden(control: str) -> bool:
    return bool(_ASKS.fullmatch(control) or _INPUT.fullmatch(control))
