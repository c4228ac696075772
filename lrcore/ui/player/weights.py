"""What the view of the weights asks for: the loss around the path of a run, and one step of it."""

from __future__ import annotations

import logging
import math
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillComputingError
from typing import NamedTuple
from weakref import ref

import numpy as np
import torch
from torch import Tensor

from lrcore.landscape import (
    GRID_SIZE,
    AtInfinity,
    Minimum,
    Mode,
    Plane,
    Window,
    contour_levels,
    curvature,
    lowest,
    objective_of,
    plane_of_two,
    principal_plane,
    surface,
    window_around,
)
from lrcore.model import LOGISTIC
from lrcore.training import Run, RunConfig, TrainingError
from lrcore.ui.player.atlas import Atlas, Ground
from lrcore.ui.player.protocol import LATER, Later, Numbers, to_base64
from lrcore.ui.player.view_data import Arrows, Landscape

PRINCIPAL = -1  # asked for in place of a weight: the two principal directions of the path

_MODES = (Mode.LOWEST_OVER_B, Mode.SLICE)
_HEAD = 7  # numbers of a question before the weights
_LARGEST = 1e6  # beyond, a run has diverged and there is nothing to draw
_ASPECTS = (0.2, 5.0)
# A minimum further away than so many times the path makes the path a dot: an arrow points to it.
_FAR = 8
# Axes have one scale, so that a gradient crosses contours at right angles, unless one weight has to
# move so much further than the other that its path would be a hair.
_MOST_STRETCHED = 4
_MOST_OF_A_PATH = 5_000
_MOST_KEPT = 4
_SECONDS_TO_WAIT = 0.03
_LOG = logging.getLogger(__name__)
# One map at a time: playing goes on beside it. As for limits, torch must not outlive Python.
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="landscape")


class _Question(NamedTuple):
    """first, second: which weights, or `PRINCIPAL`. aspect: width by height of the map. edition:
    another asks anew. moment: what is shown. until: the window holds the path up to there. weights:
    (d + 1,), where the dot is."""

    mode: Mode
    first: int
    second: int
    aspect: float
    edition: int
    moment: int
    until: int
    weights: Tensor


def landscape(atlas: Atlas, numbers: Numbers) -> Landscape | Later | None:
    """The loss around the path so far; computed in the background, once for each question.

    Args:
        numbers: as in `_Question`; mode 0 is the lowest loss over b, 1 the slice.
    """
    question = _read(atlas.run, numbers)
    if question is None:
        return None
    maps = atlas.maps
    if numbers not in maps:
        while len(maps) >= _MOST_KEPT:
            del maps[next(iter(maps))]
        maps[numbers] = _POOL.submit(_mapped, ref(atlas), question)
    try:
        return maps[numbers].result(_SECONDS_TO_WAIT)
    except StillComputingError:
        return LATER
    except (RuntimeError, MemoryError):  # too little memory, for example: the page has no map then
        _LOG.exception("The landscape of a run could not be computed.")
        return None


def _read(run: Run, numbers: Numbers) -> _Question | None:
    """None where the numbers are of another run, or of none."""
    d = len(run.basis.names)
    if len(numbers) != _HEAD + d + 1 or max(map(abs, numbers[_HEAD:])) > _LARGEST:
        return None
    mode, first, second, edition, moment, until = (int(numbers[k]) for k in (0, 1, 2, 4, 5, 6))
    aspect, weights = numbers[3], torch.tensor(numbers[_HEAD:], dtype=torch.float64)
    pair = first == PRINCIPAL or (0 <= first <= d and 0 <= second <= d and first != second)
    low, high = _ASPECTS
    if not (pair and 0 <= mode < len(_MODES) and low <= aspect <= high and 0 <= moment < len(run)):
        return None
    return _Question(_MODES[mode], first, second, aspect, edition, moment, until, weights)


def _mapped(of_page: ref[Atlas], question: _Question) -> Landscape | None:
    atlas = of_page()
    if atlas is None or atlas.run.is_test.all():
        return None
    run = atlas.run
    ground = _ground(atlas, run.in_force(question.moment))
    columns = run.columns(0, max(question.moment, min(question.until, len(run) - 1)) + 1)
    path = torch.from_numpy(np.column_stack([columns.weights, columns.bias])).double()
    plane = _plane(question, path[: question.moment + 1])
    mode = question.mode if plane.leaves_b else Mode.SLICE
    window = _window(question, plane, path, ground.lowest)
    found = surface(ground.objective, plane, window, mode)
    # Where the plane holds all weights but b, and b is chosen, the lowest place lies in it.
    is_whole = mode is Mode.LOWEST_OVER_B and len(question.weights) == 3
    finite = found.losses[found.losses.isfinite()]
    if not len(finite):
        return None
    least = min(finite.min().item(), ground.lowest.loss) if is_whole else finite.min().item()
    return Landscape(
        mode=mode,
        moment=question.moment,
        names=plane.names,
        origin=tuple(plane.origin.tolist()),
        directions=tuple(plane.directions.flatten().tolist()),
        share=plane.share,
        window=tuple(window),
        size=GRID_SIZE,
        losses=to_base64(found.losses.numpy()),
        b=None if found.b is None else to_base64(found.b.numpy()),
        levels=contour_levels(found.losses, least),
        minimum=_minimum(plane, ground.lowest) if is_whole else None,
        escape=_escape(plane, ground.lowest),
        points=len(ground.sample.indices),
        of_points=ground.sample.training_points,
        penalised=bool(ground.objective.ridge.any() or ground.objective.lasso.any()),
        convex=ground.objective.curve is LOGISTIC,
    )


def _ground(atlas: Atlas, config: RunConfig) -> Ground:
    grounds = atlas.grounds
    decay = getattr(config.optimizer, "weight_decay", 0.0)
    key = config.loss, config.l1, config.l2, decay, config.optimizer.decay_is_a_penalty
    if key not in grounds:
        objective, sample = objective_of(atlas.run, config)
        grounds[key] = Ground(objective, sample, lowest(objective))
    return grounds[key]


def _plane(question: _Question, path: Tensor) -> Plane:
    if question.first == PRINCIPAL:
        return principal_plane(path[:: len(path) // _MOST_OF_A_PATH + 1], question.weights)
    return plane_of_two(question.weights, question.first, question.second)


def _window(question: _Question, plane: Plane, path: Tensor, goal: Minimum | AtInfinity) -> Window:
    """A rectangle of the asked aspect that holds the path, and the minimum if that is near.

    Without a minimum it has room for the dot to go on, so that it must not grow all the time.
    """
    here = plane.coordinates(question.weights)
    places = torch.cat([plane.coordinates(path), here[None]])
    reach = max(1.0, (places - here).norm(dim=1).nan_to_num(0).max().item())
    if isinstance(goal, AtInfinity):
        ahead = here + plane.directions @ goal.direction * max(1.0, here.norm().item())
        places = torch.cat([places, ahead[None]])
    else:
        there = plane.coordinates(goal.parameters)
        if (there - here).norm() <= _FAR * reach:
            places = torch.cat([places, there[None]])
    u0, u1, v0, v1 = window_around(places)
    width, height = u1 - u0, v1 - v0
    new_width = max(width, min(height * question.aspect, _MOST_STRETCHED * width))
    new_height = max(height, min(width / question.aspect, _MOST_STRETCHED * height))
    more, higher = (new_width - width) / 2, (new_height - height) / 2
    return Window(u0 - more, u1 + more, v0 - higher, v1 + higher)


def _minimum(plane: Plane, goal: Minimum | AtInfinity) -> Numbers | None:
    if isinstance(goal, AtInfinity):
        return None
    return tuple(plane.coordinates(goal.parameters).tolist())


def _escape(plane: Plane, goal: Minimum | AtInfinity) -> Numbers | None:
    """The direction to the best, seen in the plane, of length 1; None where there is a minimum."""
    if not isinstance(goal, AtInfinity):
        return None
    seen = plane.directions @ goal.direction
    return tuple((seen / seen.norm()).tolist()) if seen.norm() > 1e-6 else None


def arrows(atlas: Atlas, numbers: Numbers) -> Arrows | None:
    """The step that follows a moment, and how the loss bends there.

    Args:
        numbers: edition, moment, mode, and the two directions of the plane, 2 (d + 1) numbers.
    """
    run = atlas.run
    d = len(run.basis.names)
    if len(numbers) != 3 + 2 * (d + 1) or max(map(abs, numbers)) > _LARGEST:
        return None
    moment, mode = int(numbers[1]), int(numbers[2])
    if not (0 <= moment < len(run) and 0 <= mode < len(_MODES)) or run.is_test.all():
        return None
    directions = torch.tensor(numbers[3:], dtype=torch.float64).view(2, d + 1)
    try:
        seen = run.close_up(moment)
    except TrainingError:  # there is no step from there
        return None
    bend = curvature(_ground(atlas, seen.config).objective, seen.parameters_before)
    plane = Plane(("", ""), torch.zeros(d + 1, dtype=torch.float64), directions)
    ellipse = bend.ellipse(plane, 1.0, _MODES[mode])
    long, short = ellipse.half_axes.tolist()
    stable = bend.stable_rate(seen.config.optimizer)
    steps = (seen.gradient_step, seen.decay_step, seen.memory_step, seen.step)
    if not all(step.isfinite().all() for step in (*steps, bend.hessian)):
        return None
    return Arrows(
        question=numbers,
        gradient=tuple(steps[0].tolist()),
        decay=tuple(steps[1].tolist()),
        memory=tuple(steps[2].tolist()),
        step=tuple(steps[3].tolist()),
        long_axis=tuple(ellipse.directions[0].tolist()) if math.isfinite(long) else None,
        roundness=short / long if math.isfinite(long) else None,
        rate=getattr(seen.config.optimizer, "lr", None),
        stable_rate=stable if stable is not None and math.isfinite(stable) else None,
    )
