"""An annotation in progress: a truth tape, its journal, and the document between the two.

    TRUTH.mcap              what was estimated, and the corrections of the last save
    TRUTH.mcap.journal      every edit since the annotation began; what counts

Opened again, the document is what the journal says, whatever ended the program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from posetui.annotation.document import Document
from posetui.annotation.journal import Journal
from posetui.annotation.model import AnnotatedFrame
from posetui.annotation.truth import TapeFrames, corrections_of, next_round, skeleton_of
from posetui.errors import AnnotationError
from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints, PoseFrame
from posetui.tapes.encoding import encode_header
from posetui.tapes.formats.coco import write_truth
from posetui.tapes.formats.exchange import TRUTH, Export, facts_of
from posetui.tapes.model import Correction, TapeHeader
from posetui.tapes.naming import SUFFIX
from posetui.tapes.overlaying import with_corrections
from posetui.tapes.reader import Tape
from posetui.tapes.schemas import CORRECTIONS
from posetui.text import safe_text


def journal_of(truth: Path) -> Path:
    """Return the file of the journal beside a truth tape."""
    return truth.with_name(f"{truth.name}.journal")


def is_truth(path: Path) -> bool:
    """Tell whether a file is a tape that somebody annotates: with corrections, or a journal beside it.

    Raises:
        TapeError: it is called a tape, and cannot be read.

    """
    if journal_of(path).exists():
        return True
    if path.suffix.lower() != SUFFIX:
        return False
    with Tape.open(path) as tape:
        return tape.layout.channel(CORRECTIONS) >= 0


class Session:
    """A truth tape that is being annotated.

    Args:
        truth: the tape.
        author: who makes the edits.
        source: what the pictures come from, if the tape has none: a video, or a folder of images. Kept in the
            journal, so that it need not be said again.

    Raises:
        AnnotationError: the journal cannot be read or written, is of another tape, or is being written.
        TapeError: the tape cannot be read.

    Attributes:
        path: the tape.
        document: what is annotated.
        source: what the pictures come from, or empty for the tape's own.
        others: what another backend found, by number of the frame, for `next_doubt`.
        place: where the annotator is; set it on leaving.
        saved_revision: the revision of the document that the tape has.

    """

    def __init__(self, truth: Path, author: str, source: str = "") -> None:
        self.path = truth
        self.others: dict[int, Sequence[Keypoints]] = {}
        with ExitStack() as stack:
            self._tape = stack.enter_context(Tape.open(truth))
            skeleton = skeleton_of(self._tape)
            heading = {
                "tape": _fingerprint(self._tape),
                "round": next_round(self._tape),
                "source": source,
                "skeleton": skeleton.name,
            }
            self._journal = stack.enter_context(Journal(journal_of(truth), skeleton, heading))
            known = self._journal.heading
            self._check(known, heading)
            self._round: int = known["round"]
            self.source: str = source or known["source"]
            frames = TapeFrames(self._tape, self._round)
            self.document = Document(frames, skeleton, author, keep=self._journal.keep)
            self._replay()
            self._open = stack.pop_all()
        self.place = self._journal.place
        self.saved_revision = -1 if self._journal.entries else self.document.revision

    @property
    def title(self) -> str:
        """Return the title of the source, safe to show."""
        return safe_text(self._tape.header.source)

    @property
    def header(self) -> TapeHeader:
        """Return what the tape says of itself."""
        return self._tape.header

    @property
    def pictured(self) -> bool:
        """Return whether the tape has pictures of its own."""
        return self._tape.images > 0

    def image_names(self) -> list[str]:
        """Return the file name of each frame's image, as the dataset or the folder has it; may be empty."""
        known, document = facts_of(self._tape.events), self.document
        frames = (document.proposed(number) for number in range(len(document)))
        return [known[one.index].file_name if one.index in known else one.image_name for one in frames]

    def compare_with(self, second: Path) -> None:
        """Take what another backend, or another annotator, found in the same frames, for `next_doubt`.

        Raises:
            TapeError: its tape cannot be read.

        """
        names, skeleton = self.image_names(), self.document.skeleton
        numbers: dict[str | int, int] = {name: number for number, name in enumerate(names) if name}
        if not numbers:
            numbers = {self.document.proposed(one).index: one for one in range(len(names))}
        with Tape.open(second, corrected=True) as tape:
            for frame in tape.frames():
                number = numbers.get(frame.image_name or frame.index)
                if number is not None and frame.poses:
                    own = tape.header.skeletons[frame.skeleton]
                    self.others[number] = [convert(pose.keypoints, own, skeleton) for pose in frame.poses]

    def save(self) -> None:
        """Write the corrections to the tape, which is replaced when the new one is whole.

        Raises:
            TapeError: it cannot be written; the journal has every edit.

        """
        with Tape.open(self.path) as tape:
            with_corrections(tape, self.path, self._corrections(tape))
        self.saved_revision = self.document.revision

    def export(self, path: Path) -> int:
        """Write the checked frames as COCO ground truth; return how many there are.

        Who came from a dataset keeps its number, area and box, which are those of the outline of the person;
        the box of others is that around the labelled joints, and the area 0.8 of it.

        Raises:
            AnnotationError: no frame is checked.
            TapeError: the file cannot be written.

        """
        document, header = self.document, self._tape.header
        checked = [document[number] for number in range(len(document)) if document[number].checked]
        if not checked:
            raise AnnotationError(
                f"No frame of {safe_text(self.path)} is checked yet", "Correct or confirm frames, first."
            )
        known = facts_of(self._tape.events)
        facts = {
            one.index: known[one.index].of(person.key for person in one.people)
            for one in checked
            if one.index in known
        }
        write_truth(map(self._pose_frame, checked), Export(header, document.skeleton, facts), path)
        return len(checked)

    def close(self) -> None:
        """Close the files; every edit is in the journal. May be called twice."""
        self._open.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remember where the annotator was, and close the files."""
        self._journal.remember(self.place)
        self.close()

    def _check(self, known: Mapping[str, Any], heading: Mapping[str, Any]) -> None:
        for key, kind in (("tape", str), ("round", int), ("source", str), ("skeleton", str)):
            if not isinstance(known.get(key), kind):
                raise AnnotationError(f"{safe_text(self._journal.path)} does not say what it is of")
        if known["tape"] != heading["tape"] or known["skeleton"] != heading["skeleton"]:
            raise AnnotationError(
                f"{safe_text(self._journal.path)} belongs to another tape than {safe_text(self.path)}",
                "Move it away to begin anew, or name another file with -o.",
            )

    def _replay(self) -> None:
        try:
            self.document.replay(self._journal.entries)
        except (ValueError, IndexError) as error:
            raise AnnotationError(
                f"{safe_text(self._journal.path)} does not fit {safe_text(self.path)}: {safe_text(error)}",
                "Move it away to begin anew, or name another file with -o.",
            ) from error

    def _corrections(self, tape: Tape) -> Iterator[tuple[int, Correction]]:
        """Yield those of earlier annotations, and ours."""
        for number in tape.corrected:
            yield from ((number, one) for one in tape.corrections(number) if one.round < self._round)
        yield from corrections_of(self.document, self._round)

    def _pose_frame(self, frame: AnnotatedFrame) -> PoseFrame:
        return PoseFrame(
            index=frame.index,
            captured=0.0,
            pts=frame.pts,
            size=frame.size,
            skeleton=self.document.skeleton.name,
            poses=tuple(person.pose() for person in frame.people),
            backend=TRUTH,
            image_name=frame.image_name,
        )


def _fingerprint(tape: Tape) -> str:
    """Return what tells a recording from all others, whatever corrections it has."""
    return hashlib.sha256(encode_header(tape.header) + f"{len(tape)}".encode()).hexdigest()[:16]
