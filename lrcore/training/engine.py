"""The training loop itself: forward, loss, backward, step."""

from __future__ import annotations

import copy
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from lrcore.model import LOSSES, LogisticRegression, penalty
from lrcore.optim import OptimizerSettings
from lrcore.training.batches import Batches, BatchState
from lrcore.training.config import RunConfig
from lrcore.training.errors import NoStepError, step
from lrcore.training.part import Part, Tally

# Below this many points one thread computes. Two would wait for each other longer than they gain:
# on few points always, on more points when the browser needs a core.
_ONE_THREAD_BELOW = 500_000
# How many points times steps a chunk has at most: on a CPU it then takes about 30 ms.
_CHUNK_ELEMENTS_CPU = 2**23
_CHUNK_ELEMENTS_ACCELERATOR = 2**26
_LONGEST_CHUNK = 256


@dataclass(frozen=True)
class Snapshot:
    """All that training depends on just before `iteration`.

    `config` holds the settings until then; the tensors lie on its device.
    """

    iteration: int
    config: RunConfig
    parameters: Tensor
    gradient: Tensor | None
    optimizer_state: dict[str, object]
    batches: BatchState | None

    @property
    def nbytes(self) -> int:
        """Memory in use, in bytes, without what Python itself needs for it."""
        return self.parameters.nbytes + _tensor_bytes(self.optimizer_state)


class Engine:
    """Model, optimiser and points on one device.

    Args:
        config: the settings.
        training: the points to train on, on the CPU.
        test: points to measure on alone, if there are any.
    """

    def __init__(self, config: RunConfig, training: Part, test: Part | None = None) -> None:
        self._config = config
        self._training, self._test = training, test
        self._device = "cpu"
        self._move_data(config.device)
        parameters = initial_parameters(config, training.design.shape[1] - 1).to(config.device)
        self._parameters = parameters.requires_grad_()  # (d + 1,)
        self._use_optimizer(config.optimizer)
        self._batches: Batches | None = None
        self.batch: Tensor | None = None  # indices of the last mini-batch
        self.stuck = ""  # why the optimiser finds no step from here
        # (steps, 2) of the last `advance`: how often each step evaluated the loss, and the
        # milliseconds that it took.
        self.effort = np.zeros((0, 2), np.float32)
        self._evaluations = 0
        # Is told the parameters and what is lowered, after each backward.
        self.watch: Callable[[Tensor, Tensor], None] | None = None

    @property
    def training(self) -> Part:
        """The points to train on, on the device."""
        return self._training

    @property
    def nbytes(self) -> int:
        """Memory that the points take here, in bytes."""
        parts = [self._training] if self._test is None else [self._training, self._test]
        return sum(part.design.nbytes + part.y.nbytes for part in parts)

    @property
    def chunk_length(self) -> int:
        """How many steps are trained in one go, from 1 to 256."""
        elements = (
            _CHUNK_ELEMENTS_CPU if self._config.device == "cpu" else _CHUNK_ELEMENTS_ACCELERATOR
        )
        # A model with two features has three numbers a point; one with more takes longer.
        points_a_step = self._training.design.numel() // 3 * self._config.optimizer.evaluations
        return max(1, min(_LONGEST_CHUNK, elements // max(1, points_a_step)))

    def advance(self, steps: int) -> np.ndarray:
        """Train and record `steps` moments, each as it is before its update.

        Returns:
            (steps, d + 3) float32: w0, ..., b, mean loss, number of points that are right. With
            test points (steps, d + 5): loss and number of these follow. On an accelerator the rows
            are put together there and copied once. Fewer rows where the last has no successor.

        Raises:
            NoStepError: the moment before has none.
        """
        if self.stuck:
            raise NoStepError(self.stuck)
        config, parameters = self._config, self._parameters
        loss_function = LOSSES[config.loss].function
        design, y = self._training.design, self._training.y
        recorded: list[Tensor] = []
        tally = Tally(self._training)
        tests = [] if self._test is None else [(self._test, Tally(self._test))]
        # Mini-batches, and optimisers that evaluate the loss again, need a loss of their own; the
        # latter search for a step in vain where it is not finite, and the run ends there.
        recorded_loss_serves = not (config.mini_batches or config.optimizer.evaluations > 1)
        evaluations: list[int] = []
        begun, self._evaluations = time.perf_counter_ns(), 0
        with threads_for(len(y)):
            for _ in range(steps):
                negative_margins = torch.mv(design, parameters)  # (n,)
                loss = loss_function(negative_margins, y)
                recorded.append(parameters.detach().clone())
                tally.add(negative_margins, loss)
                for test, test_tally in tests:
                    test_tally.add(*test.evaluate(parameters, config.loss))
                try:
                    if recorded_loss_serves:
                        self._backward(loss)
                        step(self._step)
                    elif config.optimizer.evaluations == 1 or loss.isfinite():
                        self._step_with_closure()
                except NoStepError as error:  # the moments until here are those of the run
                    self.stuck = str(error)
                    break
                finally:
                    evaluations.append(self._evaluations)
                del negative_margins, loss  # their memory serves the next step
            tallies = [tally, *(test_tally for _, test_tally in tests)]
            columns = [torch.stack(recorded), *(one.columns() for one in tallies)]
            rows = torch.cat(columns, 1).cpu().numpy()
        self.effort = np.zeros((len(rows), 2), np.float32)
        self.effort[:, 0] = np.diff(evaluations, prepend=0)
        # An accelerator is waited for once a chunk, so that single steps cannot be told apart.
        self.effort[:, 1] = (time.perf_counter_ns() - begun) / 1e6 / len(rows)
        return rows

    def evaluate(self, parameters: Tensor, loss: str) -> np.ndarray:
        """One row as of `advance`, at any parameters (d + 1,) float32; training is untouched."""
        parts = [self._training] if self._test is None else [self._training, self._test]
        parameters = parameters.to(self._device)
        row = [parameters]
        with threads_for(len(self._training)):  # another number would round differently
            for part in parts:
                negative_margins, value = part.evaluate(parameters, loss)
                correct = part.correct(negative_margins).to(torch.float32)
                row.append(torch.stack([value, correct]))
        return torch.cat(row).cpu().numpy()

    def _backward(self, loss: Tensor) -> Tensor:
        """Add the penalty, and leave the gradient in the parameters."""
        config = self._config
        self._evaluations += 1
        if config.l1 or config.l2:
            loss = loss + penalty(self._parameters, config.l1, config.l2)
        if config.zero_grad:
            self._parameters.grad = None
        loss.backward()
        if self.watch is not None:
            self.watch(self._parameters, loss)
        return loss

    def _step_with_closure(self) -> None:
        """One step that evaluates the loss again, as often as the optimiser asks.

        On the next mini-batch if there are mini-batches, else on all training points.
        """
        config, design, y = self._config, self._training.design, self._training.y
        if config.mini_batches:
            self.batch = self._next_batch(config).to(self._device)
            design, y = design[self.batch], y[self.batch]  # (batch_size, d + 1)
        loss_function = LOSSES[config.loss].function

        def closure() -> Tensor:
            return self._backward(loss_function(torch.mv(design, self._parameters), y))

        step(self._step, closure)

    def _use_optimizer(self, settings: OptimizerSettings) -> None:
        """Step with a new optimiser, by the method inside of torch's wrapping.

        The wrapping serves the profiler and the compiler; it costs more than a step on few points
        does, and imports the compiler (a second).
        """
        self._optimizer = settings.build([self._parameters])
        self._step: Callable[..., object] = partial(
            inspect.unwrap(type(self._optimizer).step), self._optimizer
        )

    def _next_batch(self, config: RunConfig) -> Tensor:
        if self._batches is None or self._batches.seed != config.shuffle_seed:
            self._batches = Batches(len(self._training), config.shuffle_seed)
        return self._batches.next(config.batch_size)

    def configure(self, config: RunConfig) -> None:
        """Go on under other settings; parameters and optimiser state move along."""
        if config.device != self._device:
            self._restore_tensors(self.snapshot(0), config)
        elif type(config.optimizer) is not type(self._config.optimizer):
            self._use_optimizer(config.optimizer)
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
        """Go back to the state of a snapshot, its settings included."""
        self._restore_tensors(snapshot, snapshot.config)
        self._config = snapshot.config

    def _restore_tensors(self, snapshot: Snapshot, config: RunConfig) -> None:
        self.stuck = ""
        self._move_data(config.device)
        # `to` gives back the snapshot's own tensor where the device is the same.
        self._parameters = snapshot.parameters.to(config.device).clone().requires_grad_()
        if snapshot.gradient is not None:
            self._parameters.grad = snapshot.gradient.to(config.device).clone()
        same_optimizer = type(config.optimizer) is type(snapshot.config.optimizer)
        self._use_optimizer(config.optimizer)
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


def _tensor_bytes(value: object) -> int:
    """Bytes of all tensors in a value, however deep."""
    if isinstance(value, Tensor):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(_tensor_bytes, value.values()))
    return sum(map(_tensor_bytes, value)) if isinstance(value, list | tuple) else 0


def initial_parameters(config: RunConfig, dimension: int) -> Tensor:
    """Where training starts: (w0, ..., b), (d + 1,) float32, on the CPU."""
    if config.initial_weights is not None:
        return torch.tensor(config.initial_weights, dtype=torch.float32)
    model = LogisticRegression(dimension, torch.Generator().manual_seed(config.init_seed))
    return torch.cat([p.detach().flatten() for p in model.features.parameters()])


@contextmanager
def threads_for(points: int) -> Iterator[None]:
    """As many threads as pay for so many points; another number would round differently."""
    before = torch.get_num_threads()
    if points >= _ONE_THREAD_BELOW or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
