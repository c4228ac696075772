"""The loss over a plane of weights, on a grid."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from lrcore.landscape.objective import MOST_POINTS, Objective
from lrcore.landscape.plane import Plane, Window
from lrcore.model import LOGISTIC
from lrcore.training.engine import threads_for

GRID_SIZE = 51
# So many numbers at a time stay in a processor's cache.
_AT_A_TIME = 2**17
_STARTS = 9
_MOST_ROUNDS = 60


class Mode(StrEnum):
    """What becomes of b, which a plane of two weights does not show."""

    LOWEST_OVER_B = "lowest over b"
    SLICE = "slice"


@dataclass(frozen=True, eq=False)
class Surface:
    """Losses on a grid.

    Args:
        window: what the grid covers, corners included.
        losses: (size, size) float64, [row, column] at v and u, row by row from below.
        b: (size, size) float64, the b that gives each loss; None for a slice.
    """

    window: Window
    losses: Tensor
    b: Tensor | None


@threads_for(MOST_POINTS)
def surface(
    objective: Objective,
    plane: Plane,
    window: Window,
    mode: Mode,
    size: int = GRID_SIZE,
) -> Surface:
    """The loss, penalties included, on a square grid over a window of a plane.

    Raises:
        ValueError: b shall be chosen anew in a plane that fixes it at each place.
    """
    if mode is Mode.LOWEST_OVER_B and not plane.leaves_b:
        raise ValueError("b is one of the directions of this plane: there is nothing to choose")
    u = torch.linspace(window.u0, window.u1, size, dtype=torch.float64)
    v = torch.linspace(window.v0, window.v1, size, dtype=torch.float64)
    places = torch.stack([u.repeat(size), v.repeat_interleave(size)], 1)  # (size**2, 2)
    parameters = plane.parameters(places)
    at_a_time = max(1, _AT_A_TIME // max(1, len(objective.design)))
    if mode is Mode.SLICE:
        losses = torch.cat([objective.loss(some) for some in parameters.split(at_a_time)])
        return Surface(window, losses.view(size, size), None)
    b = torch.cat([lowest_b(objective, some) for some in parameters.split(at_a_time)])
    parameters[:, -1] = b
    losses = torch.cat([objective.loss(some) for some in parameters.split(at_a_time)])
    return Surface(window, losses.view(size, size), b.view(size, size))


def lowest_b(objective: Objective, parameters: Tensor) -> Tensor:
    """The b of lowest loss for each row of parameters, (g,) float64; their own b counts nothing.

    Newton's method, kept between two bounds as in Press et al., Numerical Recipes, section 9.4.
    BCE is convex in b. MSE is not, and becomes a staircase where the weights are large: there it
    goes down from the best of ten starts, and may miss the lowest step for one almost as low. With
    points of one class alone the lowest loss is at infinity, and b is then large.

    Args:
        parameters: (g, d + 1) float64.
    """
    sign = objective.design[:, -1]  # (n,): -1 where the class is 1
    fixed = parameters[:, :-1] @ objective.design[:, :-1].T  # (g, n), negative margins without b
    low, high, b = _bounds(objective, fixed)
    reach = high - low
    todo = torch.arange(len(b))
    for _ in range(_MOST_ROUNDS):
        negative = torch.addcmul(fixed[todo], sign, b[todo, None])
        slope = objective.curve.slope(negative) @ sign / len(sign) + objective.ridge[-1] * b[todo]
        bend = objective.curve.curvature(negative).mean(1) + objective.ridge[-1]
        low[todo] = torch.where(slope < 0, b[todo], low[todo])
        high[todo] = torch.where(slope > 0, b[todo], high[todo])
        wanted = b[todo] - slope / bend
        inside = (bend > 0) & (wanted > low[todo]) & (wanted < high[todo])
        wanted = torch.where(inside, wanted, (low[todo] + high[todo]) / 2)
        wanted = torch.where(slope == 0, b[todo], wanted)
        moved = (wanted - b[todo]).abs()
        b[todo] = wanted
        # A Newton step that is this short leaves an error of its square.
        todo = todo[moved > 1e-7 * reach[todo]]
        if not len(todo):
            break
    return b


def _bounds(objective: Objective, fixed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Below and above the lowest b, and where to start, each (g,)."""
    sign = objective.design[:, -1]
    logits = fixed * sign
    # With all points this far on one side, the mean of p passes any share of class 1.
    margin = torch.log(torch.tensor(float(len(sign)))) + 1
    low, high = -logits.amax(1) - margin, -logits.amin(1) + margin
    if objective.ridge[-1]:  # weight decay pulls b towards 0
        low, high = low.clamp(max=0), high.clamp(min=0)
    if objective.curve is LOGISTIC:
        is_1 = sign < 0
        middles = [logits[:, part].mean(1) for part in (is_1, ~is_1) if part.any()]
        return low, high, -torch.stack(middles).mean(0)
    steps = torch.linspace(0, 1, _STARTS, dtype=torch.float64)
    starts = low[:, None] + (high - low)[:, None] * steps  # (g, starts)
    starts = torch.cat([starts, _fewest_errors(logits, sign < 0)[:, None]], 1)
    losses = [
        objective.curve.value(torch.addcmul(fixed, sign, b[:, None])).mean(1)
        + objective.ridge[-1] / 2 * b**2
        for b in starts.T
    ]
    best = starts.gather(1, torch.stack(losses).argmin(0)[:, None])[:, 0]
    between = (high - low) / (_STARTS - 1)
    return best - between, best + between, best


def _fewest_errors(logits: Tensor, is_1: Tensor) -> Tensor:
    """The b at which the fewest points are wrong, (g,), for logits (g, n) without it.

    Where the weights are large, MSE is a staircase: the share of the points that are wrong.
    """
    ascending, order = logits.sort(1)
    gain = torch.where(is_1[order], 1, -1).cumsum(1)  # errors more, with one more point in class 0
    gain = torch.cat([gain.new_zeros(len(gain), 1), gain], 1)
    edges = torch.cat([ascending[:, :1] - 1, ascending, ascending[:, -1:] + 1], 1)
    middles = (edges[:, 1:] + edges[:, :-1]) / 2
    return -middles.gather(1, gain.argmin(1)[:, None])[:, 0]


def contour_levels(losses: Tensor, lowest: float, count: int = 12) -> tuple[float, ...]:
    """Levels for contours that are spaced geometrically above the lowest loss there is.

    The innermost encloses about half a percent of the grid, so that the valley is not empty; the
    outermost almost all of it. Linear levels would crowd the walls.

    Args:
        losses: of a `Surface`; what is not finite is left out.
        lowest: the minimum, or what the loss tends to where there is none.
        count: how many at most; none for a flat surface.
    """
    above = losses[losses.isfinite()].flatten() - lowest
    above = above[above > 0]
    if len(above) < 2:
        return ()
    first, last = above.quantile(torch.tensor([0.005, 0.98], dtype=above.dtype)).tolist()
    if not first < last:
        return ()
    steps = torch.linspace(0, 1, count, dtype=torch.float64)
    return tuple((lowest + first * (last / first) ** steps).tolist())
