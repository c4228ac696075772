"""The course: its loop, as printed and put right, on clouds and on flowers."""

from __future__ import annotations

from dataclasses import replace

from lrcore.data import Blobs, Iris
from lrcore.optim import SGD
from lrcore.stories.questions import LOSS, passes
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

_FLOWERS = RunConfig(data=Iris(), standardise=True, optimizer=SGD(lr=0.0005))

COURSE = Deck(
    "course",
    "The course",
    (
        Story(
            "script-as-printed",
            "The script as printed",
            "No zero_grad: it passes 0.99 at 165; the script looks every 20 and stops at 180.",
            "Press Play, then New sample: on other points it may not arrive at all.",
            RunConfig(loss="bce", zero_grad=False),
            question=passes("0.99", 100, 200),
        ),
        Story(
            "course-run",
            "The course's loop, with zero_grad",
            "Watch the line swing into place until accuracy passes 0.99, within 300 iterations.",
            "Press Play, then drag the line and press Play again.",
            RunConfig(loss="bce"),
            question=passes("0.99", 100, 200),
        ),
        Story(
            "start-at-zero",
            "A start without a line",
            "With all weights 0 there is no line, and the loss is ln 2: watch one step draw it.",
            "Press One step, then Play.",
            RunConfig(initial_weights=(0.0, 0.0, 0.0)),
        ),
        Story(
            "zero-grad-forgotten",
            "zero_grad forgotten",
            "On clouds that overlap, gradients add up: watch the line swing and the loss climb.",
            "Press Play, and turn on zero_grad each step while it swings.",
            RunConfig(data=Blobs(mean=0.8), zero_grad=False, max_iterations=600),
            question=LOSS,
        ),
        Story(
            "iris-setosa",
            "Iris: setosa and versicolor",
            "A line separates these species: watch it get all flowers right.",
            "Press Play, then open Sigmoid.",
            replace(_FLOWERS, data=Iris(species="setosa, versicolor")),
        ),
        Story(
            "iris-virginica",
            "Iris: versicolor and virginica",
            "These species overlap: watch the line miss some of them; even the best line misses 3.",
            "Press Play, then drag the line: can you miss fewer?",
            _FLOWERS,
        ),
    ),
)
