"""What the coach says of random runs, held against the same numbers computed in other ways.

`python -m tests.coach_cases 2000` looks at so many runs and counts what each rule said, and how
many of its tries did what they promise. A case is made from its number alone.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lrcore import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Blobs,
    Circles,
    Columns,
    Cubic,
    Iris,
    Linear,
    Moons,
    Quadratic,
    Radial,
    RMSprop,
    Run,
    RunConfig,
    Sine,
    Status,
    Xor,
)
from lrcore.coach import RULES, Advice, Evidence, advise
from lrcore.landscape import Minimum, curvature, lowest, objective_of
from lrcore.training.split import held_out
from tests import by_hand

HORIZON = 200  # iterations after which a try is judged
NUMBER = r"(-?[\d.,]+(?:e[+-]?\d+)?)"


def config_of(chance: random.Random) -> RunConfig:
    """Settings of many kinds, most of them such that a rule may have something to say."""
    pick = chance.choice
    n = pick((10, 20, 30))
    data = pick(
        (
            Blobs(
                samples_per_class=n,
                mean=round(chance.uniform(0, 3), 1),
                bias=pick((0.0, 1.0, 1.0, 5.0, -5.0)),
                std=pick((0.3, 1.0, 1.0, 2.0)),
                imbalance=pick((1.0, 1.0, 1.0, 5.0, 20.0)),
                correlation=pick((0.0, 0.0, 0.8)),
                seed=chance.randrange(1000),
            ),
            Blobs(samples_per_class=n, mean=1.6, seed=chance.randrange(1000)),
            Moons(samples_per_class=n, seed=chance.randrange(1000)),
            Circles(samples_per_class=n, seed=chance.randrange(1000)),
            Xor(samples_per_class=n, seed=chance.randrange(1000)),
            Iris(),
        )
    )
    rate = 10 ** chance.uniform(-4, 1)
    decay = pick((0.0, 0.0, 0.0, 0.05))
    momentum = pick((0.0, 0.5, 0.9, 0.98))
    optimizer = pick(
        (
            SGD(lr=rate, momentum=0.0, weight_decay=decay),
            SGD(lr=rate, momentum=0.0),
            SGD(lr=rate, momentum=momentum, weight_decay=decay),
            SGD(lr=rate, momentum=momentum, nesterov=momentum > 0),
            SGD(lr=rate, momentum=momentum),
            Adam(lr=min(rate, 1.0), weight_decay=decay),
            AdamW(lr=min(rate, 1.0)),
            RMSprop(lr=min(rate, 1.0)),
            Adagrad(lr=rate),
            LBFGS(),
        )
    )
    test_share = pick((0.0, 0.0, 0.4))
    initial = None
    features = pick((Linear(), Linear(), Linear(), Quadratic(), Cubic(), Sine(), Radial()))
    if chance.random() < 0.15:
        initial = tuple(chance.uniform(-8, 8) for _ in range(features.dimension + 1))
    return RunConfig(
        data=data,
        features=features,
        standardise=chance.random() < 0.3,
        test_share=test_share,
        loss=pick(("bce_logits", "bce_logits", "bce", "mse")),
        l2=pick((0.0, 0.0, 0.0, 0.1, 1.0)),
        l1=pick((0.0, 0.0, 0.0, 0.0, 0.05)),
        optimizer=optimizer,
        zero_grad=chance.random() < 0.85,
        mini_batches=chance.random() < 0.15,
        init_seed=chance.randrange(1000),
        initial_weights=initial,
        target_accuracy=pick((0.8, 0.9, 0.99, 1.0)),
        max_iterations=pick((30, 300, 1000, 3000)),
    )


def case(number: int) -> tuple[Run, int]:
    """A run, perhaps with a change on the way, and a moment of it."""
    chance = random.Random(f"coach {number}")
    config = config_of(chance)
    if isinstance(config.optimizer, SGD) and chance.random() < 0.4:
        config = near_the_edge(config, chance)
    run = Run(config)
    run.extend(seconds=60, iterations=chance.choice((3, 30, 150, 400)))
    if chance.random() < 0.2:
        other = config_of(chance)
        try:
            run.branch(
                chance.randrange(len(run)),
                optimizer=other.optimizer,
                l2=other.l2,
                zero_grad=other.zero_grad,
            )
            run.extend(seconds=60, iterations=chance.choice((3, 30, 150)))
        except RuntimeError:
            pass
    loss = run.columns().loss
    rises = np.flatnonzero((loss[2:] > loss[1:-1]) & (loss[1:-1] > loss[:-2])) + 2
    if len(rises) and chance.random() < 0.6:
        return run, int(chance.choice(rises))
    last = len(run) - 1
    return run, last if chance.random() < 0.7 else chance.randint(0, last)


def near_the_edge(config: RunConfig, chance: random.Random) -> RunConfig:
    """The same with a rate about as large as the valley allows, without what hides that."""
    config = replace(config, mini_batches=False, zero_grad=True, l1=0.0, max_iterations=3000)
    objective, _ = objective_of(Run(config))
    place = objective.design.new_zeros(objective.design.shape[1])
    goal = lowest(objective)
    if isinstance(goal, Minimum):
        place = goal.parameters
    steepest = curvature(objective, place).eigenvalues[-1].item()
    rate = min(10.0, max(1e-4, chance.choice((0.3, 0.8, 1.5, 1.8, 3)) / max(steepest, 1e-3)))
    return replace(config, optimizer=replace(config.optimizer, lr=rate))


class Facts:
    """The run in float64, by torch's own losses and autograd."""

    def __init__(self, run: Run, at: int) -> None:
        self.run, self.at = run, at
        self.config = [one.config for one in run.segments if one.start <= at][-1]
        self.start = [one.start for one in run.segments if one.start <= at][-1]
        self.columns = run.columns(0, at + 1)
        self.x, y = by_hand.training_sample(self.config)
        self.y = y.double()
        self.design = torch.cat([self.x.double(), torch.ones(len(y), 1)], 1)
        self.path = self.parameters(self.columns)

    @staticmethod
    def parameters(columns: Columns) -> Tensor:
        return torch.from_numpy(np.column_stack([columns.weights, columns.bias])).double()

    @property
    def here(self) -> Tensor:
        return self.path[-1]

    def data_loss(self, theta: Tensor) -> Tensor:
        z = self.design @ theta
        if self.config.loss == "mse":
            return (torch.sigmoid(z) - self.y).square().mean()
        return functional.binary_cross_entropy_with_logits(z, self.y)

    def loss(self, theta: Tensor) -> Tensor:
        """What SGD lowers."""
        c, w = self.config, theta[:-1]
        decay = getattr(c.optimizer, "weight_decay", 0.0)
        penalty = c.l1 * w.abs().sum() + c.l2 / 2 * w.square().sum()
        return self.data_loss(theta) + penalty + decay / 2 * theta.square().sum()

    def losses(self, path: Tensor) -> np.ndarray:
        return torch.vmap(self.loss)(path).numpy()

    def gradient(self, theta: Tensor) -> Tensor:
        return torch.autograd.functional.jacobian(self.loss, theta)

    def hessian(self, theta: Tensor) -> Tensor:
        return torch.autograd.functional.hessian(self.loss, theta)

    def minimum(self) -> Tensor:
        theta = torch.zeros_like(self.here).requires_grad_()
        search = torch.optim.LBFGS(
            [theta],
            max_iter=2000,
            max_eval=5000,
            history_size=30,
            tolerance_grad=1e-11,
            tolerance_change=1e-16,
            line_search_fn="strong_wolfe",
        )

        def closure() -> Tensor:
            search.zero_grad()
            loss = self.loss(theta)
            loss.backward()
            return loss

        for _ in range(3):
            search.step(closure)
        return theta.detach()


def most_correct(x: np.ndarray, y: np.ndarray) -> int:
    """The most that a line gets right, for points of which no three are on a line.

    Some best line goes through two points, turned a little so that both are right; where they are
    more, it counts them all as right.
    """
    first, second = np.triu_indices(len(x), 1)
    along = x[second] - x[first]
    first, along = first[along.any(1)], along[along.any(1)]
    normal = np.stack([-along[:, 1], along[:, 0]], 1)
    height = normal @ x.T - (normal * x[first]).sum(1)[:, None]  # (pairs, n)
    on = np.abs(height) < 1e-9
    right = (height > 0) == (y == 1)
    best = [(one & ~on).sum(1) + on.sum(1) for one in (right, ~right)]
    return int(max(np.max(best), (y == 1).sum(), (y == 0).sum()))


def near(said: str, found: float, digits: int) -> None:
    """What a sentence says is the number, but for the digits it leaves out."""
    value = float(said.replace(",", ""))
    assert abs(value - found) <= 0.6 * 10 ** (1 - digits) * abs(found) + 1e-12, (said, found)


def _rate_too_large(facts: Facts, rate: str, limit: str, steepest: str, factor: str) -> None:
    sgd = facts.config.optimizer
    assert isinstance(sgd, SGD)
    bends = facts.hessian(facts.minimum())
    found = torch.linalg.eigvalsh(bends)[-1].item()
    near(rate, sgd.lr, 4)
    near(steepest, found, 3)

    def growth(lr: float) -> float:
        """Of the error and the velocity after a step of torch's SGD on λ e² / 2."""
        m, ahead = sgd.momentum, sgd.nesterov
        error, velocity = np.eye(2)
        new = m * velocity + found * error
        moved = error - lr * (found * error + m * new if ahead else new)
        return float(np.abs(np.linalg.eigvals(np.array([moved, new]))).max())

    edge = float(limit.replace(",", ""))
    assert growth(0.995 * edge) < 1 < growth(1.005 * edge)
    assert float(rate) > edge
    near(factor, growth(sgd.lr), 3)
    steps = min(20, facts.at - facts.start)
    losses = facts.losses(facts.path[-steps - 1 :])
    assert not (np.diff(losses) <= 0).all()


def _oscillates(facts: Facts, count: str, rate: str, inverse: str) -> None:
    values, axes = torch.linalg.eigh(facts.hessian(facts.here))
    near(rate, facts.config.optimizer.lr, 4)
    near(inverse, 1 / values[-1].item(), 3)
    assert float(rate) > float(inverse)
    along = facts.path.diff(dim=0)[-int(count) :] @ axes[:, -1]
    assert len(along) == int(count) <= facts.at - facts.start
    assert set(along.sign().tolist()) == {-1.0, 1.0}
    assert (along[1:].sign() == -along[:-1].sign()).all()


def _overshoots(facts: Facts, momentum: str, steps: str, low: str, high: str) -> None:
    near(momentum, facts.config.optimizer.momentum, 6)
    losses = facts.losses(facts.path[-int(steps) - 1 :])
    assert (np.diff(losses) > 0).all()
    assert f"{losses[0]:.4f} {losses[-1]:.4f}" == f"{low} {high}" or np.allclose(
        losses[[0, -1]], [float(low), float(high)], atol=6e-5
    )
    downhill = facts.here - facts.config.optimizer.lr * facts.gradient(facts.here)
    assert facts.loss(downhill) < facts.loss(facts.here)


def _crawls(facts: Facts, steps: str, left: str) -> None:
    back = int(steps)
    assert back <= facts.at - facts.start
    before, now = facts.losses(facts.path[[-back - 1, -1]])
    lowest = facts.loss(facts.minimum()).item()
    near(left, (now - lowest) / (before - now) * back, 2)


def _converged(facts: Facts, first: str, gradient: str) -> None:
    moves = (facts.path[int(first) :] - facts.here).abs().max().item()
    assert moves <= 1e-6 * max(1, facts.here.abs().max().item())
    assert facts.gradient(facts.here).norm().item() < float(gradient) < 1e-4
    assert facts.loss(facts.here) - facts.loss(facts.minimum()) <= 2e-6


def _gradients_add_up(facts: Facts, times: str) -> None:
    trainer = by_hand.Trainer(facts.run.segments[0].config, exact=True)
    if facts.config.initial_weights is not None:
        trainer.theta = torch.tensor(facts.config.initial_weights).requires_grad_()
    with by_hand.one_thread():
        for k in range(facts.at + 1):
            config = facts.run.in_force(k)
            kept = trainer.theta.grad
            before = torch.zeros_like(trainer.theta) if kept is None else kept.clone()
            trainer.step(config)
            assert trainer.theta.grad is not None
    whole = trainer.theta.grad.double()
    near(times, (whole.norm() / (whole - before.double()).norm()).item(), 2)


def _saturated(facts: Facts, flat: str, wrong: str) -> None:
    moment = facts.run.columns(facts.at, facts.at + 1)
    theta = torch.from_numpy(np.column_stack([moment.weights, moment.bias]))[0]
    z = facts.run.basis(facts.run.data.x[~facts.run.is_test]) @ theta[:-1] + theta[-1]
    z = z.detach().requires_grad_()
    y = facts.y.float()
    functional.binary_cross_entropy(torch.sigmoid(z), y, reduction="sum").backward()
    assert z.grad is not None
    is_wrong = (z >= 0) != (y == 1)
    assert int(is_wrong.sum()) == int(wrong.replace(",", ""))
    # Rounding of the logit may decide for a point or two.
    assert abs(int((is_wrong & (z.grad == 0)).sum()) - int(flat.replace(",", ""))) <= 1


def _rare_class(facts: Facts, accuracy: str, rare: str) -> None:
    given = facts.design @ facts.here >= 0
    shares = facts.y.mean().item(), 1 - facts.y.mean().item()
    assert len(set(given.tolist())) == 1
    near(accuracy, max(shares), 4)
    assert int(rare) == round(min(shares) * len(facts.y))
    assert abs(facts.columns.accuracy[-1] - max(shares)) < 1e-9


def _target_out_of_reach(facts: Facts, correct: str | None, total: str | None) -> None:
    config, data = facts.config, facts.run.data
    if correct is None or total is None:
        assert config.target_accuracy == 1
        return
    tests = held_out(data.y, config.test_share, config.split_seed)
    used = tests if config.target_on == "test" else ~tests
    most = most_correct(data.x[used].double().numpy(), data.y[used].numpy())
    assert int(used.sum()) == int(total)
    # Of Fisher's flowers many share a place or a line.
    assert most >= int(correct) if isinstance(config.data, Iris) else most == int(correct)
    assert int(correct) / int(total) <= config.target_accuracy


def _unscaled(facts: Facts, before: str, after: str) -> None:
    def condition(one: Facts, theta: Tensor) -> float:
        low, *_, high = torch.linalg.eigvalsh(one.hessian(theta)).tolist()
        return high / low

    near(before, condition(facts, facts.here), 3)
    other = Facts(Run(replace(facts.config, standardise=True)), 0)
    logits = facts.design @ facts.here
    same = torch.linalg.lstsq(other.design, logits[:, None]).solution[:, 0]
    near(after, condition(other, same), 2)
    assert float(before.replace(",", "")) > 9 * float(after.replace(",", ""))


def _overfits(facts: Facts, first: str, low: str, high: str, training: str) -> None:
    data, run = facts.run.data, facts.run
    design = run.basis(data.x[run.is_test]).double()
    y = data.y[run.is_test].double()

    def test_loss(theta: Tensor) -> float:
        z = design @ theta[:-1] + theta[-1]
        if facts.config.loss == "mse":
            return (torch.sigmoid(z) - y).square().mean().item()
        return functional.binary_cross_entropy_with_logits(z, y).item()

    assert test_loss(facts.path[int(first)]) == np.float32(low) or abs(
        test_loss(facts.path[int(first)]) - float(low)
    ) <= 6e-5 + 1e-4 * float(low)
    assert abs(test_loss(facts.here) - float(high)) <= 6e-5 + 1e-4 * float(high)
    assert abs(facts.data_loss(facts.here).item() - float(training)) <= 6e-5
    assert facts.data_loss(facts.here) < facts.data_loss(facts.path[int(first)])
    assert float(low) < float(high)


def _separable(facts: Facts, since: str, short: str, long: str) -> None:
    margins = (facts.design @ facts.here) * (2 * facts.y - 1)
    assert margins.min() > 0
    assert facts.loss(2 * facts.here) < facts.loss(facts.here)
    near(short, facts.path[int(since)].norm().item(), 4)
    near(long, facts.here.norm().item(), 4)
    assert facts.config.l1 == facts.config.l2 == 0


# By rule: the words around its numbers, and what these are held against.
SAYS: Mapping[str, tuple[str, Callable[..., None]]] = {
    "gradients_add_up": (
        f"zero_grad is off: gradients add up, and .grad is {NUMBER} times as long as this step's.",
        _gradients_add_up,
    ),
    "rate_too_large": (
        f"Rate {NUMBER} is above its limit {NUMBER} .λ = {NUMBER}.: near the minimum errors grow "
        f"{NUMBER}-fold a step.",
        _rate_too_large,
    ),
    "saturated": (
        f"Gradient exactly 0 on {NUMBER} of {NUMBER} wrong points: BCE is flat where p rounds to 0 "
        "or 1.",
        _saturated,
    ),
    "rare_class": (
        f"All are given .*: accuracy {NUMBER} is its share, recall of .* is 0 of {NUMBER}.",
        _rare_class,
    ),
    "target_out_of_reach": (
        f"Out of reach: no (?:accuracy is above 1|straight line gets more than {NUMBER} of "
        f"{NUMBER} right, .*)[.]",
        _target_out_of_reach,
    ),
    "overshoots": (
        f"Momentum {NUMBER} overshoots: {NUMBER} steps uphill, loss {NUMBER} to {NUMBER}; the "
        "gradient leads down.",
        _overshoots,
    ),
    "oscillates": (
        f"{NUMBER} steps to and fro: rate {NUMBER} is above 1/λ = {NUMBER}, which leads to the "
        "valley's floor.",
        _oscillates,
    ),
    "overfits": (
        f"Overfitting since iteration {NUMBER}: test loss {NUMBER} to {NUMBER}, training loss "
        f"falls to {NUMBER}[.]",
        _overfits,
    ),
    "converged": (
        f"Converged since iteration {NUMBER}: no weight moves beyond rounding; the gradient is "
        f"below {NUMBER}[.]",
        _converged,
    ),
    "unscaled": (
        f"A long valley: condition number {NUMBER}; with standardised features {NUMBER}[.]",
        _unscaled,
    ),
    "crawls": (
        f"It crawls: at the pace of the last {NUMBER} steps the lowest loss is about {NUMBER} "
        "iterations away.",
        _crawls,
    ),
    "separable_without_penalty": (
        f"Separable: no finite weights are best; since iteration {NUMBER} their length grew from "
        f"{NUMBER} to {NUMBER}[.]",
        _separable,
    ),
}


def assert_true(run: Run, at: int, advice: Advice) -> None:
    """Each number of a sentence is what another way of computing it gives."""
    words, check = SAYS[advice.rule]
    found = re.fullmatch(words, advice.sentence)
    assert found is not None, advice.sentence
    check(Facts(run, at), *(text and text.rstrip(".,") for text in found.groups()))
    assert advice.show is None or 0 <= advice.show <= at
    assert advice.attempt is None or 0 <= advice.attempt.at <= at


class Tried(NamedTuple):
    """What became of a try, and of the run without it, from the same moment on."""

    facts: Facts
    place: int
    was: np.ndarray  # what is lowered, at each moment without it
    now: np.ndarray  # the same with it
    reached: bool
    others: Columns
    tried: Columns

    @property
    def last(self) -> int:
        """The last moment that both have."""
        return min(len(self.was), len(self.now)) - 1


def _falls(one: Tried) -> bool:
    return one.reached or bool(one.now[-1] < one.now[0])


def _settles(one: Tried) -> bool:
    """The loss is lower, or as low as it gets."""
    low = one.facts.loss(one.facts.minimum()).item()
    return _falls(one) or bool(one.now[-1] - low < 1e-4)


def _goes_straight(one: Tried) -> bool:
    steps = Facts.parameters(one.tried).diff(dim=0)
    return _falls(one) and not bool(((steps[1:] * steps[:-1]).sum(1) < 0)[10:].all())


def _stays_down(one: Tried) -> bool:
    k = one.facts.at - one.place
    return bool((one.now[1 : k + 1] <= one.now[0] * (1 + 1e-6)).all())


def _is_faster(one: Tried) -> bool:
    """It falls at least twice as far in as many steps."""
    back = min(one.last, one.facts.at - one.facts.start, 100)
    return one.reached or bool(one.now[0] - one.now[back] > 2 * (one.was[0] - one.was[back]))


def _gets_lower(one: Tried) -> bool:
    sooner = one.reached and len(one.now) < len(one.was)
    return sooner or bool(one.now[one.last] < one.was[one.last])


def _tests_better(one: Tried) -> bool:
    assert one.tried.test_loss is not None
    assert one.others.test_loss is not None
    return bool(one.tried.test_loss[one.last] < one.others.test_loss[one.last])


def _stays_short(one: Tried) -> bool:
    ends = [Facts.parameters(columns)[one.last].norm() for columns in (one.tried, one.others)]
    return bool(ends[0] < ends[1])


PROMISES: Mapping[str, Callable[[Tried], bool]] = {
    "gradients_add_up": _falls,
    "saturated": _falls,
    "rate_too_large": _settles,
    "target_out_of_reach": lambda one: one.reached,
    "overshoots": _stays_down,
    "oscillates": _goes_straight,
    "overfits": _tests_better,
    "unscaled": _gets_lower,
    "crawls": _is_faster,
    "separable_without_penalty": _stays_short,
}


def keeps_its_word(run: Run, at: int, advice: Advice) -> bool:
    """Go on as the advice says, and see whether that does what it says; the run is changed."""
    attempt = advice.attempt
    assert attempt is not None
    place, facts = attempt.at, Facts(run, at)
    horizon = max(HORIZON, at - place)
    run.extend(seconds=60, iterations=max(0, place + horizon - len(run) + 1))
    others = run.columns(place, place + horizon + 1)
    if attempt.config.standardise != run.config.standardise:
        run = Run(attempt.config)
    else:
        run.branch(place, **vars(attempt.config))
    run.extend(seconds=60, iterations=horizon)
    tried = run.columns(place, place + horizon + 1)
    after = Facts(run, len(run) - 1)
    was = facts.losses(facts.parameters(others))
    now = after.losses(after.parameters(tried))
    reached = run.status is Status.REACHED
    return PROMISES[advice.rule](Tried(facts, place, was, now, reached, others, tried))


@dataclass
class Count:
    """How often each rule spoke, had something to try, and was right about that."""

    said: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    broken: dict[str, list[int]] = field(default_factory=dict)


def look_at(numbers: Iterable[int]) -> Count:
    """What each rule says of these cases by itself, and what became of what the coach would try.

    Raises:
        AssertionError: a sentence is false.
    """
    count = Count()
    with by_hand.one_thread(), patch("lrcore.limits.bayes_accuracy", lambda population: 1.0):
        for number in numbers:
            run, at = case(number)
            for name, advice in spoken(run, at):
                count.said[name] += 1
                try:
                    assert_true(run, at, replace(advice, rule=name))
                except AssertionError as error:
                    error.add_note(f"case {number}: {advice}")
                    raise
            heard = advise(run, at)
            if heard is not None and heard.attempt is not None:
                count.offered[heard.rule] += 1
                if keeps_its_word(run, at, heard):
                    count.kept[heard.rule] += 1
                else:
                    count.broken.setdefault(heard.rule, []).append(number)
    return count


def spoken(run: Run, at: int) -> Iterator[tuple[str, Advice]]:
    """What each rule says that says something, not the first one alone."""
    seen = Evidence(run, at)
    for name, rule in RULES.items():
        advice = rule(seen) if seen.is_finite or name == "rate_too_large" else None
        if advice is not None:
            yield name, advice


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int)
    parser.add_argument("first", type=int, nargs="?", default=0)
    arguments = parser.parse_args()
    found = look_at(range(arguments.first, arguments.first + arguments.cases))
    for name in RULES:
        row = f"said {found.said[name]:5d}  tries {found.offered[name]:5d}"
        print(f"{name:28s} {row}  kept {found.kept[name]:5d}  broken {found.broken.get(name, [])}")
