"""The graph behind the loss of the very run on the training page."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import torch
from torch import Tensor

from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.pieces import switch, switched
from lrcore.autograd.numbers import format_number
from lrcore.autograd.recorder import Recording
from lrcore.export.script import float32_digits
from lrcore.landscape.curvature import Curvature, curvature
from lrcore.landscape.objective import Objective
from lrcore.limits import evenly
from lrcore.model import LOSSES
from lrcore.optim import SGD
from lrcore.settings import setting
from lrcore.training import Run, RunConfig, Step

# The code carries the data along: so many numbers make a megabyte of it.
_MOST_NUMBERS = 200_000
_MOST_IN_A_LINE = 4
# Of the largest eigenvalue: what rounding leaves of one that is 0 lies far below.
_FLAT = 1e-6
_DEFAULT_MOMENTS = 100


def default_run() -> Run:
    """What the exercise shows where there is no run yet."""
    run = Run(RunConfig())
    run.extend(1.0, _DEFAULT_MOMENTS)
    return run


@dataclass(frozen=True)
class RunGraph(Exercise):
    """Linear, sigmoid and loss at one moment of a run, on all of its training points or on one.

    Args:
        run: whose moment; a short default run if left out.
    """

    name: ClassVar[str] = "The graph of this run"
    title: ClassVar[str] = "The graph of this run"
    sentence: ClassVar[str] = (
        "One iteration of the run on the page Training: the loss, and the gradient that moves w, b."
    )
    trying: ClassVar[str] = "Turn Whole batch off: how does one point pull?"

    iter: int = setting(
        0,
        "Iteration",
        "The moment of the run whose weights are used.",
        minimum=0,
        maximum=1_000_000,
        step=1,
    )
    batch: bool = switch(
        True, "Whole batch", "All training points at once, as in training, or one alone."
    )
    point: int = setting(
        0,
        "Data point",
        "Which point is used: watch how hard it pulls at w and b.",
        minimum=0,
        maximum=1_000_000,
        step=1,
        needs=switched("batch", on=False),
    )
    run: Run = field(default_factory=default_run, repr=False, compare=False)

    @property
    def last_iteration(self) -> int:
        """The last moment that there is."""
        return len(self.run) - 1

    @property
    def points(self) -> int:
        """How many points are trained on."""
        return int((~self.run.is_test).sum())

    @property
    def step(self) -> Step:
        """The moment that is shown."""
        return self.run.step(min(self.iter, self.last_iteration))

    @property
    def config(self) -> RunConfig:
        """The settings at that moment."""
        return self.run.in_force(self.step.iteration)

    @cached_property
    def data(self) -> tuple[Tensor, Tensor]:
        """Features (n, d) and classes (n, 1) of the points that are used, float32."""
        x, y = (part[~self.run.is_test] for part in (self.run.data.x, self.run.data.y))
        most = max(_MOST_NUMBERS // self.run.basis(x[:1]).shape[1], 2)
        one = torch.tensor([min(self.point, len(y) - 1)])
        rows = evenly(y, most) if self.batch else one
        return self.run.basis(x[rows]).float(), y[rows].float()[:, None]

    def scripts(self) -> tuple[Script, ...]:
        """The forward lines of the model with this loss, and a backward."""
        x, y = self.data
        config, step = self.config, self.step
        w = f"torch.tensor([[{float32_digits(step.weights)}]], requires_grad=True)"
        b = f"torch.tensor([{float32_digits([step.bias])}], requires_grad=True)"
        numbers: list[str] = []
        folded = _folded(x, y)
        if len(y) == 1 and x.shape[1] <= _MOST_IN_A_LINE:
            folded = ()
            numbers = [f"x = torch.tensor({_rows(x)})", f"y = torch.tensor({_rows(y)})"]
        if x.shape[1] > _MOST_IN_A_LINE:
            folded = (*folded, f"weights = [[{float32_digits(step.weights)}]]")
            w = "torch.tensor(weights, requires_grad=True)"
        penalties = _penalties(config)
        lines = [
            *numbers,
            f"w = {w}",
            f"b = {b}",
            "z = F.linear(x, w, b)",
            *(["p = torch.sigmoid(z)"] if LOSSES[config.loss].on == "p" else []),
            f"loss = {LOSSES[config.loss].code}",
            *penalties,
            f"{'total' if penalties else 'loss'}.backward()",
            "print(loss.item())",
            "print(w.grad, b.grad)",
        ]
        title = f"The loss of {_points(len(y))}"
        return (
            Script(title, ("import torch", "import torch.nn.functional as F", "", *lines), folded),
        )

    def curvature(self) -> Curvature:
        """How the loss of these points, with what else pulls at the weights, bends here.

        Not by torch's second derivative: that of `binary_cross_entropy` is wrong where the model is
        sure.
        """
        x, y = self.data
        parameters = torch.tensor([*self.step.weights, self.step.bias], dtype=torch.float64)
        return curvature(Objective.of(self.config, x, y[:, 0]), parameters)

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """How many points, the curvature, and what rate it allows."""
        del recordings
        bends = self.curvature()
        values = bends.eigenvalues
        values = torch.where(values.abs() > _FLAT * values.abs().max(), values, 0.0)
        shown = [*values[-4:]]
        said = [
            f"Eigenvalues of the Hessian in (w, b){' (largest four)' if len(values) > 4 else ''}: "
            f"**{', '.join(format_number(value.item()) for value in shown)}**."
        ]
        used = len(self.data[1])
        if self.batch and used < self.points:
            said.insert(0, f"{used:,} of {self.points:,} points, evenly from both classes.")
        return [*said, *([self._rate(bends)] if self.batch else [])]

    def _rate(self, bends: Curvature) -> str:
        """Up to which rate SGD settles."""
        config, optimizer = self.config, self.config.optimizer
        if not isinstance(optimizer, SGD):
            return (
                f"The largest stable rate is a fact about SGD; it does not apply to "
                f"{optimizer.title}, which sets the length of its steps by other rules."
            )
        if not config.zero_grad:
            return "Without zero_grad, gradients add up: the largest stable rate does not apply."
        limit = bends.stable_rate(optimizer)
        if limit is None or limit == math.inf:
            return "The loss is flat here: it sets no limit to the rate."
        how = f" with momentum {optimizer.momentum:g}" if optimizer.momentum else ""
        return (
            f"Near here, SGD{how} settles along the steepest direction while the rate is below "
            f"**{format_number(limit)}**; in use: {optimizer.lr:g}."
        )


def _penalties(config: RunConfig) -> list[str]:
    """The lines that add the penalties to the loss, if there are any."""
    terms = [f"{config.l1} * w.abs().sum()"] if config.l1 else []
    terms += [f"{config.l2} / 2 * w.square().sum()"] if config.l2 else []
    return [f"total = loss + {' + '.join(terms)}"] if terms else []


def _points(count: int) -> str:
    return "one point" if count == 1 else f"{count:,} points"


def _rows(rows: Tensor) -> str:
    return f"[{', '.join(f'[{float32_digits(row)}]' for row in rows.tolist())}]"


def _folded(x: Tensor, y: Tensor) -> tuple[str, ...]:
    """The lines that make x and y: all numbers, bit for bit, in little space."""
    n, d = x.shape
    parts = {
        name: base64.b64encode(part.contiguous().numpy().tobytes()).decode()
        for name, part in (("x", x), ("y", y))
    }
    return (
        "import base64",
        "",
        "import torch",
        "",
        f"# {_points(n)} of {d} features, as the bytes of float32",
        "def numbers(text, *shape):",
        "    raw = bytearray(base64.b64decode(text))",
        "    return torch.frombuffer(raw, dtype=torch.float32).reshape(shape)",
        "",
        f'x = numbers("{parts["x"]}", {n}, {d})',
        f'y = numbers("{parts["y"]}", {n}, 1)',
    )
