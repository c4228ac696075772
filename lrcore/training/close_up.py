"""One step of a run, taken again under the magnifying glass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.model import LOSSES, negative_margins, penalty
from lrcore.training.config import RunConfig
from lrcore.training.engine import Engine, Snapshot, threads_for
from lrcore.training.errors import NoStepError

State = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One forward and backward within a step.

    Args:
        parameters: (d + 1,), where.
        objective: scalar, what is lowered there: loss of the batch and penalty.
        gradient: (d + 1,), what `.grad` holds afterwards.
    """

    parameters: Tensor
    objective: Tensor
    gradient: Tensor


@dataclass(frozen=True, eq=False)
class CloseUp:
    """All that happens in the step from one moment to the next.

    All tensors are on the CPU and float32, as training computed them, but for `batch`, int64.
    Parameters are (w0, w1, ..., b), (d + 1,); so are gradients and steps. The m points of the batch
    are all training points where there are no mini-batches.

    Args:
        iteration: the moment before the step.
        config: the settings of the step.
        batch: (m,), indices of the points used, among all points of the run.
        features: (m, d + 1), what the model sees of them, and the constant 1 that belongs to b.
        logits, probabilities, losses: (m,), of the parameters before.
        loss, penalty: scalars; the loss is the mean of `losses`.
        point_gradients: (m, d + 1), gradients of `losses`; their mean is `data_gradient`.
        data_gradient, penalty_gradient: of the two scalars.
        gradient_before: what `.grad` held as the iteration began, 0 where it held nothing.
        parameters_before, parameters_after: the second are the recorded next moment, bit for bit.
        state_before, state_after: the optimiser's state by torch's names, as `exp_avg`; (d + 1,),
            or scalars, or (k, d + 1) and (k,) for a memory of k steps; no entry where there is
            none.
        evaluations: the first is at the parameters before; optimisers that search have more.
    """

    iteration: int
    config: RunConfig
    batch: Tensor
    features: Tensor
    logits: Tensor
    probabilities: Tensor
    losses: Tensor
    loss: Tensor
    penalty: Tensor
    point_gradients: Tensor
    data_gradient: Tensor
    penalty_gradient: Tensor
    gradient_before: Tensor
    parameters_before: Tensor
    parameters_after: Tensor
    state_before: State
    state_after: State
    evaluations: tuple[Evaluation, ...]

    @property
    def left_gradient(self) -> Tensor:
        """What `.grad` holds when backward adds to it: 0 unless zero_grad is off."""
        kept = self.gradient_before
        return torch.zeros_like(kept) if self.config.zero_grad else kept

    @property
    def gradient(self) -> Tensor:
        """What the optimiser finds in `.grad`: what was left, of the data and of the penalty."""
        return self.evaluations[0].gradient

    @property
    def step(self) -> Tensor:
        """How far the parameters move: the sum of the three steps below."""
        return self.parameters_after - self.parameters_before

    @property
    def gradient_step(self) -> Tensor:
        """What the gradient alone would do at this learning rate."""
        return -self._rate * self.gradient

    @property
    def decay_step(self) -> Tensor:
        """What weight decay alone would do at this learning rate."""
        decay: float = getattr(self.config.optimizer, "weight_decay", 0.0)
        return -self._rate * decay * self.parameters_before

    @property
    def memory_step(self) -> Tensor:
        """What the optimiser's state adds to these two; 0 for SGD without momentum."""
        return self.step - self.gradient_step - self.decay_step

    @property
    def _rate(self) -> float:
        rate: float = getattr(self.config.optimizer, "lr", 1.0)
        return rate


def close_up(engine: Engine, iteration: int, points: Tensor) -> CloseUp:
    """Let an engine take one step, and look on.

    Args:
        engine: stands just before the step, under its settings. It moves on.
        iteration: the moment that it stands at.
        points: (n,), where its training points stand among all points.

    Raises:
        NoStepError: the optimiser finds no step from there.
    """
    before = engine.snapshot(iteration)
    evaluations: list[Evaluation] = []

    def watch(parameters: Tensor, objective: Tensor) -> None:
        assert parameters.grad is not None  # there has just been a backward
        seen = (parameters.detach(), objective.detach(), parameters.grad)
        evaluations.append(Evaluation(*(one.cpu().clone() for one in seen)))

    engine.watch = watch
    engine.advance(1)
    engine.watch = None
    if engine.stuck or not evaluations:
        raise NoStepError(engine.stuck or "There is no step from a loss that is not finite")
    after = engine.snapshot(iteration + 1)
    batch = engine.batch if before.config.mini_batches else None
    return CloseUp(
        iteration=iteration,
        config=before.config,
        batch=points if batch is None else points[batch.cpu()],
        **_forward_and_backward(engine, batch, before),
        gradient_before=(
            torch.zeros_like(before.parameters) if before.gradient is None else before.gradient
        ).cpu(),
        parameters_before=before.parameters.cpu(),
        parameters_after=after.parameters.cpu(),
        state_before=_state(before),
        state_after=_state(after),
        evaluations=tuple(evaluations),
    )


def _forward_and_backward(
    engine: Engine, batch: Tensor | None, before: Snapshot
) -> dict[str, Tensor]:
    """The fields from `features` to `penalty_gradient`, from the graph at the parameters before."""
    config, part = before.config, engine.training
    design, y = part.design, part.y
    if batch is not None:
        design, y = design[batch], y[batch]
    function = LOSSES[config.loss].function
    parameters = before.parameters.clone().requires_grad_()
    with threads_for(len(part)):
        negative = torch.mv(design, parameters)  # (m,)
        loss = function(negative, y)
        shares, of_data = torch.autograd.grad(loss, (negative, parameters))
        extra, of_penalty = torch.zeros(()), torch.zeros_like(of_data)
        if config.l1 or config.l2:  # 0 times a weight that has diverged is no number
            extra = penalty(parameters, config.l1, config.l2)
            (of_penalty,) = torch.autograd.grad(extra, parameters)
        negative = negative.detach()
        # Each point by itself is a mean over one.
        losses = torch.vmap(lambda m, label: function(m[None], label[None]))(negative, y)
    logits = negative_margins(negative, y)
    fields = {
        "features": design * (1 - 2 * y)[:, None],
        "logits": logits,
        "probabilities": torch.sigmoid(logits),
        "losses": losses,
        "loss": loss,
        "penalty": extra,
        "point_gradients": len(y) * shares[:, None] * design,
        "data_gradient": of_data,
        "penalty_gradient": of_penalty,
    }
    return {name: tensor.detach().cpu() for name, tensor in fields.items()}


def _state(snapshot: Snapshot) -> dict[str, Tensor]:
    """The optimiser's state of the one parameter tensor that there is."""
    states = snapshot.optimizer_state["state"]
    assert isinstance(states, dict)
    entries = {name: _as_tensor(value) for name, value in states.get(0, {}).items()}
    return {name: value for name, value in entries.items() if value is not None}


def _as_tensor(value: object) -> Tensor | None:
    """A number, a tensor or a list of them; None where nothing is remembered."""
    if isinstance(value, Tensor):
        return value.cpu()
    if isinstance(value, int | float):
        return torch.tensor(float(value))
    if isinstance(value, list) and value and all(isinstance(one, Tensor) for one in value):
        return torch.stack(value).cpu()
    return None
