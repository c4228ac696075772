"""What a view gets from Python when it asks; `js/protocol.js` has the same names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lrcore.ui.player.protocol import Numbers


@dataclass(frozen=True)
class Landscape:
    """The loss over a plane of weights, penalties included.

    Args:
        mode: "lowest over b" or "slice".
        moment: that the plane was made for.
        names: of the axes.
        origin, directions: weights are origin + u * directions[:d + 1] + v * directions[d + 1:].
        share: how much of the path lies in the plane; None where it was not made for the path.
        window: u0, u1, v0, v1.
        size: corners a side of the grid over the window, row by row from below.
        losses, b: base64 of float32, (size**2,); b gives each loss, None for a slice.
        levels: of the contours, rising.
        minimum: where it is, if it lies in this plane.
        escape: in which direction the loss falls for ever, None where there is a minimum.
        points, of_points: on how many of the training points it was computed.
        penalised: there are penalties.
        convex: the loss has one valley, without local traps.
    """

    mode: str
    moment: int
    names: tuple[str, str]
    origin: Numbers
    directions: Numbers
    share: float | None
    window: Numbers
    size: int
    losses: str
    b: str | None
    levels: Numbers
    minimum: Numbers | None
    escape: Numbers | None
    points: int
    of_points: int
    penalised: bool
    convex: bool


@dataclass(frozen=True)
class Arrows:
    """The step that follows a moment, and how the loss bends there.

    Args:
        question: what was asked.
        gradient, decay, memory, step: (d + 1,) each: minus rate times gradient, what weight decay
            and the optimiser's state add, and the whole step.
        long_axis: direction in the plane in which the loss bends least, None where it does not bend
            upwards in all; roundness: the short axis of the ellipse by the long one.
        rate: the learning rate, None for an optimiser that has none.
        stable_rate: the largest at which steps settle; None where nothing is known of it.
    """

    question: Numbers
    gradient: Numbers
    decay: Numbers
    memory: Numbers
    step: Numbers
    long_axis: Numbers | None
    roundness: float | None
    rate: float | None
    stable_rate: float | None


class CodeLine(NamedTuple):
    """A line of the loop: its text, how far it is indented, the number of its beat in this step or
    None, and what stands behind it as a comment."""

    text: str
    depth: int
    beat: int | None
    value: str


class BeatWords(NamedTuple):
    """A part of an iteration: its name, and a sentence of what happens in it here."""

    name: str
    sentence: str


class Part(NamedTuple):
    """What a step is the sum of: a name, and how far it moves each parameter."""

    name: str
    step: Numbers


class Memory(NamedTuple):
    """What the optimiser remembers under a name, before the step and after it."""

    name: str
    before: Numbers
    after: Numbers


@dataclass(frozen=True)
class OneStep:
    """The step that follows a moment, in beats.

    Args:
        moment: the iteration.
        names: of the parameters: w0, ..., b.
        beats: in the order in which they come.
        lines: the loop as code.
        probabilities, losses: of the n points drawn, base64 of float32 (n,); nan where a point is
            not in the batch.
        shares: gradients of these losses, base64 of float32 (n, d + 1).
        left, gradient: (d + 1,), what the gradient holds before backward and after it.
        before, after: (d + 1,), the parameters.
        parts: what the step is the sum of.
        memory: of the optimiser.
    """

    moment: int
    names: tuple[str, ...]
    beats: tuple[BeatWords, ...]
    lines: tuple[CodeLine, ...]
    probabilities: str
    losses: str
    shares: str
    left: Numbers
    gradient: Numbers
    before: Numbers
    after: Numbers
    parts: tuple[Part, ...]
    memory: tuple[Memory, ...]


@dataclass(frozen=True)
class Rates:
    """How long runs of each rate and momentum take, as far as it is known.

    Args:
        edition: of the question.
        rates: (r,), momenta: (m,).
        iterations: base64 of float32, (m * r,), row by row from the first momentum: how many to the
            target; -1 while it runs, -2 not reached, -3 diverged.
        done, budget: the last iteration that is known, at first -1, and the last that will be.
        here: rate and momentum of the settings of now; None for another optimiser than SGD.
        limits: (m,), the largest stable rate for each momentum; None where nothing is known of it.
        at_minimum: they are those at the minimum, else at the initial weights.
        nesterov: the runs use Nesterov's momentum.
        penalised: there are penalties.
        points, of_points: how many of the training points the runs see.
    """

    edition: float
    rates: Numbers
    momenta: Numbers
    iterations: str
    done: int
    budget: int
    here: Numbers | None
    limits: Numbers | None
    at_minimum: bool
    nesterov: bool
    penalised: bool
    points: int
    of_points: int


@dataclass(frozen=True)
class Home:
    """A run as text to take home: its kind by number, its last moment, and the text."""

    kind: int
    until: int
    text: str


class Rung(NamedTuple):
    """A learning rate that was tried: the iteration at which it passed the target, or None."""

    rate: float
    passed: int | None


class Lane(NamedTuple):
    """One optimiser of a race: the rates it has tried, which of them is the best, and whether its
    run is ready; it passes the target at the iteration `passed`."""

    title: str
    ladder: tuple[Rung, ...]
    best: int | None
    ready: bool
    passed: int | None


@dataclass(frozen=True)
class RaceCard:
    """A race in preparation.

    Args:
        card: its number.
        lanes: the optimisers.
        done, of: how many runs have been trained, and how many there are to be.
        budget: how many iterations each rate has.
    """

    card: int
    lanes: tuple[Lane, ...]
    done: int
    of: int
    budget: int


@dataclass(frozen=True)
class Coaching:
    """What the coach says of a moment.

    Args:
        question: what was asked.
        sentence: may hold names that come with a file.
        show: a moment in which that is seen, or None.
        label: what could be tried, in a word or three; empty where there is nothing.
        sets: where that goes on, and what it sets, in the words of the controls.
        at: the moment at which it goes on.
    """

    question: Numbers
    sentence: str
    show: int | None
    label: str
    sets: str
    at: int
