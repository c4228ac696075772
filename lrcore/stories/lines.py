"""What a line can do, and what other features can."""

from __future__ import annotations

from dataclasses import replace

from lrcore.data import Blobs, Circles, Moons, Spirals, Xor
from lrcore.features import Cubic, Quadratic
from lrcore.optim import SGD, Adam
from lrcore.stories.questions import ACCURACY, HEAVIEST
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

_RINGS, _CORNERS = Circles(noise=0.2), Xor(noise=0.5)
# Nothing passes a target of 1.
_SPREAD = RunConfig(
    data=Blobs(mean=0.5, std_ratio=3.0),
    optimizer=SGD(lr=0.1),
    target_accuracy=1.0,
    max_iterations=600,
)
_SPIRALS = RunConfig(
    data=Spirals(), optimizer=Adam(lr=0.05), target_accuracy=1.0, max_iterations=600
)

LINES = Deck(
    "line",
    "What a line can do",
    (
        Story(
            "out-of-reach",
            "0.99 out of reach",
            "The clouds overlap: watch accuracy level off at 0.95; no line gets more than 0.96.",
            "Press Play, then set Distance to 1.6.",
            RunConfig(data=Blobs(mean=1.0), optimizer=SGD(lr=0.1), max_iterations=600),
        ),
        Story(
            "circles-line",
            "A line cannot separate circles",
            "Accuracy stays below 0.6, though a line with 0.7 exists: the loss counts no mistakes.",
            "Drag the line until accuracy is 0.7, then press Play.",
            RunConfig(data=_RINGS, max_iterations=600),
            question=ACCURACY,
        ),
        Story(
            "circles-quadratic",
            "A quadratic can",
            "Squares as features bend the boundary: watch it close around the inner circle.",
            "Press Play, then set Features to Cubic.",
            RunConfig(data=_RINGS, features=Quadratic(), max_iterations=600),
        ),
        Story(
            "xor-line",
            "XOR: a line",
            "Opposite corners belong together: watch accuracy end near 0.56.",
            "Press Play, then set Features to Quadratic.",
            RunConfig(data=_CORNERS, max_iterations=600),
        ),
        Story(
            "xor-quadratic",
            "XOR: a quadratic",
            "The product x₀x₁ tells the corners apart: watch its weight outgrow the others.",
            "Press One step a few times, then Play.",
            RunConfig(data=_CORNERS, features=Quadratic(), max_iterations=600),
            question=HEAVIEST,
        ),
        Story(
            "spread-line",
            "Unequal spread: a line",
            "Class 1 spreads three times as wide: watch the line end at 0.65.",
            "Press Play, then set Spread ratio to 1.",
            _SPREAD,
        ),
        Story(
            "spread-quadratic",
            "Unequal spread: a quadratic",
            "Watch the boundary bend around the narrow cloud, and accuracy pass 0.8.",
            "Press Play, then New sample.",
            replace(_SPREAD, features=Quadratic()),
        ),
        Story(
            "moons-line",
            "Two moons: a line",
            "A line cuts both moons: watch accuracy end at 0.88.",
            "Press Play, then set Features to Cubic.",
            RunConfig(data=Moons(), optimizer=SGD(lr=0.1), max_iterations=600),
        ),
        Story(
            "moons-cubic",
            "Two moons: a cubic",
            "Cubes let the boundary wind: watch accuracy pass 0.99 within 50 iterations.",
            "Press Play, then set Features to Quadratic.",
            RunConfig(data=Moons(), features=Cubic(), optimizer=SGD(lr=0.1), max_iterations=600),
        ),
        Story(
            "spirals-line",
            "Two spirals: a line",
            "The spirals turn around each other: watch a line end below 0.6.",
            "Press Play, then set Features to Cubic.",
            _SPIRALS,
            question=ACCURACY,
        ),
        Story(
            "spirals-cubic",
            "Two spirals: a cubic",
            "Nine features instead of two: watch the boundary wind, and accuracy pass 0.94.",
            "Press Play, then set Features to Radial.",
            replace(_SPIRALS, features=Cubic()),
        ),
    ),
)
