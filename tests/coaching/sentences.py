"""What each sentence of the coach says, held against the same numbers computed in other ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lrcore import LBFGS, SGD, Iris, Run
from lrcore.coach import Advice
from lrcore.training.split import held_out
from tests import by_hand
from tests.coaching.facts import Facts

NUMBER = r"(-?[\d.,]+(?:e[+-]?\d+)?)"


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
    """The gradients at the recorded weights, added up since zero_grad was last on."""
    trainer = by_hand.Trainer(facts.run.segments[0].config)  # for its mini-batches
    held = torch.zeros_like(facts.here)
    for k, theta in enumerate(facts.path):
        config = facts.run.in_force(k)
        chosen = trainer.batch(config)
        leaf = theta.clone().requires_grad_()
        z, y = facts.design[chosen] @ leaf, facts.y[chosen]
        penalty = config.l1 * leaf[:-1].abs().sum() + config.l2 / 2 * leaf[:-1].square().sum()
        if config.loss == "mse":
            loss = (torch.sigmoid(z) - y).square().mean()
        elif config.loss == "bce":  # rounds as training does: it is flat where it is saturated
            loss = functional.binary_cross_entropy(torch.sigmoid(z.float()), y.float())
        else:
            loss = functional.binary_cross_entropy_with_logits(z, y)
        (own,) = torch.autograd.grad(loss + penalty, leaf)
        held = own if config.zero_grad else held + own
    if not any(isinstance(one.config.optimizer, LBFGS) for one in facts.run.segments):
        near(times, (held.norm() / own.norm()).item(), 2)


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
