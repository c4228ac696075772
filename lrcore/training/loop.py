"""The loop of a run as code: lines to light one by one, and a script that repeats the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.features import Basis
from lrcore.model import LOSSES
from lrcore.optim import Beat
from lrcore.training.close_up import CloseUp
from lrcore.training.config import RunConfig
from lrcore.training.engine import initial_parameters
from lrcore.training.split import held_out

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


def loop(config: RunConfig) -> tuple[LoopLine, ...]:
    """The loop of a run under these settings; `body` is its text.

    It is the course's loop, with b as the last entry of one tensor `theta` and what
    `optimizer.step` does written out, where the optimiser has it (`OptimizerSettings.update`).
    """
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
            *_evaluation(config, depth=2),
            LoopLine(f"return {_lowered(config)}", None, 2),
            _line("optimizer.step(closure)", Beat.STEP, "theta"),
        )
    return (*lines, *_evaluation(config, depth=1), *_update(config))


def _line(text: str, beat: Beat, shows: str = "", depth: int = 1) -> LoopLine:
    return LoopLine(text, beat, depth, _LIGHTS[beat], shows)


def _lowered(config: RunConfig) -> str:
    return "objective" if config.l1 or config.l2 else "loss"


def _evaluation(config: RunConfig, depth: int) -> list[LoopLine]:
    """From zero_grad to backward."""
    clear = "optimizer.zero_grad()"
    if config.optimizer.update():
        clear = "theta.grad = None  # optimizer.zero_grad()"
    if not config.zero_grad:
        clear = "# optimizer.zero_grad() is left out: the gradients add up"
    chosen = "[batch]" if config.mini_batches else ""
    of = _argument(config)[0]
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


def _update(config: RunConfig) -> list[LoopLine]:
    """What the optimiser does with the gradient."""
    update, memory = config.optimizer.update(), config.optimizer.memory()
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


def _argument(config: RunConfig) -> tuple[str, str, str]:
    """What the loss is given in the loop, its name in the function, and the function's line."""
    loss = LOSSES[config.loss]
    name = "z" if loss.exact else loss.on
    return "z" if name == "z" else "y_pred", name, loss.exact or loss.code


def body(config: RunConfig) -> str:
    """The lines of `loop` as text."""
    return "".join(f"{line}\n" for line in loop(config))


def head(config: RunConfig, start: Sequence[float] | None = None) -> str:
    """What must stand before `body` to make a script that needs torch alone.

    On the CPU it then has the weights of the run, bit for bit, until a loss is not finite. The
    points stand in it as numbers.

    Args:
        config: the settings; changes within a run are not in it.
        start: d + 1 numbers (w0, ..., b) to start from; where the run starts if None.

    Raises:
        DataError: there is no such data.
    """
    if start is None:
        start = initial_parameters(config, config.features.dimension).tolist()
    _, given, expression = _argument(config)
    loss = LOSSES[config.loss]
    note = f"  # {loss.code}, rounded as the run is" if loss.exact else ""
    lines = [
        "import torch",
        "import torch.nn.functional as F",
        "",
        "torch.set_num_threads(1)  # another number would round differently",
        *_points(config),
        "# The constant 1 belongs to b. How numbers lie in memory decides how sums are rounded.",
        "x = torch.cat([x, torch.ones(len(y), 1)], 1).t().contiguous().t()",
        f"theta = torch.tensor({list(start)}, requires_grad=True)  # w0, ..., b",
        "",
        f"def loss_fn({given}, y):",
        f"    return {expression}{note}",
        "",
    ]
    return "\n".join([*lines, *_memory(config), ""])


def _memory(config: RunConfig) -> list[str]:
    """What goes on from one iteration to the next, beside the weights."""
    optimizer = config.optimizer
    lines = [f"{name} = torch.zeros_like(theta)" for name in optimizer.memory()]
    if not optimizer.update():
        given = ", ".join(
            f"{name}={value!r}" for name, value in optimizer.hyperparameters().items()
        )
        lines = [f"optimizer = torch.optim.{optimizer.torch_class.__name__}([theta], {given})"]
    if config.mini_batches:
        lines += [
            f"generator = torch.Generator().manual_seed({config.shuffle_seed})",
            "order = torch.tensor([])",
        ]
    return lines


def _points(config: RunConfig) -> list[str]:
    """The training points, and how they become features; these alone where that has no line."""
    data = config.data.sample()
    data = data.take(~held_out(data.y, config.test_share, config.split_seed))
    y = f"y = torch.tensor({data.y.tolist()})"
    code = config.features.code()
    if not code:
        basis = Basis.fit(config.features, data.x, standardise=config.standardise)
        return [f"x = torch.tensor({basis(data.x).tolist()})  # features", y]
    lines = [f"x = torch.tensor({data.x.tolist()})", y]
    if config.standardise:
        lines += [
            "mean, spread = x.double().mean(0), x.double().std(0, correction=0)",
            "x = (x - mean.float()) / torch.where(spread > 0, spread, 1).float()",
        ]
    return lines if code == "x" else [*lines, f"x = {code}"]


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
