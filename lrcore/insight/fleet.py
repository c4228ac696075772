"""Many runs of SGD that differ in rate and momentum alone, trained as one tensor."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import torch
from torch import Tensor

from lrcore.landscape import MOST_POINTS, Objective
from lrcore.limits import evenly
from lrcore.model import LOSSES
from lrcore.optim import SGD
from lrcore.training import TEST, Run, RunConfig
from lrcore.training.batches import Batches
from lrcore.training.engine import threads_for
from lrcore.training.part import Part

# Runs times points times steps at a time: on one core they take about 30 ms.
_CHUNK_ELEMENTS = 2**23
_LONGEST_CHUNK = 256


class Outcome(IntEnum):
    """What is known of a run that has not reached its target."""

    RUNNING = -1
    NOT_REACHED = -2
    DIVERGED = -3


class Fleet:
    """The runs, each from the weights at which `run` starts; those that have ended are left out.

    A step is that of the engine and of `torch.optim.SGD`, on rows of one tensor in place of one
    vector, with the slopes of the losses in place of autograd.

    Args:
        run: gives points and initial weights.
        config: the settings that all share, but for its optimiser.
        cells: (k,), the optimiser of each; they differ in rate and momentum alone.
        objective: what `config` lowers, on `points`.
        points: (n,) int64, which points of `run` to train on, not none.
        budget: the last iteration.

    Attributes:
        found: (k,) int64, the moment at which each passes its target, or an `Outcome`.
        done: the last moment that was looked at.
    """

    def __init__(
        self,
        run: Run,
        config: RunConfig,
        *,
        cells: Sequence[SGD],
        objective: Objective,
        points: Tensor,
        budget: int,
    ) -> None:
        self._config, self._objective, self._budget = config, objective, budget
        self._part = self._measured = _part(run, points)
        if config.target_on == TEST:
            held_out = run.is_test.nonzero()[:, 0]
            self._measured = _part(run, held_out[evenly(run.data.y[held_out], MOST_POINTS)])
        self._enough = _least_that_passes(len(self._measured), config.target_accuracy)
        self._batches = Batches(len(points), config.shuffle_seed) if config.mini_batches else None
        start = run.step(0)
        self._start = torch.tensor([*start.weights, start.bias])  # (d + 1,) float32
        self._weight_decay = cells[0].weight_decay
        self._is_nesterov = any(cell.nesterov for cell in cells)  # without momentum it is nothing
        # One row a run that goes on:
        self._running = torch.arange(len(cells))
        self._rate = torch.tensor([[cell.lr] for cell in cells])  # (k, 1)
        self._momentum = torch.tensor([[cell.momentum] for cell in cells])
        self._weights = self._start.repeat(len(cells), 1)  # (k, d + 1)
        self._gradient, self._velocity = torch.zeros(2, *self._weights.shape)
        self.found = torch.full((len(cells),), int(Outcome.RUNNING))
        self.done = -1

    @property
    def is_settled(self) -> bool:
        """Whether no run goes on."""
        return not len(self._running)

    def advance(self) -> None:
        """Train by one chunk, up to the budget, where all that still run end."""
        a_step = len(self._running) * self._part.design.numel() // 3
        steps = max(1, min(_LONGEST_CHUNK, _CHUNK_ELEMENTS // max(1, a_step)))
        last = min(self._budget, self.done + steps)
        with threads_for(len(self._part)):
            for iteration in range(self.done + 1, last + 1):
                self._take_moment(iteration)
        self.done = last
        if last == self._budget:
            self._end()
        self._leave_out()

    def _take_moment(self, iteration: int) -> None:
        """Measure the weights, and take the step that follows."""
        part, weights = self._part, self._weights
        negative = weights @ part.design.T  # (k, n), negative margins
        measured = negative if self._measured is part else weights @ self._measured.design.T
        # `Part.correct` would take longer than all the rest.
        is_right = torch.le(measured, self._measured.limit, out=torch.empty_like(measured))
        found = self.found[self._running]
        now = torch.where(is_right.sum(1) >= self._enough, iteration, found)
        now = torch.where(weights.isfinite().all(1), now, int(Outcome.DIVERGED))
        self.found[self._running] = torch.where(found == Outcome.RUNNING, now, found)
        if self._batches is None:
            self._step(negative, part.design, part.y)
        else:
            batch = self._batches.next(self._config.batch_size)
            self._step(negative[:, batch], part.design[batch], part.y[batch])

    def _step(self, negative: Tensor, design: Tensor, y: Tensor) -> None:
        config, weights = self._config, self._weights
        gradient = LOSSES[config.loss].slopes(negative, y) @ design / len(y)
        w = weights[:, :-1]
        gradient[:, :-1] += config.l1 * w.sign() + config.l2 * w
        self._gradient = gradient if config.zero_grad else self._gradient + gradient
        gradient = self._gradient + self._weight_decay * weights
        step = self._velocity = self._momentum * self._velocity + gradient
        if self._is_nesterov:
            step = gradient + self._momentum * step
        self._weights = weights - self._rate * step

    def _end(self) -> None:
        """The budget is spent."""
        start = self._objective.loss(self._start.double())
        is_low = self._objective.loss(self._weights.double()) <= start  # false for nan
        ended = torch.where(is_low, int(Outcome.NOT_REACHED), int(Outcome.DIVERGED))
        found = self.found[self._running]
        self.found[self._running] = torch.where(found == Outcome.RUNNING, ended, found)

    def _leave_out(self) -> None:
        goes_on = self.found[self._running] == Outcome.RUNNING
        for name in ("_running", "_rate", "_momentum", "_weights", "_gradient", "_velocity"):
            setattr(self, name, getattr(self, name)[goes_on])


def _part(run: Run, points: Tensor) -> Part:
    return Part.of(run.basis(run.data.x[points]), run.data.y[points])


def _least_that_passes(points: int, target: float) -> int:
    """How many points must be right for their share to pass a target; one too many if no number
    does. The share is that of `History`."""
    shares = torch.arange(points + 1, dtype=torch.float64) / max(1, points)
    return int((shares <= target).sum())
