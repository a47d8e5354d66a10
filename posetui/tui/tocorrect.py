"""What a replay hands over to be corrected by hand."""

from __future__ import annotations

from dataclasses import dataclass

from posetui.tui.replaying import Replaying


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """A place of a tape that is to be corrected.

    Attributes:
        source: the tape.
        number: of the frame on it.
        seconds: of the frame since the first one.
        track: number of the person who was selected, or None.
        swap: numbers of two people who exchange them from this frame on; None to open the annotator's screen.

    """

    source: str
    number: int
    seconds: float
    track: int | None = None
    swap: tuple[int, int] | None = None


class Handing(Replaying):
    """The app that can be left for corrections; whoever runs it comes back to where it was.

    Attributes:
        to_correct: what it was left for.

    """

    to_correct: ToCorrect | None = None

    def action_correct(self) -> None:
        """Correct the frame on the screen by hand."""
        self._hand_over(None)

    def exchange(self, first: int, second: int) -> None:
        """Exchange two people's numbers; on a tape from this frame on, on the truth's tape beside it."""
        if self.tape:
            self._hand_over((first, second))
        else:
            super().exchange(first, second)

    def _hand_over(self, swap: tuple[int, int] | None) -> None:
        result = self.supervisor.result() if self.supervisor else None
        if self.tape is None or result is None or result.number is None or result.position is None:
            self.say_only_tapes()
            return
        self.to_correct = ToCorrect(self.source, result.number, result.position, self.view.selected, swap)
        self.leave(0)
