"""Losses: what each makes of a point that the model is sure of, and wrong about."""

from __future__ import annotations

from lrcore.data import Blobs, Placed
from lrcore.optim import SGD
from lrcore.stories.questions import TURNS
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

_VERY_WRONG, _WRONG = (40.0, 40.0, 0.0), (2.5, 2.5, 0.0)


def _with_outlier(loss: str) -> RunConfig:
    """Two groups of four, and one point of class 1 far behind class 0."""
    points = "2,2,0;2.5,1.5,0;1.5,2.5,0;3,3,0;-1.5,-1.5,1;-1,-2,1;-2,-1,1;-2.5,-2.5,1;6,6,1"
    return RunConfig(
        data=Placed(points),
        loss=loss,
        optimizer=SGD(lr=0.1),
        target_accuracy=1.0,
        max_iterations=600,
    )


LOSSES = Deck(
    "losses",
    "Losses",
    (
        Story(
            "bce-stalls",
            "bce on probabilities",
            "float32 rounds these probabilities to 0 and 1, most gradients vanish: the line "
            "stalls.",
            "Press Play, then set Loss to BCE on logits.",
            RunConfig(loss="bce", initial_weights=_VERY_WRONG),
            question=TURNS,
        ),
        Story(
            "bce-logits-arrives",
            "bce on logits",
            "The same start without rounding: watch the line turn round and accuracy pass 0.99.",
            "Open Sigmoid, then press Play.",
            RunConfig(loss="bce_logits", initial_weights=_VERY_WRONG),
            question=TURNS,
        ),
        Story(
            "mse-slow",
            "mse is slow",
            "mse is flat where the model is sure and wrong: watch how long the loss waits to fall.",
            "Press Play, then set Loss to BCE on logits while it waits.",
            RunConfig(loss="mse", initial_weights=_WRONG),
        ),
        Story(
            "mse-compared",
            "bce on logits, same start",
            "From where mse waits, watch it arrive in fewer than half as many iterations.",
            "Press Pin, set Loss to MSE, then press Play.",
            RunConfig(loss="bce_logits", initial_weights=_WRONG),
        ),
        Story(
            "one-lowest-point",
            "One lowest point",
            "Start anywhere: with an L2 penalty, watch the weights come to the same end.",
            "Open Weights, drag the dot, then press Play.",
            RunConfig(
                data=Blobs(mean=0.8),
                optimizer=SGD(lr=0.2),
                l2=0.05,
                target_accuracy=1.0,
                initial_weights=(10.0, 10.0, 0.0),
            ),
        ),
        Story(
            "mse-stuck",
            "mse has flat places",
            "mse hardly slopes at this start: after 1000 iterations half of the points are wrong.",
            "Press Play, then set Loss to BCE on logits.",
            RunConfig(
                data=Blobs(mean=0.8),
                loss="mse",
                optimizer=SGD(lr=0.2),
                target_accuracy=1.0,
                initial_weights=(10.0, 10.0, 0.0),
            ),
        ),
        Story(
            "outlier-bce",
            "One outlier: bce",
            "One far point has the wrong label: watch the line leave the middle of the clouds.",
            "Press To the end, then set Loss to MSE and press Play.",
            _with_outlier("bce_logits"),
        ),
        Story(
            "outlier-mse",
            "One outlier: mse",
            "mse gives a hopeless point up: watch the line stay in the middle.",
            "Open Step, then press One step.",
            _with_outlier("mse"),
        ),
    ),
)
