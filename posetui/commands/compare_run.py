"""What `posetui compare` does: trials with a progress bar, tapes, numbers."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from posetui.commands.stepping import named_steps
from posetui.engine.trials import Begun, Counted, Over, Trial
from posetui.errors import EvaluationError, SettingsError, TapeError
from posetui.settings import Settings, resolve
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.engine.material import Material
    from posetui.engine.subjects import Subject
    from posetui.engine.trialling import Told
    from posetui.evaluation.comparison import Comparison
    from posetui.evaluation.results import Evaluation

_OWN = {"detail": "detail", "refine": "refine", "max-people": "max_people", "device": "device"}
"""What may stand behind a backend's name, and the setting that it is."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        source: what the backends see.
        backends: their names and options, as the user wrote them.
        flags: settings of the command line.
        truth: the file of the truth, if it is not the source.
        images: the folder of a dataset's images.
        output: the folder that the tapes are kept in.
        form: what is printed.
        limit: the first so many frames only.
        force: run again what is there.
        all_joints: against truth, also joints that not all have.
        sequence: images are the frames of a video.
        top: frames to look at first.
        samples: bootstrap samples.
        report: the folder that a report is written to.

    """

    source: str
    backends: str
    flags: Mapping[str, Any]
    truth: Path | None = None
    images: Path | None = None
    output: Path | None = None
    form: Literal["table", "json", "csv"] = "table"
    limit: int | None = None
    force: bool = False
    all_joints: bool = False
    sequence: bool = False
    top: int = 10
    samples: int = 1000
    report: Path | None = None


def run(request: Request) -> int:
    """Run the trials, print what is asked for, and return the exit code.

    Raises:
        PosetuiError: what is wrong, before anything heavy is done wherever that can be known.

    """
    from posetui.commands.compare_report import wanted_report, write
    from posetui.commands.comparing import Outcome, plain, show
    from posetui.commands.headless import interrupts
    from posetui.commands.quiet import quiet_stderr
    from posetui.engine.loading import loaded
    from posetui.engine.material import find_material

    chosen = wanted(request.backends, request.flags)
    material = find_material(request.source, request.images, sequence=request.sequence)
    truth = request.truth or material.truth
    if truth is not None and not truth.exists():
        raise TapeError(f"There is no {safe_text(truth)}", "Check the path.")
    if truth is None and len(chosen) < 2:
        raise EvaluationError(
            "One backend alone has nothing to be compared with", "Name another one, or --truth."
        )
    report = None
    if request.report is not None:
        report = wanted_report(request.report, material, force=request.force)
    with ExitStack() as stack, interrupts() as received:
        folder = request.output
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="posetui-")))
        trials = _trials(request, chosen, material, folder)
        whole = None if truth is None else loaded(truth, truth.name, truth=True)
        try:
            with quiet_stderr() as stderr, shown_trials(stderr, trials) as bars:
                _run_all(trials, bars, whole, force=request.force)
            subjects = [loaded(trial.tape, trial.name) for trial in trials]
            labelled = None if whole is None else _shown(whole, subjects[0])
            outcome = Outcome(request, material, trials, *_computed(request, material, labelled, subjects))
            show(outcome)
            if report is not None:
                page = write(report, subjects, labelled, outcome, plain(outcome))
                click.echo(f"wrote {safe_text(page)}", err=True)
        except KeyboardInterrupt:
            _stopped(request, trials)
            return 128 + received[0] if received else 130
    if request.output is not None:
        click.echo(f"the tapes are in {safe_text(request.output)}", err=True)
    return 0


def wanted(text: str, flags: Mapping[str, Any]) -> dict[str, Settings]:
    """Return the settings of each backend by what the user calls it.

    Args:
        text: names, divided by commas; behind each, divided by spaces, options of its own.
        flags: settings of the command line, for all of them.

    Raises:
        SettingsError: a name is missing or comes twice, or an option is unknown.
        BackendError: there is no such backend.

    """
    from posetui.backends.opening import check_backend

    found: dict[str, Settings] = {}
    for part in text.split(","):
        words = part.split()
        own: dict[str, str] = {}
        while words and "=" in words[-1] and words[-1].partition("=")[0] in _OWN:
            key, _, value = words.pop().partition("=")
            own[_OWN[key]] = value
        name = " ".join(words)
        if not name:
            raise SettingsError("--backends has an empty name", "Write --backends mediapipe,movenet.")
        check_backend(name)
        label = " ".join(part.split())
        if label in found:
            raise SettingsError(f"--backends names {safe_text(label, 80)} twice", "Name each once.")
        settings = resolve({**flags, **own, "backend": name}).values
        found[label] = replace(settings, loop=False, every_frame=True, compare=None)
    return found


def _trials(
    request: Request, chosen: Mapping[str, Settings], material: Material, folder: Path
) -> tuple[Trial, ...]:
    """Return what is to be run; TapeError when the folder cannot be used."""
    from posetui.engine.options import EngineOptions

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TapeError(
            f"The folder {safe_text(folder)} cannot be made: {error.strerror or error}", "Name another."
        ) from error
    trials = []
    for name, settings in chosen.items():
        options = EngineOptions.of(replace(settings, source=request.source))
        tape = folder / f"{_file_name(name)}.mcap"
        how = Trial(name, options, tape, material.stills, material.pictures, request.limit)
        trials.append(how)
    if len({trial.tape for trial in trials}) != len(trials):
        raise SettingsError("Two of the backends have the same file name", "Name one of them otherwise.")
    return tuple(trials)


def _file_name(name: str) -> str:
    """Return a backend's name and options as the name of a file: `movenet-thunder`, `movenet_detail-high`."""
    plain = re.sub(r"onnx:.*[/\\]", "onnx-", name)
    return re.sub(r"[^\w.-]", "-", plain.replace(" ", "_"))[:100]


def _run_all(trials: Sequence[Trial], bars: Bars, truth: Subject | None, *, force: bool) -> None:
    """Run the trials; what the truth cannot be compared with is refused after the first, not the last."""
    from posetui.engine.trialling import finished, replaceable, run_trial

    for trial in trials:
        if not force and not replaceable(trial.tape):
            raise TapeError(f"{safe_text(trial.tape)} exists", "Name another folder, or use --force.")
    for number, trial in enumerate(trials):
        if not force and finished(trial):
            bars.kept(trial)
        else:
            over = run_trial(trial, partial(bars.tell, trial))
            if not over.frames:
                raise EvaluationError(f"{safe_text(trial.name)} was shown no frame", "Check the source.")
        if truth is not None and not number:
            _check_truth(truth, trial)


def _check_truth(truth: Subject, trial: Trial) -> None:
    """Raise EvaluationError where the truth is not of what the first backend saw."""
    from posetui.engine.loading import loaded
    from posetui.evaluation.joints import compared
    from posetui.evaluation.pairing import pair_images

    first = loaded(trial.tape, trial.name)
    labelled = _shown(truth, first).recording
    compared(labelled, [first.recording], common=False)
    pair_images(labelled, first.recording)


def _stopped(request: Request, trials: Sequence[Trial]) -> None:
    from posetui.engine.trialling import finished

    if request.output is None:
        click.echo("stopped: nothing is kept without -o DIR", err=True)
        return
    done = [trial.name for trial in trials if finished(trial)]
    names = ", ".join(map(safe_text, done)) if done else "none yet"
    shown = safe_text(request.output)
    click.echo(f"stopped: {shown} has all frames of: {names}; the same command goes on", err=True)


def _shown(truth: Subject, shown: Subject) -> Subject:
    """Return the truth, of the images that were shown."""
    from posetui.evaluation.pairing import shown_only

    return replace(truth, recording=shown_only(truth.recording, shown.recording))


def _computed(
    request: Request, material: Material, labelled: Subject | None, subjects: Sequence[Subject]
) -> tuple[Comparison, Evaluation | None]:
    """Return the comparison, and the evaluation if there is truth."""
    from posetui.evaluation.comparison import compare
    from posetui.evaluation.summary import evaluate

    recordings = [one.recording for one in subjects]
    pairs = len(recordings) * (len(recordings) - 1) // 2
    with named_steps(pairs + (0 if labelled is None else len(recordings))) as tell:
        found = compare(
            recordings, still=material.stills, samples=request.samples, most=request.top, tell=tell
        )
        if labelled is None:
            return found, None
        common = not request.all_joints
        samples = request.samples
        return found, evaluate(labelled.recording, recordings, common=common, samples=samples, tell=tell)


class Bars:
    """Shows how far each trial is; on no terminal, nothing."""

    def __init__(self, progress: Any, trials: Sequence[Trial]) -> None:  # noqa: ANN401 - rich's, or None
        self._progress = progress
        self._tasks: dict[str, Any] = {}
        for trial in trials if progress else ():
            name = safe_text(trial.name, 30)
            self._tasks[trial.name] = progress.add_task(name, total=None, start=False, note="")

    def kept(self, trial: Trial) -> None:
        """Say that its tape was there."""
        if self._progress:
            self._progress.update(self._tasks[trial.name], total=1, completed=1, note="kept from before")

    def tell(self, trial: Trial, told: Told) -> None:
        """Show what its process tells."""
        if not self._progress:
            return
        task = self._tasks[trial.name]
        match told:
            case Begun(frames, note):
                self._progress.start_task(task)
                self._progress.update(task, total=frames, note=safe_text(note, 60))
            case Counted(frames):
                self._progress.update(task, completed=frames)
            case Over(frames):
                self._progress.update(task, completed=frames, total=frames)


@contextmanager
def shown_trials(stderr: TextIO, trials: Sequence[Trial]) -> Iterator[Bars]:
    """Give what shows how far trials are, while they run."""
    if not stderr.isatty():
        yield Bars(None, trials)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    console = Console(file=stderr)
    with Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        yield Bars(bar, trials)
