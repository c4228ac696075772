"""Lecture stories: settings that show one thing each, and a sentence that says what to watch."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lrcore.data import Blobs, Circles, Iris
from lrcore.features import Quadratic
from lrcore.optim import SGD, Adam
from lrcore.training.config import RunConfig


@dataclass(frozen=True)
class Story:
    """One run worth showing.

    Args:
        chapter: heading that it shares with the stories to compare it with.
        name: identifies it; lower case words joined by hyphens.
        title: a few words for the menu.
        watch: one sentence, true of the run, that says what to watch.
        config: the settings; no two stories share them.
    """

    chapter: str
    name: str
    title: str
    watch: str
    config: RunConfig


def _at_rate(lr: float) -> RunConfig:
    return RunConfig(
        data=Blobs(seed=4, mean=1.0, bias=2.0),
        optimizer=SGD(lr=lr, momentum=0.0),
        target_accuracy=0.92,
        max_iterations=600,
    )


_LOOP = "The course's loop"
_RATE = "Learning rate"
_MOMENTUM = "Momentum"
_LINE = "What a straight line can do"
_WEIGHTS = "Weights that grow"
_IRIS = "Flowers"
_LOSS = "A start that is sure and wrong"
_ADAM = "Adam and SGD"

_SWINGING = Blobs(seed=4, mean=1.2, bias=2.0)
_RINGS = Circles(noise=0.2)
# Nothing passes a target of 1, so the run goes on when all points are right.
_APART = RunConfig(data=Blobs(mean=2.5), optimizer=SGD(lr=0.1, momentum=0.0), target_accuracy=1.0)
_FLOWERS = RunConfig(data=Iris(), standardise=True, optimizer=SGD(lr=0.0005))
_VERY_WRONG, _WRONG, _RATHER_WRONG = (40.0, 40.0, 0.0), (2.5, 2.5, 0.0), (2.0, 2.0, 0.0)

STORIES = (
    Story(
        _LOOP,
        "course-run",
        "The course's run",
        "Watch the line swing into place until accuracy passes 0.99, within 300 iterations.",
        RunConfig(loss="bce"),
    ),
    Story(
        _LOOP,
        "zero-grad-forgotten",
        "zero_grad forgotten",
        "The gradients of all steps add up: watch the line swing to and fro and the loss climb.",
        RunConfig(data=Blobs(mean=0.8), zero_grad=False, max_iterations=600),
    ),
    Story(
        _RATE,
        "rate-too-small",
        "Too small: 0.001",
        "Watch the line crawl: after 600 iterations it still gets about half of the points wrong.",
        _at_rate(0.001),
    ),
    Story(
        _RATE,
        "rate-right",
        "Right: 0.1",
        "Watch the loss fall, never rise, and accuracy pass 0.92.",
        _at_rate(0.1),
    ),
    Story(
        _RATE,
        "rate-too-large",
        "Too large: 10",
        "Watch the line jump past its place at every step: the loss rises as often as it falls.",
        _at_rate(10.0),
    ),
    Story(
        _MOMENTUM,
        "momentum-none",
        "Without momentum",
        "Watch the line come closer and closer: after 1000 iterations it is still on its way.",
        RunConfig(data=_SWINGING, optimizer=SGD(momentum=0.0), target_accuracy=0.97),
    ),
    Story(
        _MOMENTUM,
        "momentum-overshoots",
        "Momentum 0.99",
        "Watch the line overshoot its place, swing back, and arrive in fewer than 500 iterations.",
        RunConfig(data=_SWINGING, optimizer=SGD(momentum=0.99), target_accuracy=0.97),
    ),
    Story(
        _LINE,
        "out-of-reach",
        "0.99 out of reach",
        "The clouds overlap: watch accuracy level off near 0.96, the most that any line gets.",
        RunConfig(data=Blobs(mean=1.0), optimizer=SGD(lr=0.1), max_iterations=600),
    ),
    Story(
        _LINE,
        "rare-class",
        "One class ten times rarer",
        "Accuracy passes 0.9 with every rare point wrong; when it passes 0.94, most still are.",
        RunConfig(
            data=Blobs(samples_per_class=200, mean=0.8, imbalance=10.0),
            target_accuracy=0.94,
            max_iterations=600,
        ),
    ),
    Story(
        _LINE,
        "circles-line",
        "A line cannot separate circles",
        "Watch the line find no place: accuracy stays below 0.6.",
        RunConfig(data=_RINGS, max_iterations=600),
    ),
    Story(
        _LINE,
        "circles-quadratic",
        "A quadratic can",
        "Squares as features bend the boundary: watch it close around the inner circle.",
        RunConfig(data=_RINGS, features=Quadratic(), max_iterations=600),
    ),
    Story(
        _WEIGHTS,
        "weights-grow",
        "Separable, without a penalty",
        "All points are right early on: watch the weights grow all the same, to the last step.",
        _APART,
    ),
    Story(
        _WEIGHTS,
        "weights-held",
        "Separable, with an L2 penalty",
        "The same points with a penalty on large weights: watch the weights come to rest.",
        replace(_APART, l2=0.1),
    ),
    Story(
        _IRIS,
        "iris-setosa",
        "Iris: setosa and versicolor",
        "A line separates these species: watch it get all flowers right.",
        replace(_FLOWERS, data=Iris(species="setosa, versicolor")),
    ),
    Story(
        _IRIS,
        "iris-virginica",
        "Iris: versicolor and virginica",
        "These species overlap: watch the line miss some of them; even the best line misses 3.",
        _FLOWERS,
    ),
    Story(
        _LOSS,
        "bce-stalls",
        "bce on probabilities",
        "Probabilities so close to 0 and 1 that most gradients vanish: watch the line stall.",
        RunConfig(loss="bce", initial_weights=_VERY_WRONG),
    ),
    Story(
        _LOSS,
        "bce-logits-arrives",
        "bce on logits",
        "The same start without rounding: watch the line turn round and accuracy pass 0.99.",
        RunConfig(loss="bce_logits", initial_weights=_VERY_WRONG),
    ),
    Story(
        _LOSS,
        "mse-slow",
        "mse is slow",
        "mse is flat where the model is sure and wrong: watch how long the loss waits to fall.",
        RunConfig(loss="mse", initial_weights=_WRONG),
    ),
    Story(
        _LOSS,
        "mse-compared",
        "bce on logits, same start",
        "From where mse waits, watch it arrive in fewer than half as many iterations.",
        RunConfig(loss="bce_logits", initial_weights=_WRONG),
    ),
    Story(
        _ADAM,
        "adam-default",
        "Adam at its default rate",
        "Each step moves a weight by 0.001 at most: after 1000 nearly all points are still wrong.",
        RunConfig(optimizer=Adam(), initial_weights=_RATHER_WRONG),
    ),
    Story(
        _ADAM,
        "adam-faster",
        "Adam at rate 0.01",
        "The same with steps ten times as long: watch it arrive in fewer than 400 iterations.",
        RunConfig(optimizer=Adam(lr=0.01), initial_weights=_RATHER_WRONG),
    ),
    Story(
        _ADAM,
        "sgd-compared",
        "SGD at its default rate",
        "SGD's steps are as long as the slope is steep: watch it race at first, then slow down.",
        RunConfig(initial_weights=_RATHER_WRONG),
    ),
)


def sentence_of(config: RunConfig) -> str:
    """What to watch in the story with these settings; empty if there is none."""
    return next((story.watch for story in STORIES if story.config == config), "")
