"""Thresholds and rare classes: what accuracy does not tell."""

from __future__ import annotations

from lrcore.data import Blobs
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

THRESHOLDS = Deck(
    "thresholds",
    "Thresholds and rare classes",
    (
        Story(
            "rare-class",
            "One class ten times rarer",
            "Accuracy passes 0.9 with every rare point wrong; when it passes 0.94, most still are.",
            "Press Play, then open Sigmoid and drag t.",
            RunConfig(
                data=Blobs(samples_per_class=200, mean=0.8, imbalance=10.0),
                target_accuracy=0.94,
                max_iterations=600,
            ),
        ),
    ),
)
