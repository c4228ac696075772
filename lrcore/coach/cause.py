"""Rules about what a run is made of: its points, its loss, its settings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from lrcore.coach.advice import Advice, Try
from lrcore.coach.evidence import Evidence
from lrcore.features import Basis, Linear, Quadratic
from lrcore.landscape import Curvature, Minimum, Objective, curvature, lowest
from lrcore.limits import Limits
from lrcore.model import LOGISTIC
from lrcore.optim import LBFGS
from lrcore.training import TEST, RunConfig

_CLEAR = 1.02
# Of a shorter one rounding would decide how many times as long another is.
_LEAST_GRADIENT = 1e-3
_COMMON = 0.6
_LONGEST = 20  # letters of a name
_LONG_VALLEY, _STEPS = 100.0, 20
_TEST_POINTS, _SINCE = 10, 10
_PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0)


def gradients_add_up(seen: Evidence) -> Advice | None:
    """zero_grad is off, and the sum of gradients is long.

    Checked: the step that follows is taken again, and what it finds in `.grad` is at least twice
    as long as the gradient of this step alone, penalties included. It tries zero_grad, where the
    rate of SGD is not too large for that.
    """
    if seen.config.zero_grad or isinstance(seen.config.optimizer, LBFGS):
        return None
    step = seen.step
    if step is None:
        return None
    own = (step.data_gradient + step.penalty_gradient).double().norm().item()
    times = step.gradient.double().norm().item() / own if own > _LEAST_GRADIENT else 0.0
    if not 2 <= times < float("inf"):
        return None
    return Advice(
        f"zero_grad is off: gradients add up, and .grad is {times:.4g} times as long as this "
        "step's.",
        seen.start,
        Try(seen.start, replace(seen.config, zero_grad=True), "zero_grad on")
        if seen.would_settle(seen.start)
        else None,
    )


def saturated(seen: Evidence) -> Advice | None:
    """`bce` has gone flat on points that are wrong.

    Checked: in the step that follows, taken again, the gradient of a wrong point is exactly 0,
    because its probability rounds to 0 or 1 in float32. It tries the loss of logits, where the rate
    of SGD is not too large for that.
    """
    config = seen.config
    fits = config.loss == "bce" and config.zero_grad and not config.mini_batches
    step = seen.step if fits else None
    if step is None:
        return None
    is_1 = seen.run.data.y[step.batch] == 1
    wrong = torch.where(is_1, step.logits < 0, step.logits >= 0)
    flat = int((wrong & ~step.point_gradients.any(1)).sum())
    if not flat:
        return None
    return Advice(
        f"Gradient exactly 0 on {flat:,} of {int(wrong.sum()):,} wrong points: BCE is flat where p "
        "rounds to 0 or 1.",
        None,
        Try(seen.at, replace(config, loss="bce_logits"), "BCE on logits")
        if seen.would_settle(seen.at)
        else None,
    )


def rare_class(seen: Evidence) -> Advice | None:
    """Accuracy is nothing but the share of the common class.

    Checked: at least 6 in 10 training points are of one class, there are some of the other, and
    all are given the common one.
    """
    run = seen.run
    trained = ~run.is_test
    y = run.data.y[trained] == 1
    with torch.no_grad():
        given = run.model(seen.at).features(run.basis(run.data.x[trained]))[:, 0] >= 0
    common = int(y.sum()) * 2 > len(y)
    many = int((y == common).sum())
    if not (_COMMON * len(y) <= many < len(y) and bool((given == common).all())):
        return None
    names = [
        name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in run.data.classes
    ]
    return Advice(
        f"All are given {names[common]}: accuracy {many / len(y):.4f} is its share, recall of "
        f"{names[1 - common]} is 0 of {len(y) - many:,}.",
    )


def target_out_of_reach(seen: Evidence) -> Advice | None:
    """No boundary passes the target.

    Checked: the target is 1, or no line gets more of the points right, by `best_line`. It tries
    the highest target below the best accuracy of the moments so far.
    """
    config = seen.config
    if config.target_on != seen.run.config.target_on:
        return None  # the limits are those of other points
    sentence = out_of_reach(seen.limits if config.target_accuracy < 1 else None, config)
    columns = seen.columns
    measured = columns.test_accuracy if config.target_on == TEST else columns.accuracy
    if not sentence or measured is None:
        return None
    best = int(measured.argmax())
    target = (round(float(measured[best]) * 1000) - 1) // 5 / 200
    attempt = None
    if best and measured[0] <= target < measured[best]:
        lower = replace(config, target_accuracy=target)
        attempt = Try(seen.start, lower, f"target {target:g}")
    return Advice(sentence, seen.start + best, attempt)


def out_of_reach(found: Limits | None, config: RunConfig) -> str:
    """Why no accuracy passes the target of these settings; nothing where one may.

    Args:
        found: of the points that the target is measured on.
    """
    target, line = config.target_accuracy, None if found is None else found.line
    if target >= 1:
        return "Out of reach: no accuracy is above 1."
    if line is not None and line.total and line.accuracy <= target:
        return (
            f"Out of reach: no straight line gets more than {line.correct:,} of {line.total:,} "
            f"right, and accuracy must pass {target:g}."
        )
    return ""


def unscaled(seen: Evidence) -> Advice | None:
    """The features are on scales so unlike that the valley is long and narrow.

    Checked, for features that are powers of the coordinates, so that with standardised ones the
    model can say the very same: the condition number of the Hessian at the present probabilities
    is at least 100, and a tenth of it or less with standardised coordinates; after 20 steps the
    run has not reached its target; SGD moves three times as fast along the valley then, and its
    rate stays below half of the largest stable one.
    """
    config, sgd = seen.config, seen.sgd
    if sgd is None or config.standardise or not isinstance(config.features, Linear | Quadratic):
        return None
    if seen.at - seen.start < _STEPS or seen.has_reached or seen.objective.curve is not LOGISTIC:
        return None
    before, after = seen.bend, _standardised_bend(seen)
    k_before, k_after = _condition(before), _condition(after)
    if k_before is None or k_after is None or k_before < max(_LONG_VALLEY, 10 * k_after):
        return None
    limit = after.stable_rate(sgd)
    gains = after.eigenvalues[0] > 3 * before.eigenvalues[0]
    if limit is None or not (gains and sgd.lr < limit / 2):
        return None
    return Advice(
        f"A long valley: condition number {k_before:,.0f}; with standardised features "
        f"{k_after:,.3g}.",
        None,
        Try(0, replace(config, standardise=True), "Standardise")
        if config.initial_weights is None  # those given mean another boundary then
        else None,
    )


def _standardised_bend(seen: Evidence) -> Curvature:
    """The Hessian of the model that says the same of standardised coordinates.

    It sees other features, and gives each point the same logit.
    """
    run = seen.run
    x, y = run.data.x[~run.is_test], run.data.y[~run.is_test]
    basis = Basis.fit(seen.config.features, x, standardise=True)
    other = Objective.of(seen.config, basis(x), y)
    negative = seen.objective.design @ seen.here
    same = torch.linalg.lstsq(other.design, negative[:, None]).solution[:, 0]
    return curvature(other, same)


def _condition(bend: Curvature) -> float | None:
    low, high = bend.eigenvalues[[0, -1]].tolist()
    return high / low if low > 1e-9 * high > 0 else None


def overfits(seen: Evidence) -> Advice | None:
    """The test loss has turned while the training loss falls on.

    Checked: there are at least 10 test points; the lowest test loss under these settings lies at
    least 10 iterations back, and is by 2 % lower than that of now; the loss of the training points
    has fallen since, and in each of the last 10 iterations. It tries from there the L2
    penalty whose minimum has the lowest test loss.
    """
    columns = seen.columns
    if columns.test_loss is None or int(seen.run.is_test.sum()) < _TEST_POINTS:
        return None
    turned = int(columns.test_loss.argmin())
    low, now = columns.test_loss[[turned, -1]].tolist()
    fell = columns.loss[turned] - columns.loss[-1]
    long_ago = len(columns.iteration) - 1 - turned >= _SINCE
    falls = bool((np.diff(columns.loss[-_SINCE:]) <= 1e-6).all())
    if not (long_ago and falls and now > _CLEAR * low + 1e-3 and fell > 1e-4):
        return None
    first = int(columns.iteration[turned])
    return Advice(
        f"Overfitting since iteration {first}: test loss {low:.4f} to {now:.4f}, training loss "
        f"falls to {columns.loss[-1]:.4f}.",
        first,
        _held(seen, first, now),
    )


def _held(seen: Evidence, at: int, now: float) -> Try | None:
    """The L2 penalty whose minimum has the lowest test loss, if that is lower than now."""
    run, config = seen.run, seen.config
    test = Objective.of(config, run.basis(run.data.x[run.is_test]), run.data.y[run.is_test])
    none = torch.zeros_like(test.ridge)
    test = replace(test, ridge=none, lasso=none)
    found = []
    for l2 in (l2 for l2 in _PENALTIES if l2 > config.l2):
        held = replace(config, l2=l2)
        objective = seen.objective_under(held)
        place = lowest(objective)
        if isinstance(place, Minimum):
            limit = curvature(objective, place.parameters).stable_rate(config.optimizer)
            if limit is not None and limit <= getattr(config.optimizer, "lr", 0.0):
                continue
            found.append((test.loss(place.parameters).item(), l2, held))
    least, l2, best = min(found, default=(now, 0.0, config))
    return Try(at, best, f"L2 {l2:g}") if least < now / _CLEAR else None


def separable_without_penalty(seen: Evidence) -> Advice | None:
    """No finite weights are best.

    Checked: no penalty is on; all training points are right, none on the boundary, in float64, so
    that longer weights lower the loss without end; and the weights have grown since half of the
    iterations under these settings.
    """
    config, objective = seen.config, seen.objective
    decays = getattr(config.optimizer, "weight_decay", 0.0)
    if decays or bool(objective.ridge.any() or objective.lasso.any()):
        return None
    columns = seen.columns
    halfway = len(columns.iteration) // 2
    middle = torch.tensor([*columns.weights[halfway], columns.bias[halfway]]).double()
    short, long = middle.norm().item(), seen.here.norm().item()
    all_right = bool((objective.design @ seen.here < 0).all())
    if not (all_right and long > _CLEAR * short):
        return None
    return Advice(
        f"Separable: no finite weights are best; since iteration {seen.start + halfway} their "
        f"length grew from {short:.4g} to {long:.4g}.",
        None,
        Try(seen.start, replace(config, l2=0.1), "L2 0.1"),
    )
