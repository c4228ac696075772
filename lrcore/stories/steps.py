"""Stories of the loop: its steps, their length, and what they remember."""

from __future__ import annotations

from lrcore.data import Blobs
from lrcore.optim import SGD, Adam
from lrcore.stories.story import Story
from lrcore.training.config import RunConfig

_LOOP = "The course's loop"
_RATE = "Learning rate"
_MOMENTUM = "Momentum"
_PACE = "Adam, SGD, batches"

_SWINGING = Blobs(seed=4, mean=1.2, bias=2.0)
_RATHER_WRONG = (2.0, 2.0, 0.0)


def _at_rate(lr: float) -> RunConfig:
    return RunConfig(
        data=Blobs(seed=4, mean=1.0, bias=2.0),
        optimizer=SGD(lr=lr, momentum=0.0),
        target_accuracy=0.92,
        max_iterations=600,
    )


def _near_the_limit(lr: float) -> RunConfig:
    """The limit is 2 / λ, where λ is the largest curvature of loss and penalty at the minimum."""
    return RunConfig(
        data=Blobs(mean=0.8),
        optimizer=SGD(lr=lr, momentum=0.0),
        l2=0.1,
        target_accuracy=1.0,
        max_iterations=600,
    )


STEPS = (
    Story(
        _LOOP,
        "script-as-printed",
        "The script as printed",
        "No zero_grad: it passes 0.99 at 165; the script looks every 20 and stops at 180.",
        RunConfig(loss="bce", zero_grad=False),
    ),
    Story(
        _LOOP,
        "course-run",
        "The course's loop, with zero_grad",
        "Watch the line swing into place until accuracy passes 0.99, within 300 iterations.",
        RunConfig(loss="bce"),
    ),
    Story(
        _LOOP,
        "zero-grad-forgotten",
        "zero_grad forgotten",
        "On clouds that overlap, gradients add up: watch the line swing and the loss climb.",
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
        _RATE,
        "rate-below-limit",
        "Just below the limit",
        "With an L2 penalty, rates below 2.97 settle here: watch 2.5 come to rest.",
        _near_the_limit(2.5),
    ),
    Story(
        _RATE,
        "rate-above-limit",
        "Just above the limit",
        "Rates above 2.97 cannot settle here: watch 3 bounce to and fro to the end.",
        _near_the_limit(3.0),
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
        "Watch the line overshoot, swing back, and arrive in fewer than 500 iterations.",
        RunConfig(data=_SWINGING, optimizer=SGD(momentum=0.99), target_accuracy=0.97),
    ),
    Story(
        _PACE,
        "adam-default",
        "Adam at its default rate",
        "Each step moves a weight by about 0.001: after 1000 nearly all points are still wrong.",
        RunConfig(optimizer=Adam(), initial_weights=_RATHER_WRONG),
    ),
    Story(
        _PACE,
        "adam-faster",
        "Adam at rate 0.01",
        "The same at a rate ten times as large: watch it arrive in fewer than 400 iterations.",
        RunConfig(optimizer=Adam(lr=0.01), initial_weights=_RATHER_WRONG),
    ),
    Story(
        _PACE,
        "sgd-compared",
        "SGD at the course's rate",
        "Momentum adds up steep slopes: watch the line race at first, then slow down.",
        RunConfig(initial_weights=_RATHER_WRONG),
    ),
    Story(
        _PACE,
        "one-point-a-step",
        "Batches of one point",
        "Each step sees one point: watch the loss of all points jitter on its way down.",
        RunConfig(
            data=Blobs(mean=0.8),
            optimizer=SGD(lr=0.1, momentum=0.0),
            mini_batches=True,
            batch_size=1,
            target_accuracy=1.0,
            max_iterations=400,
        ),
    ),
)
