"""One step of a run in beats, beside its code, for the view that plays it slowly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from lrcore.figures.scene import drawn_points
from lrcore.optim import Beat
from lrcore.training import CloseUp, Run, TrainingError, weight_names
from lrcore.training.loop import LoopLine, loop, update_values, values
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.protocol import Numbers, to_base64
from lrcore.ui.player.view_data import BeatWords, CodeLine, Memory, OneStep, Part

_WORST = 10  # points, whose share of the loss is told


def one_step(atlas: Atlas, moment: Numbers) -> OneStep | None:
    """The step that follows `moment`, a view's single number; None where there is no such step."""
    run = atlas.run
    try:
        [iteration] = map(int, moment)
        close = run.close_up(iteration)
    except (ValueError, IndexError, TrainingError):
        return None
    told = (close.parameters_after, close.gradient, *close.state_after.values())
    if not all(bool(numbers.isfinite().all()) for numbers in told):
        return None  # a run that diverges here
    lines = loop(close.config)
    beats = tuple(dict.fromkeys(line.beat for line in lines if line.beat is not None))
    index = drawn_points(run.data.y)
    return OneStep(
        moment=iteration,
        names=weight_names(close.config.features),
        beats=tuple(
            BeatWords(str(beat), _SENTENCES[beat](close, len(run.data.y))) for beat in beats
        ),
        lines=tuple(map(_code_line(beats), lines, values(close))),
        probabilities=_of_points(close.probabilities, close, run, index),
        losses=_of_points(close.losses, close, run, index),
        shares=_of_points(close.point_gradients, close, run, index),
        left=_numbers(close.left_gradient),
        gradient=_numbers(close.gradient),
        before=_numbers(close.parameters_before),
        after=_numbers(close.parameters_after),
        parts=_parts(close),
        memory=_memory(close),
    )


def _code_line(beats: tuple[Beat, ...]) -> Callable[[LoopLine, str], CodeLine]:
    def made(line: LoopLine, value: str) -> CodeLine:
        beat = None if line.beat is None else beats.index(line.beat)
        return CodeLine(line.text, line.depth, beat, value)

    return made


def _of_points(values_of: Tensor, close: CloseUp, run: Run, index: Tensor) -> str:
    """Values of the batch's points as those of the points drawn; nan for a point outside of it."""
    whole = torch.full((len(run.data.y), *values_of.shape[1:]), torch.nan)
    whole[close.batch] = values_of
    return to_base64(whole[index].numpy())


def _numbers(vector: Tensor) -> Numbers:
    return tuple(vector.tolist())


def _parts(close: CloseUp) -> tuple[Part, ...]:
    """The gradient's part first: the order in which they stand tip to tail."""
    named = (
        ("gradient", close.gradient_step),
        ("decay", close.decay_step),
        ("memory", close.memory_step),
    )
    least = 1e-5 * close.step.abs().max()  # the rest is rounding
    return tuple(Part(name, _numbers(step)) for name, step in named if step.abs().max() > least)


def _memory(close: CloseUp) -> tuple[Memory, ...]:
    """The vectors that the lines of the update make; before it, 0 where there was none yet."""
    kept, theta = close.config.optimizer.memory(), close.parameters_after
    none = torch.zeros_like(theta)
    return tuple(
        Memory(name, _numbers(close.state_before.get(kept.get(name, ""), none)), _numbers(after))
        for name, after in update_values(close)
        if name != "theta" and after.shape == theta.shape
    )


def _batch(close: CloseUp, n: int) -> str:
    return f"This step sees {len(close.batch):,} of {n:,} points."


def _zero_grad(close: CloseUp, n: int) -> str:
    del n
    if close.config.zero_grad:
        return "The gradient of the step before is thrown away."
    return "zero_grad is off: the old gradient stays, and backward adds to it."


def _loss(close: CloseUp, n: int) -> str:
    del n
    worst = close.losses.topk(min(_WORST, len(close.losses))).values.sum()
    total = close.losses.sum()
    share = f", the ten worst make {worst / total:.0%} of it" if total > 0 else ""
    return f"Each point has a loss of its own; the loss is their mean{share}."


def _backward(close: CloseUp, n: int) -> str:
    del n
    pull = "(p − y) x" if close.config.loss.startswith("bce") else "a gradient of its own"
    what = "The gradient" if close.config.zero_grad else "What is added to the gradient"
    penalty = ", and the penalty's" if bool(close.penalty_gradient.any()) else ""
    return f"Each point pulls: {pull}. {what} is the mean of all{penalty}."


def _told(sentence: str) -> Callable[[CloseUp, int], str]:
    return lambda close, n: sentence


# ADD A BEAT'S SENTENCE HERE.
_SENTENCES: Mapping[Beat, Callable[[CloseUp, int], str]] = MappingProxyType(
    {
        Beat.BATCH: _batch,
        Beat.ZERO_GRAD: _zero_grad,
        Beat.FORWARD: _told(
            "Each point gets its logit z, and from it the probability p of class 1."
        ),
        Beat.LOSS: _loss,
        Beat.BACKWARD: _backward,
        Beat.DECAY: _told("Weight decay pulls all parameters towards 0."),
        Beat.M: _told("m: a running mean of the gradients, which keeps a direction."),
        Beat.V: _told("v: a running mean of their squares, which tells how large they are."),
        Beat.MOMENTUM: _told("The velocity keeps a share of itself, and the gradient is added."),
        Beat.CORRECTION: _told("Both means began at 0, so they are too small at first: corrected."),
        Beat.STEP: _told("The parameters move, and the boundary with them."),
    }
)
