"""Training as a generator: `for step in train(config)`."""

from __future__ import annotations

from collections.abc import Generator
from types import TracebackType

from lrcore.training.config import RunConfig
from lrcore.training.history import Step
from lrcore.training.run import Run, Status


class Training(Generator[Step, None, Status]):
    """The generator that `train` gives: yields `Step`, and tells afterwards why it ended."""

    def __init__(self, config: RunConfig) -> None:
        self.run = Run(config)
        self._next = 0
        self._closed = False

    @property
    def status(self) -> Status:
        """`running` until the last step has been yielded, then why it was the last."""
        return self.run.status if self._next == len(self.run) else Status.RUNNING

    def send(self, value: None) -> Step:
        """Give the next step, see `Generator.send`."""
        if self._next == len(self.run):
            self.run.extend(seconds=0)
        if self._closed or self._next == len(self.run):
            raise StopIteration(self.status)
        self._next += 1
        return self.run.step(self._next - 1)

    def throw(
        self,
        typ: type[BaseException] | BaseException,
        val: object = None,
        tb: TracebackType | None = None,
    ) -> Step:
        """End the generator with an exception, see `Generator.throw`."""
        self._closed = True
        return super().throw(typ, val, tb)


def train(config: RunConfig) -> Training:
    """Train from the start, and yield each moment.

    The generator ends when accuracy passes the target, at `max_iterations`, or when a value is
    not finite; its `status` then tells which.

    Raises:
        TrainingError: PyTorch failed, for example for want of memory.
    """
    return Training(config)
