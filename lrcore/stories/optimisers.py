"""Optimisers: what each makes of the gradient, and of a part of the points."""

from __future__ import annotations

from lrcore.data import Blobs
from lrcore.optim import SGD, Adam
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

_RATHER_WRONG = (2.0, 2.0, 0.0)

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
            "one-point-a-step",
            "Batches of one point",
            "Each step sees one point: watch the loss of all points jitter on its way down.",
            "Press Play, then set Batch size to 20.",
            RunConfig(
                data=Blobs(mean=0.8),
                optimizer=SGD(lr=0.1, momentum=0.0),
                mini_batches=True,
                batch_size=1,
                target_accuracy=1.0,
                max_iterations=400,
            ),
        ),
    ),
)
