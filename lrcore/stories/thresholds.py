"""Thresholds and rare classes: what accuracy does not tell."""

from __future__ import annotations

from dataclasses import replace

from lrcore.data import Blobs
from lrcore.optim import SGD
from lrcore.stories.questions import RARE
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

_RARE = Blobs(samples_per_class=200, mean=0.8, imbalance=10.0)

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
                data=_RARE,
                target_accuracy=0.94,
                max_iterations=600,
            ),
            question=RARE,
        ),
        Story(
            "ranking-first",
            "The order is right first",
            "By iteration 25 AUC is 0.93, and threshold 0.5 finds 1 of the 20 rare points.",
            "Drag Timeline to 25, then open Sigmoid.",
            RunConfig(data=_RARE, target_accuracy=1.0, max_iterations=300),
            shown=(("view", "sigmoid"),),
        ),
        Story(
            "threshold-lowered",
            "Threshold 0.1",
            "At the end, threshold 0.1 finds 16 of 20 rare points, and calls 30 common ones rare.",
            "Press To the end, then drag t back to 0.5.",
            RunConfig(data=_RARE, optimizer=SGD(lr=0.1), target_accuracy=1.0),
            shown=(("view", "sigmoid"), ("t", "0.1")),
        ),
        Story(
            "classes-balanced",
            "As many of each",
            "The same clouds, 200 points each: watch the line find more than 8 in 10 of both.",
            "Press To the end, then set Class imbalance to 10.",
            RunConfig(
                data=replace(_RARE, imbalance=1.0), optimizer=SGD(lr=0.1), target_accuracy=1.0
            ),
            shown=(("view", "sigmoid"),),
        ),
    ),
)
