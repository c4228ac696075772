"""Optimisers: what each makes of the gradient, and of a part of the points."""

from __future__ import annotations

from dataclasses import replace

from lrcore.data import Blobs
from lrcore.optim import LBFGS, SGD, Adagrad, Adam, RMSprop
from lrcore.stories.questions import WAY
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

_RATHER_WRONG = (2.0, 2.0, 0.0)
_BATCHES = RunConfig(
    data=Blobs(mean=0.8),
    optimizer=SGD(lr=0.1, momentum=0.0),
    mini_batches=True,
    batch_size=1,
    target_accuracy=1.0,
    max_iterations=400,
)

OPTIMISERS = Deck(
    "optimisers",
    "Optimisers",
    (
        Story(
            "adam-default",
            "Adam at its default rate",
            "Each step moves a weight by about 0.001: after 1000 nearly all points are still "
            "wrong.",
            "Press Play, then set Learning rate to 0.01.",
            RunConfig(optimizer=Adam(), initial_weights=_RATHER_WRONG),
            question=WAY,
        ),
        Story(
            "adam-faster",
            "Adam at rate 0.01",
            "The same at a rate ten times as large: watch it arrive in fewer than 400 iterations.",
            "Press Play, then set Learning rate to 0.1 and press Reset.",
            RunConfig(optimizer=Adam(lr=0.01), initial_weights=_RATHER_WRONG),
        ),
        Story(
            "sgd-compared",
            "SGD at the course's rate",
            "Momentum adds up steep slopes: watch the line race at first, then slow down.",
            "Press Race: who is first from this start?",
            RunConfig(initial_weights=_RATHER_WRONG),
        ),
        Story(
            "adagrad-slows",
            "Adagrad",
            "Each step is shorter than the last: after 1000 more than nine in ten are still wrong.",
            "Press Play, then set Learning rate to 0.1.",
            RunConfig(optimizer=Adagrad(), initial_weights=_RATHER_WRONG),
        ),
        Story(
            "rmsprop-sign",
            "RMSprop without memory",
            "With α at 0 only the signs of the gradient count: watch each weight move 0.01 a step.",
            "Press Play, then set α to 0.99.",
            RunConfig(optimizer=RMSprop(lr=0.01, alpha=0.0), initial_weights=_RATHER_WRONG),
        ),
        Story(
            "lbfgs-few-steps",
            "LBFGS",
            "It knows the curvature: watch the loss come within 0.0001 of its lowest in 8 steps.",
            "Press One step eight times.",
            RunConfig(
                data=Blobs(mean=0.8),
                optimizer=LBFGS(),
                target_accuracy=1.0,
                max_iterations=60,
            ),
        ),
        Story(
            "one-point-a-step",
            "Batches of one point",
            "Each step sees one point: watch the loss of all points jitter on its way down.",
            "Press Play, then set Batch size to 20.",
            _BATCHES,
        ),
        Story(
            "batches-of-twenty",
            "Batches of 20 points",
            "More points a step: watch the loss of all points rise in fewer than 1 of 20 steps.",
            "Press Play, then set Batch size to 1.",
            replace(_BATCHES, batch_size=20),
        ),
    ),
)
