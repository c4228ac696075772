"""A run as a script of PyTorch that repeats it, and needs torch alone."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from lrcore.model import LOSSES
from lrcore.optim import OptimizerSettings
from lrcore.training import Run, RunConfig, weight_names
from lrcore.training.loop import argument_of_loss, loop

_ROWS = 20  # of the table that the script prints, about
# From so many points on, a run is computed by several threads, and a script is too.
_MANY = 500_000
_SPLIT = (
    "test = torch.zeros(len(y), dtype=torch.bool)",
    "for label in (0, 1):",
    "    members = (y == label).nonzero().squeeze(1)",
    "    order = torch.randperm(len(members), generator=generator)",
)


def script(
    run: Run, *, until: int | None = None, title: str = "", written_out: bool = False
) -> str:
    """The whole record of a run, its live changes included, as a script.

    On the CPU it ends with the weights of the run, bit for bit; on another device the run has
    rounded its sums in another order, and the script says so. Moments whose numbers are not finite
    are left out.

    Args:
        run: at least one moment of it is finite.
        until: the moment that the script ends with; the last one if left out.
        title: a line of comment on top, such as a link.
        written_out: what `optimizer.step` does stands there as operations, where the optimiser has
            them; for a run without changes.
    """
    return "\n\n".join("\n".join(block) for block in blocks(run, until, title, written_out)) + "\n"


def blocks(
    run: Run, until: int | None = None, title: str = "", written_out: bool = False
) -> list[list[str]]:
    """The parts of the script, each some lines: what a notebook has in a cell."""
    last = _last_finite(run, until)
    return [
        list(_head(run, title)),
        list(_points(run)),
        list(_model(run)),
        _loss(None, run.segments[0].config),
        list(_report(run)),
        *(stage.lines() for stage in _stages(run, last, written_out)),
        list(_end(run, last)),
    ]


def _last_finite(run: Run, until: int | None) -> int:
    moments = run.columns(0, None if until is None else until + 1)
    finite = np.isfinite(moments.table()).all(1)
    return len(finite) - 1 - int(finite[::-1].argmax())


def _head(run: Run, title: str) -> Iterator[str]:
    yield f"# Logistic regression: {run.config.data.title}, {run.config.optimizer.title}."
    if title:
        yield f"# {title}"
    if any("math." in line for line in run.config.data.code()):
        yield "import math"
    yield "import torch"
    yield "import torch.nn.functional as F"
    if (~run.is_test).sum() < _MANY:
        yield "torch.set_num_threads(1)  # another number would round differently"


def _points(run: Run) -> Iterator[str]:
    """x (n, d + 1) and y of the training points; x_test and y_test where there are test points."""
    config = run.config
    yield from config.data.code()
    has_test = bool(run.is_test.any())
    if has_test:
        yield ""
        seed = config.split_seed
        yield f"generator = torch.Generator().manual_seed({seed})  # for the test points"
        yield from _SPLIT
        yield f"    test[members[order[: int({config.test_share} * len(members) + 1e-9)]]] = True"
    training = "x[~test]" if has_test else "x"
    if config.standardise:
        yield f"fitted = {training}.double()"
        yield "mean, spread = fitted.mean(0).float(), fitted.std(0, correction=0).float()"
        yield "x = (x - mean) / torch.where(spread > 0, spread, 1)"
    features = config.features.code()
    if features:
        yield f"fitted = {training}"
        yield from features
    yield ""
    yield "# The constant 1 belongs to b. How numbers lie in memory decides how sums are rounded."
    yield "x = torch.cat([x, torch.ones(len(y), 1)], 1)"
    if has_test:
        yield "x_test, y_test, x, y = x[test], y[test], x[~test], y[~test]"
    yield "x = x.t().contiguous().t()"


def float32_digits(values: Iterable[float]) -> str:
    """Numbers of float32, with commas, in as few digits as tell them apart."""
    return ", ".join(repr(float(str(np.float32(value)))) for value in values)


def _model(run: Run) -> Iterator[str]:
    step = run.step(0)
    names = ", ".join(weight_names(run.config.features))
    theta = float32_digits((*step.weights, step.bias))
    yield f"theta = torch.tensor([{theta}], requires_grad=True)  # {names}"


def _report(run: Run) -> Iterator[str]:
    """A function that prints a row of the table, and the table's head."""
    has_test = bool(run.is_test.any())
    names = ["loss", "accuracy", *(["test loss", "test acc."] if has_test else [])]
    head = ["iteration", *names, *weight_names(run.config.features)]
    test = " measured(x_test, y_test)," if has_test else ""
    yield "def report(iteration):"
    yield '    weights = " ".join(f"{value:9.4f}" for value in theta.tolist())'
    yield f'    print(f"{{iteration:9d}}", measured(x, y),{test} weights)'
    yield ""
    yield f'print("{" ".join(f"{name:>9}" for name in head)}")'


@dataclass
class _Stage:
    """Iterations with the same lines in the loop; `changes` are made on the way, by iteration."""

    start: int
    stop: int
    before: list[str]
    body: list[str]
    every: int
    changes: dict[int, list[str]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        first = f"range({self.stop})" if self.start == 0 else f"range({self.start}, {self.stop})"
        changed = [
            line
            for at, changes in self.changes.items()
            for line in (f"    if iteration == {at}:", *(f"        {one}" for one in changes))
        ]
        return [
            *self.before,
            f"for iteration in {first}:",
            *changed,
            f"    if iteration % {self.every} == 0:",
            "        report(iteration)",
            *self.body,
        ]


def _stages(run: Run, last: int, written_out: bool) -> list[_Stage]:
    """The loops of the run: a change of a rate stays in its loop, another one begins the next."""
    segments = [one for one in run.segments if one.start < max(1, last)]
    stops = [*(one.start for one in segments[1:]), last]
    every = max(1, last // _ROWS)
    found: list[_Stage] = []
    before: RunConfig | None = None
    for (start, config), stop in zip(((s.start, s.config) for s in segments), stops, strict=True):
        body = [str(line) for line in loop(config, written_out=written_out)[1:]]
        changed = _optimizer(before, config, written_out)
        rest = [*(_loss(before, config) if before else []), *_batches(before, config)]
        if found and found[-1].body == body and not rest and _same_kind(before, config):
            found[-1].changes |= {start: changed} if changed else {}
            found[-1].stop = stop
        else:
            found.append(_Stage(start, stop, [*rest, *changed], body, every))
        before = config
    return found


def _same_kind(before: RunConfig | None, config: RunConfig) -> bool:
    return before is not None and type(before.optimizer) is type(config.optimizer)


def _loss(before: RunConfig | None, config: RunConfig) -> list[str]:
    """The function of the loss, and one that measures with it."""
    if before is not None and before.loss == config.loss:
        return []
    _, given, expression = argument_of_loss(config)
    loss = LOSSES[config.loss]
    value = "z" if given == "z" else "torch.sigmoid(z)"
    return [
        *([f"# {loss.code}, rounded as the run is:"] if loss.exact else []),
        f"def loss_fn({given}, y):",
        f"    return {expression}",
        "",
        "def measured(x, y):",
        "    z = (x @ theta).detach()",
        "    right = (z >= 0) == (y == 1)",
        f'    return f"{{loss_fn({value}, y):9.4f}} {{right.double().mean():9.4f}}"',
    ]


def _batches(before: RunConfig | None, config: RunConfig) -> list[str]:
    """The order of the points goes on, unless its seed is another one."""
    known = before is not None and before.mini_batches
    if not config.mini_batches or (
        known and before is not None and before.shuffle_seed == config.shuffle_seed
    ):
        return []
    return [
        f"generator = torch.Generator().manual_seed({config.shuffle_seed})  # for mini-batches",
        "order = torch.tensor([])",
    ]


def _optimizer(before: RunConfig | None, config: RunConfig, written_out: bool) -> list[str]:
    """A new optimiser, or what changes in the present one."""
    optimizer = config.optimizer
    if before is not None and _same_kind(before, config):
        return list(optimizer.change_code(before.optimizer))
    if written_out and optimizer.update():
        return [f"{name} = torch.zeros_like(theta)" for name in optimizer.memory()]
    return [_made(optimizer)]


def _made(optimizer: OptimizerSettings) -> str:
    usual = inspect.signature(optimizer.torch_class).parameters
    given = "".join(
        f", {name}={value!r}"
        for name, value in optimizer.hyperparameters().items()
        if value != usual[name].default
    )
    return f"optimizer = torch.optim.{optimizer.torch_class.__name__}([theta]{given})"


def _end(run: Run, last: int) -> Iterator[str]:
    step = run.step(last)
    names = weight_names(run.config.features)
    values = (*step.weights, step.bias)
    if any(segment.config.device != "cpu" for segment in run.segments):
        yield "# The run was computed on another device: the numbers agree to about five digits."
    yield f"report({last})"
    ends = ", ".join(f"{name} = {value:.6g}" for name, value in zip(names, values, strict=True))
    yield f"# The run ended with {ends}, loss {step.loss:.6g}, accuracy {step.accuracy:.6g}."
