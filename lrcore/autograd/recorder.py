"""Run lines of PyTorch and write down all that happens, forward and backward.

Forward, a `TorchFunctionMode` sees every operation, also those without a name inside a line.
Backward, hooks on autograd's own functions see every gradient in autograd's own order, whoever
calls it: ``y.backward()``, ``torch.autograd.backward`` or ``torch.autograd.grad``.
"""

from __future__ import annotations

import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from lrcore.autograd.events import Event, Printed, Raised, Warned
from lrcore.autograd.watch import Watch

LINES = "<lines>"
_FOLDED = "<folded>"
# What runs inside of these is no operation of the script: custom functions, and what calls a
# function of the script many times.
_INSIDE = frozenset(
    module.__file__
    for module in (
        torch.autograd.function,
        torch.autograd.functional,
        sys.modules["torch.autograd.gradcheck"],
    )
)
# What lines of PyTorch may end with; anything else is a fault of ours.
_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
# Warnings are the whole process's, so one script at a time runs.
_ONE_AT_A_TIME = threading.Lock()

Trace = Callable[[FrameType, str, object], "Trace | None"]


@dataclass(frozen=True, slots=True)
class Recording:
    """What lines of PyTorch did.

    ``error`` is the last line of the traceback, None if there is none. ``names`` are the tensors
    that have a name at the end. An object's address is written as ``0x...``: it differs each time.
    """

    lines: tuple[str, ...]
    folded: tuple[str, ...]
    events: tuple[Event, ...]
    printed: str
    error: str | None
    warnings: tuple[str, ...]
    names: Mapping[str, Tensor]


def record(lines: Sequence[str], folded: Sequence[str] = ()) -> Recording:
    """Run ``folded``, then ``lines``, and record what the lines do.

    Random numbers and the default dtype of the process stay as they are.

    Raises:
        SyntaxError: the lines are no Python.
    """
    watch = Watch()
    dtype = torch.get_default_dtype()
    with _ONE_AT_A_TIME, _caught() as caught, torch.random.fork_rng(devices=[]):
        run = _Run(watch, caught)
        try:
            exec(compile("\n".join(folded), _FOLDED, "exec"), run.namespace)
            run.execute(compile("\n".join(lines), LINES, "exec"))
        finally:
            torch.set_default_dtype(dtype)
            watch.hooks.close()
    tensors = {
        name: value
        for name, value in run.namespace.items()
        if isinstance(value, Tensor) and not name.startswith("_")
    }
    return Recording(
        tuple(lines),
        tuple(folded),
        tuple(watch.log.events),
        "\n".join(run.printed),
        run.error,
        tuple(run.warned),
        tensors,
    )


@contextmanager
def _caught() -> Iterator[list[warnings.WarningMessage]]:
    """Collect warnings; PyTorch gives some once a process, and only the first reader saw them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        usual = torch.is_warn_always_enabled()
        torch.set_warn_always(True)
        try:
            yield caught
        finally:
            torch.set_warn_always(usual)


class _Run:
    """One script being executed, line by line."""

    def __init__(self, watch: Watch, caught: list[warnings.WarningMessage]) -> None:
        self.watch, self.caught = watch, caught
        self.warned: list[str] = []
        self.printed: list[str] = []
        self.at: dict[FrameType, int] = {}  # the line that each call is at
        self.error: str | None = None
        self.namespace: dict[str, object] = {"__name__": "lab", "print": self.print}

    def execute(self, code: object) -> None:
        usual = sys.gettrace()
        try:
            with _Mode(self.watch):
                sys.settrace(self.trace)
                exec(code, self.namespace)  # type: ignore[arg-type]
        except _ERRORS as error:
            sys.settrace(usual)
            self.fail(error)
        finally:
            sys.settrace(usual)
        self.watch.settle()

    def trace(self, frame: FrameType, event: str, _: object) -> Trace | None:
        """Python calls this before each line."""
        if frame.f_code.co_filename != LINES:
            return None
        if event in ("line", "return"):
            if frame in self.at:
                self.end_line(frame)
            self.at[frame] = frame.f_lineno
        return self.trace

    def end_line(self, frame: FrameType) -> None:
        """The line before is done: see which names it has given, and what it did to ``.grad``."""
        watch = self.watch
        if watch.is_differentiating:
            return  # a hook's line
        watch.log.line = self.at[frame]
        self.see_warnings()
        with torch._C.DisableTorchFunction():
            watch.settle()
            if here(frame):
                for name, value in frame.f_locals.items():
                    if isinstance(value, Tensor):
                        watch.look_at(value)
                        if id(value) in watch.unnamed:
                            watch.name(value, name)

    def see_warnings(self) -> None:
        """What PyTorch has warned of since the last time, each text once."""
        for item in self.caught:
            text = str(item.message).partition(" (Triggered internally")[0]
            if text not in self.warned:
                self.warned.append(text)
                self.watch.log.events.append(Warned(self.watch.log.line, text))
        self.caught.clear()

    def print(self, *values: object, sep: str = " ", end: str = "\n") -> None:
        """Python's own, into the recording."""
        del end
        text = _ADDRESS.sub("0x...", sep.join(map(str, values)))
        self.printed.append(text)
        frame = sys._getframe(1)
        while frame.f_code.co_filename != LINES and frame.f_back is not None:
            frame = frame.f_back
        self.watch.log.events.append(Printed(frame.f_lineno, text))

    def fail(self, error: Exception) -> None:
        line, traceback = self.watch.log.line, error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == LINES:
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        self.watch.settle()
        self.see_warnings()
        self.error = _ADDRESS.sub("0x...", f"{type(error).__name__}: {error}")
        self.watch.log.events.append(Raised(line, self.error, self.watch.hooks.running))


class _Mode(TorchFunctionMode):
    """Hands every call into PyTorch on, and has the watch look at it."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        del types
        return self.watch.call(func, args, kwargs or {}, here())


def here(frame: FrameType | None = None) -> int:
    """The line of the script that is being executed; 0 inside of autograd's own functions."""
    frame = frame or sys._getframe(1)
    line = 0
    while frame is not None:
        file = frame.f_code.co_filename
        if file == LINES:
            line = line or frame.f_lineno
            if frame.f_code.co_name == "<module>":
                return line
        elif file in _INSIDE:
            return 0
        frame = frame.f_back
    return line
