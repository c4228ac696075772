"""The training loop itself: forward, loss, backward, step."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lrcore.model import LOSSES, LogisticRegression, penalty
from lrcore.training.batches import Batches, BatchState
from lrcore.training.config import RunConfig

# Two threads wait for each other longer than they gain: on a small sample always, on a larger one
# when the browser needs a core.
_ONE_THREAD_BELOW = 500_000
# Up to here the logits of a chunk are kept, to count all its accuracies at once.
_KEEP_LOGITS_BELOW = 20_000
# So that a chunk takes at most some 30 ms on a CPU (points times steps).
_CHUNK_ELEMENTS_CPU = 2**23
_CHUNK_ELEMENTS_ACCELERATOR = 2**26
_LONGEST_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the points, as training uses them, on one device.

    The bias is the last entry of one parameter vector, multiplied by a constant feature 1
    (Bishop, Pattern Recognition and Machine Learning, section 4.3.2): one tensor to update
    halves the cost of a step. Rows of class 1 are negated, so that their product with the
    parameters is the logit of the wrong class, all that losses and verdicts need.

    Args:
        design: (n, d + 1) float32. y: (n,) float32, 0 or 1.
        limit: (n,) float32, a point is classified correctly if its logit of the wrong class is at
            most this: 0 where p = 0.5 counts as right, in class 1, else the next number below.
    """

    design: Tensor
    y: Tensor
    limit: Tensor

    @classmethod
    def of(cls, features: Tensor, y: Tensor) -> Part:
        """Take features (n, d) and classes (n,)."""
        design = torch.cat([features, torch.ones(len(y), 1)], 1) * (1 - 2 * y)[:, None]
        below = torch.nextafter(torch.tensor(0.0), torch.tensor(-1.0))
        # Column by column, the products with and by the matrix read memory in order.
        return cls(design.t().contiguous().t(), y, torch.where(y == 1, 0.0, below))

    def __len__(self) -> int:
        return len(self.y)

    def to(self, device: str) -> Part:
        """The same points on another device."""
        return Part(self.design.to(device), self.y.to(device), self.limit.to(device))

    def correct(self, wrong: Tensor) -> Tensor:
        """Points classified correctly, (...,), by logits of the wrong class (..., n)."""
        return (wrong <= self.limit).count_nonzero(-1)


class _Tally:
    """Loss and number of points classified correctly, step by step."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._keep_logits = len(part) < _KEEP_LOGITS_BELOW
        self._losses: list[Tensor] = []
        self._verdicts: list[Tensor] = []

    def add(self, wrong: Tensor, loss: Tensor) -> None:
        wrong = wrong.detach()
        self._losses.append(loss.detach())
        self._verdicts.append(wrong if self._keep_logits else self._part.correct(wrong))

    def columns(self) -> Tensor:
        """(steps, 2) float32."""
        correct = torch.stack(self._verdicts)
        if self._keep_logits:
            correct = self._part.correct(correct)  # (steps, n) -> (steps,)
        return torch.stack([torch.stack(self._losses), correct.to(torch.float32)], 1)


@dataclass(frozen=True)
class Snapshot:
    """All that training depends on just before `iteration`, on the device of `config`, the settings
    until then."""

    iteration: int
    config: RunConfig
    parameters: Tensor
    gradient: Tensor | None
    optimizer_state: dict[str, object]
    batches: BatchState | None


class Engine:
    """Model, optimiser and data on one device.

    Args:
        config: the settings.
        training: the points to train on, on the CPU.
        test: points to measure on as well.
    """

    def __init__(self, config: RunConfig, training: Part, test: Part | None = None) -> None:
        self._config = config
        self._training, self._test = training, test
        self._device = "cpu"
        self._move_data(config.device)
        parameters = initial_parameters(config, training.design.shape[1] - 1).to(config.device)
        self._parameters = parameters.requires_grad_()  # (d + 1,)
        self._optimizer = config.optimizer.build([self._parameters])
        self._batches: Batches | None = None

    @property
    def chunk_length(self) -> int:
        """How many steps one chunk may hold."""
        elements = (
            _CHUNK_ELEMENTS_CPU if self._config.device == "cpu" else _CHUNK_ELEMENTS_ACCELERATOR
        )
        numbers_a_step = self._training.design.numel() // 3 * self._config.optimizer.evaluations
        return max(1, min(_LONGEST_CHUNK, elements // max(1, numbers_a_step)))

    def advance(self, steps: int) -> np.ndarray:
        """Train and record `steps` moments, each as it is before its update.

        Returns:
            (steps, d + 3) float32: w0, ..., b, loss, number of points classified correctly; and
            the latter two of the test points, if any. On an accelerator the record is made there
            and copied once.
        """
        config, parameters, optimizer = self._config, self._parameters, self._optimizer
        loss_function = LOSSES[config.loss].function
        design, y = self._training.design, self._training.y
        recorded: list[Tensor] = []
        tally = _Tally(self._training)
        test_tally = None if self._test is None else _Tally(self._test)
        plain = not (config.mini_batches or config.optimizer.evaluations > 1)
        with _threads_for(len(y)):
            for _ in range(steps):
                wrong = torch.mv(design, parameters)  # (n,)
                loss = loss_function(wrong, y)
                recorded.append(parameters.detach().clone())
                tally.add(wrong, loss)
                if test_tally is not None:
                    test_tally.add(*_evaluated(self._test, parameters, config.loss))
                if plain:
                    self._backward(loss)
                    optimizer.step()
                else:
                    self._step_with_closure()
                del wrong, loss  # their memory serves the next step
            tallies = [one.columns() for one in (tally, test_tally) if one is not None]
            return torch.cat([torch.stack(recorded), *tallies], 1).cpu().numpy()

    def evaluate(self, parameters: Tensor, loss: str) -> np.ndarray:
        """One row as of `advance`, at any parameters (d + 1,) float32; training is untouched."""
        parts = [self._training] if self._test is None else [self._training, self._test]
        parameters = parameters.to(self._device)
        row = [parameters]
        with _threads_for(len(self._training)):  # another number would round differently
            for part in parts:
                wrong, value = _evaluated(part, parameters, loss)
                row.append(torch.stack([value, part.correct(wrong).to(torch.float32)]))
        return torch.cat(row).cpu().numpy()

    def _backward(self, loss: Tensor) -> Tensor:
        """Add the penalty, and leave the gradient in the parameters."""
        config = self._config
        if config.l1 or config.l2:
            loss = loss + penalty(self._parameters, config.l1, config.l2)
        if config.zero_grad:
            self._parameters.grad = None
        loss.backward()
        return loss

    def _step_with_closure(self) -> None:
        """One step on the next mini-batch, if any, with torch's own way to evaluate it again."""
        config, design, y = self._config, self._training.design, self._training.y
        if config.mini_batches:
            batch = self._next_batch(config).to(self._device)
            design, y = design[batch], y[batch]  # (batch_size, d + 1)
        loss_function = LOSSES[config.loss].function

        def closure() -> Tensor:
            return self._backward(loss_function(torch.mv(design, self._parameters), y))

        self._optimizer.step(closure)

    def _next_batch(self, config: RunConfig) -> Tensor:
        if self._batches is None or self._batches.seed != config.shuffle_seed:
            self._batches = Batches(len(self._training), config.shuffle_seed)
        return self._batches.next(config.batch_size)

    def configure(self, config: RunConfig) -> None:
        """Go on under other settings; parameters and optimiser state move along."""
        if config.device != self._device:
            self._restore_tensors(self.snapshot(0), config)
        elif type(config.optimizer) is not type(self._config.optimizer):
            self._optimizer = config.optimizer.build([self._parameters])
        else:
            config.optimizer.apply_to(self._optimizer)
        self._config = config

    def snapshot(self, iteration: int) -> Snapshot:
        """Copy the state of training, to go on from later."""
        gradient = self._parameters.grad
        return Snapshot(
            iteration,
            self._config,
            self._parameters.detach().clone(),
            None if gradient is None else gradient.clone(),
            copy.deepcopy(self._optimizer.state_dict()),
            None if self._batches is None else self._batches.state,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Return to the state of a snapshot, its settings included."""
        self._restore_tensors(snapshot, snapshot.config)
        self._config = snapshot.config

    def _restore_tensors(self, snapshot: Snapshot, config: RunConfig) -> None:
        self._move_data(config.device)
        # `to` gives back the snapshot's own tensor where the device is the same.
        self._parameters = snapshot.parameters.to(config.device).clone().requires_grad_()
        if snapshot.gradient is not None:
            self._parameters.grad = snapshot.gradient.to(config.device).clone()
        same_optimizer = type(config.optimizer) is type(snapshot.config.optimizer)
        self._optimizer = config.optimizer.build([self._parameters])
        if same_optimizer:
            self._optimizer.load_state_dict(copy.deepcopy(snapshot.optimizer_state))
            config.optimizer.apply_to(self._optimizer)
        state = snapshot.batches
        self._batches = None if state is None else Batches.at(len(self._training), state)

    def _move_data(self, device: str) -> None:
        if device != self._device:
            self._training = self._training.to(device)
            self._test = None if self._test is None else self._test.to(device)
            self._device = device


def initial_parameters(config: RunConfig, dimension: int) -> Tensor:
    """Where training starts: (w0, ..., b), (d + 1,) float32, on the CPU."""
    if config.initial_weights is not None:
        return torch.tensor(config.initial_weights, dtype=torch.float32)
    model = LogisticRegression(dimension, torch.Generator().manual_seed(config.init_seed))
    return torch.cat([p.detach().flatten() for p in model.features.parameters()])


def _evaluated(part: Part, parameters: Tensor, loss: str) -> tuple[Tensor, Tensor]:
    """Logits of the wrong class, and loss, without a graph."""
    with torch.no_grad():
        wrong = torch.mv(part.design, parameters)
        return wrong, LOSSES[loss].function(wrong, part.y)


@contextmanager
def _threads_for(points: int) -> Iterator[None]:
    before = torch.get_num_threads()
    if points >= _ONE_THREAD_BELOW or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
