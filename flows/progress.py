"""How far a run is, on a terminal: files, rows, rate and time left; elsewhere nothing.

In: the events of pipeline.intake.run, from any thread. Out: one live line on standard error.
"""

from __future__ import annotations

from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from flows.console import notes
from flows.wording import label, say
from pipeline.intake.run import ProgressEvent, Stage


class _Rate(ProgressColumn):
    """Files or units a second."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        return Text(say("progress.rate", rate=f"{task.speed:.1f}") if task.speed else "")


class RunProgress:
    """A progress line; a context manager and the function to give events to."""

    def __init__(self) -> None:
        console = notes()
        self._live = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TextColumn("{task.fields[rows]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._live.add_task(say("progress.looking"), total=None, rows="")
        self._stage: Stage | None = None

    def __enter__(self) -> RunProgress:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def preparing(self) -> None:
        """There is work, and its machinery is starting."""
        self._live.update(self._task, description=say("progress.preparing"))

    def __call__(self, event: ProgressEvent) -> None:
        """Show an event; each stage starts from nothing."""
        if event.stage is not self._stage:
            self._stage = event.stage
            self._live.reset(self._task)
        self._live.update(
            self._task,
            description=label(f"stage.{event.stage}"),
            completed=event.done,
            total=event.total,
            rows=say("progress.rows", rows=event.rows) if event.rows else "",
        )
