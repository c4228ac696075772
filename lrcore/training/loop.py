"""The loop of a run as code, line by line: to light, and to stand in a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.model import LOSSES
from lrcore.optim import Beat, UpdateLine
from lrcore.training.close_up import CloseUp
from lrcore.training.config import RunConfig

_LIGHTS: dict[Beat, tuple[str, ...]] = {
    Beat.BATCH: ("batch",),
    Beat.ZERO_GRAD: ("gradient_before", "left_gradient"),
    Beat.FORWARD: ("logits", "probabilities"),
    Beat.LOSS: ("losses", "loss", "penalty"),
    Beat.BACKWARD: ("point_gradients", "data_gradient", "penalty_gradient", "gradient"),
    Beat.DECAY: ("decay_step",),
    Beat.STEP: ("step", "parameters_after"),
}


@dataclass(frozen=True)
class LoopLine:
    """One line of the loop.

    Args:
        text: without indentation.
        beat: the part of an iteration that it belongs to; None for a line that only holds others.
        depth: how far it is indented; 0 for the line of the loop itself.
        lights: what it brings about, by the names of `CloseUp` and of the optimiser's state.
        shows: the variable whose value stands behind the line, if any.
    """

    text: str
    beat: Beat | None
    depth: int
    lights: tuple[str, ...] = ()
    shows: str = ""

    def __str__(self) -> str:
        return "    " * self.depth + self.text


def loop(config: RunConfig, *, written_out: bool = True) -> tuple[LoopLine, ...]:
    """The loop of a run under these settings, without what must stand before it.

    It is the course's loop, with b as the last entry of one tensor `theta`.

    Args:
        config: the settings; changes within a run are not in it.
        written_out: what `optimizer.step` does stands there as operations, where the optimiser has
            them (`OptimizerSettings.update`).
    """
    update = config.optimizer.update() if written_out else ()
    lines = [LoopLine(f"for iteration in range({config.max_iterations}):", None, 0)]
    if config.mini_batches:
        size = config.batch_size
        lines += [
            _line("if len(order) == 0:", Beat.BATCH),
            _line("order = torch.randperm(len(y), generator=generator)", Beat.BATCH, depth=2),
            _line(f"batch, order = order[:{size}], order[{size}:]", Beat.BATCH, "batch"),
        ]
    if config.optimizer.evaluations > 1:
        return (
            *lines,
            LoopLine("def closure():", None, 1),
            *_evaluation(config, "optimizer.zero_grad()", depth=2),
            LoopLine(f"return {_lowered(config)}", None, 2),
            _line("optimizer.step(closure)", Beat.STEP, "theta"),
        )
    clear = "theta.grad = None  # optimizer.zero_grad()" if update else "optimizer.zero_grad()"
    return (*lines, *_evaluation(config, clear, depth=1), *_step(config, update))


def _line(text: str, beat: Beat, shows: str = "", depth: int = 1) -> LoopLine:
    return LoopLine(text, beat, depth, _LIGHTS[beat], shows)


def _lowered(config: RunConfig) -> str:
    return "objective" if config.l1 or config.l2 else "loss"


def _evaluation(config: RunConfig, clear: str, depth: int) -> list[LoopLine]:
    """From zero_grad to backward."""
    if not config.zero_grad:
        clear = "# optimizer.zero_grad() is left out: the gradients add up"
    chosen = "[batch]" if config.mini_batches else ""
    of = argument_of_loss(config)[0]
    lines = [
        _line(clear, Beat.ZERO_GRAD, "", depth),
        _line(f"z = x{chosen} @ theta", Beat.FORWARD, "z", depth),
        _line("y_pred = torch.sigmoid(z)", Beat.FORWARD, "y_pred", depth),
        _line(f"loss = loss_fn({of}, y{chosen})", Beat.LOSS, "loss", depth),
    ]
    if config.l1 or config.l2:
        l1 = f"{config.l1} * w.abs().sum()" if config.l1 else ""
        l2 = f"{config.l2} / 2 * w.square().sum()" if config.l2 else ""
        penalty = " + ".join(filter(None, (l1, l2)))
        lines += [
            LoopLine("w = theta[:-1]", Beat.LOSS, depth),
            _line(f"penalty = {penalty}", Beat.LOSS, "penalty", depth),
            _line("objective = loss + penalty", Beat.LOSS, "objective", depth),
        ]
    return [*lines, _line(f"{_lowered(config)}.backward()", Beat.BACKWARD, "theta.grad", depth)]


def _step(config: RunConfig, update: Sequence[UpdateLine]) -> list[LoopLine]:
    """What the optimiser does with the gradient."""
    memory = config.optimizer.memory()
    if not update:
        return [_line("optimizer.step()", Beat.STEP, "theta")]
    return [
        LoopLine("with torch.no_grad():  # what optimizer.step() does", None, 1),
        *(
            LoopLine(
                line.text,
                line.beat,
                2,
                (memory[line.shows],) if line.shows in memory else _LIGHTS.get(line.beat, ()),
                line.shows,
            )
            for line in update
        ),
    ]


def argument_of_loss(config: RunConfig) -> tuple[str, str, str]:
    """What the loss is given in the loop, its name in the function, and the function's line."""
    loss = LOSSES[config.loss]
    name = "z" if loss.exact else loss.on
    return "z" if name == "z" else "y_pred", name, loss.exact or loss.code


def values(close: CloseUp) -> tuple[str, ...]:
    """What stands behind each line of `loop` in this very step; empty where it has no number."""
    shown: dict[str, str] = {
        "batch": f"{len(close.batch)} points",
        "z": _range(close.logits),
        "y_pred": _range(close.probabilities),
        "loss": _numbers(close.loss),
        "penalty": _numbers(close.penalty),
        "objective": _numbers(close.evaluations[0].objective),
        "theta.grad": _numbers(close.gradient),
        "theta": _numbers(close.parameters_after),
    }
    update = (_numbers(value) for _, value in update_values(close))
    written_out = {line.text for line in close.config.optimizer.update()}
    return tuple(
        next(update) if line.text in written_out else shown.get(line.shows, "")
        for line in loop(close.config)
    )


def update_values(close: CloseUp) -> list[tuple[str, Tensor]]:
    """Run the lines of the update on the numbers of this step: what each line makes, and its name.

    Returns:
        Nothing where the step stays a call of `optimizer.step`.
    """
    optimizer = close.config.optimizer
    theta = close.parameters_before.clone()
    theta.grad = close.gradient.clone()
    scope: dict[str, object] = {
        name: close.state_before.get(state, torch.zeros_like(theta)).clone()
        for name, state in optimizer.memory().items()
    }
    # An optimiser that came later counts its own steps.
    scope |= {"theta": theta, "iteration": int(close.state_after.get("step", torch.ones(()))) - 1}
    found = []
    for line in optimizer.update():
        exec(line.text, scope)
        found.append((line.shows, torch.as_tensor(scope[line.shows]).detach().clone()))
    return found


def _numbers(value: Tensor) -> str:
    """A scalar, or a vector of which the first four are shown."""
    if value.dim() == 0:
        return f"{value.item():.4g}"
    rest = ", …" if len(value) > 4 else ""
    return "(" + ", ".join(f"{one:.4g}" for one in value[:4].tolist()) + rest + ")"


def _range(value: Tensor) -> str:
    return f"{value.min():.4g} to {value.max():.4g}" if len(value) else ""
