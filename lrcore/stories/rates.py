"""Learning rate and momentum: how long a step is, and what it remembers."""

from __future__ import annotations

from dataclasses import replace

from lrcore.data import Blobs, Iris
from lrcore.optim import SGD
from lrcore.stories.questions import REST, RISES, SWINGS, WRONG
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

_SWINGING = Blobs(seed=4, mean=1.2, bias=2.0)
_MEASURED = RunConfig(data=Iris(), target_accuracy=0.93, max_iterations=1200)


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


RATES = Deck(
    "momentum",
    "Learning rate and momentum",
    (
        Story(
            "rate-too-small",
            "Too small: 0.001",
            "Watch the line crawl: after 600 iterations it still gets about half of the points "
            "wrong.",
            "Press Play, then set Learning rate to 0.1 while it crawls.",
            _at_rate(0.001),
            question=WRONG,
        ),
        Story(
            "rate-right",
            "Right: 0.1",
            "Watch the loss fall, never rise, and accuracy pass 0.92.",
            "Press Play, then open Rates: which rates arrive sooner?",
            _at_rate(0.1),
            question=RISES,
        ),
        Story(
            "rate-too-large",
            "Too large: 10",
            "Watch the line jump past its place at every step: the loss rises as often as it "
            "falls.",
            "Press Play, then set Learning rate to 1 while it jumps.",
            _at_rate(10.0),
            question=RISES,
        ),
        Story(
            "rate-below-limit",
            "Just below the limit",
            "With an L2 penalty, rates below 2.97 settle here: watch 2.5 come to rest.",
            "Open Weights, then press Play and watch the dot come to rest.",
            _near_the_limit(2.5),
            question=REST,
        ),
        Story(
            "rate-above-limit",
            "Just above the limit",
            "Rates above 2.97 cannot settle here: watch 3 bounce to and fro to the end.",
            "Open Weights, press Play, then set Learning rate to 2.",
            _near_the_limit(3.0),
            question=REST,
        ),
        Story(
            "momentum-helps",
            "Above it, with momentum",
            "Rate 3 cannot settle without momentum: watch the line come to rest with 0.9.",
            "Open Weights, then press Play.",
            replace(_near_the_limit(3.0), optimizer=SGD(lr=3.0, momentum=0.9)),
        ),
        Story(
            "momentum-none",
            "Without momentum",
            "Watch the line come closer and closer: after 1000 iterations it is still on its way.",
            "Press Play, then set Momentum to 0.9.",
            RunConfig(data=_SWINGING, optimizer=SGD(momentum=0.0), target_accuracy=0.97),
        ),
        Story(
            "momentum-overshoots",
            "Momentum 0.99",
            "Watch the line overshoot, swing back, and arrive in fewer than 500 iterations.",
            "Press Play, then turn on Nesterov and press Reset.",
            RunConfig(data=_SWINGING, optimizer=SGD(momentum=0.99), target_accuracy=0.97),
            question=SWINGS,
        ),
        Story(
            "nesterov-calms",
            "Nesterov",
            "Momentum 0.95 alone makes the loss rise 6 times: with Nesterov watch it never rise.",
            "Press Play, then turn off Nesterov and press Reset.",
            RunConfig(
                data=_SWINGING,
                optimizer=SGD(momentum=0.95, nesterov=True),
                target_accuracy=0.97,
            ),
        ),
        Story(
            "iris-raw",
            "In centimetres",
            "Both coordinates lie far from 0: watch the line take 1000 iterations to pass 0.93.",
            "Press To the end, then turn on Standardise.",
            _MEASURED,
        ),
        Story(
            "iris-standardised",
            "Standardised",
            "The same flowers, their mean moved to 0: watch the line pass 0.93 within 40.",
            "Press Play, then open Weights.",
            replace(_MEASURED, standardise=True),
        ),
    ),
)
