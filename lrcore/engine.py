"""The training loop itself: forward, loss, backward, step."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lrcore.config import RunConfig
from lrcore.data import Dataset
from lrcore.model import LOSSES, LogisticRegression

# Two threads wait for each other longer than they gain: on a small sample always, on a larger one
# when the browser needs a core.
_ONE_THREAD_BELOW = 500_000
# Up to here the logits of a chunk are kept, to count all its accuracies at once.
_KEEP_LOGITS_BELOW = 20_000
# So that a chunk takes at most some 30 ms on a CPU (points times steps).
_CHUNK_ELEMENTS_CPU = 2**23
_CHUNK_ELEMENTS_ACCELERATOR = 2**26
_LONGEST_CHUNK = 256


@dataclass(frozen=True)
class Snapshot:
    """All that training depends on just before `iteration`, on the device of `config`."""

    iteration: int
    config: RunConfig
    parameters: Tensor
    gradient: Tensor | None
    optimizer_state: dict[str, object]


class Engine:
    """Model, optimiser and data on one device.

    The bias is the last entry of one parameter vector, multiplied by a constant feature 1
    (Bishop, Pattern Recognition and Machine Learning, section 4.3.2): one tensor to update
    halves the cost of a step.
    """

    def __init__(self, config: RunConfig, data: Dataset) -> None:
        self._data = data
        self._config = config
        self._place_data(config.device)
        parameters = initial_parameters(config, data.x.shape[1]).to(config.device)
        self._parameters = parameters.requires_grad_()  # (d + 1,)
        self._optimizer = config.optimizer.build([self._parameters])

    @property
    def chunk_length(self) -> int:
        """How many steps one chunk may hold."""
        elements = (
            _CHUNK_ELEMENTS_CPU if self._config.device == "cpu" else _CHUNK_ELEMENTS_ACCELERATOR
        )
        return max(1, min(_LONGEST_CHUNK, elements // len(self._data.y)))

    def advance(self, steps: int) -> np.ndarray:
        """Train and record `steps` moments, each as it is before its update.

        Returns:
            (steps, d + 3) float32: w0, ..., b, loss, number of points classified correctly. On an
            accelerator the record is made there and copied once.
        """
        config, design, y = self._config, self._design, self._y
        parameters, optimizer = self._parameters, self._optimizer
        loss_function = LOSSES[config.loss].function
        recorded: list[Tensor] = []
        losses: list[Tensor] = []
        verdicts: list[Tensor] = []
        keep_logits = len(self._data.y) < _KEEP_LOGITS_BELOW
        with _threads_for(len(self._data.y)):
            for _ in range(steps):
                z = torch.mv(design, parameters)  # (n,)
                loss = loss_function(z, y)
                recorded.append(parameters.detach().clone())
                losses.append(loss.detach())
                verdicts.append(z.detach() if keep_logits else self._correct(z.detach()))
                if config.zero_grad:
                    parameters.grad = None
                loss.backward()
                optimizer.step()
                del z, loss  # their memory serves the next step
            correct = torch.stack(verdicts)
            if keep_logits:
                correct = self._correct(correct)  # (steps, n) -> (steps,)
            tail = torch.stack([torch.stack(losses), correct.to(torch.float32)], 1)
            return torch.cat([torch.stack(recorded), tail], 1).cpu().numpy()

    def _correct(self, logits: Tensor) -> Tensor:
        """Points classified correctly, (...,), by logits (..., n)."""
        return ((logits >= 0) == self._in_class_1).count_nonzero(-1)

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
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Return to the state of a snapshot, its settings included."""
        self._restore_tensors(snapshot, snapshot.config)
        self._config = snapshot.config

    def _restore_tensors(self, snapshot: Snapshot, config: RunConfig) -> None:
        if config.device != self._device:
            self._place_data(config.device)
        # `to` gives back the snapshot's own tensor where the device is the same.
        self._parameters = snapshot.parameters.to(config.device).clone().requires_grad_()
        if snapshot.gradient is not None:
            self._parameters.grad = snapshot.gradient.to(config.device).clone()
        same_optimizer = type(config.optimizer) is type(snapshot.config.optimizer)
        self._optimizer = config.optimizer.build([self._parameters])
        if same_optimizer:
            self._optimizer.load_state_dict(copy.deepcopy(snapshot.optimizer_state))
            config.optimizer.apply_to(self._optimizer)

    def _place_data(self, device: str) -> None:
        ones = torch.ones(len(self._data.y), 1)
        design = torch.cat([self._data.x, ones], 1)  # (n, d + 1)
        # Column by column, the products with and by the matrix read memory in order.
        self._design = design.to(device).t().contiguous().t()
        self._y = self._data.y.to(device)
        self._in_class_1 = self._y.bool()
        self._device = device


def initial_parameters(config: RunConfig, dimension: int) -> Tensor:
    """Where training starts: (w0, ..., b), (d + 1,) float32, on the CPU."""
    if config.initial_weights is not None:
        return torch.tensor(config.initial_weights, dtype=torch.float32)
    model = LogisticRegression(dimension, torch.Generator().manual_seed(config.init_seed))
    return torch.cat([p.detach().flatten() for p in model.features.parameters()])


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
