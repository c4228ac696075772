"""Overfitting: few points, many features, and what holds the weights."""

from __future__ import annotations

from dataclasses import replace

from lrcore.data import Blobs
from lrcore.features import Quadratic, Radial
from lrcore.optim import LBFGS, SGD, Adam
from lrcore.stories.questions import GROWTH, TEST_LOSS
from lrcore.stories.story import Deck, Story
from lrcore.training.config import RunConfig

# Nothing passes a target of 1, so a run goes on when all points are right.
_APART = RunConfig(data=Blobs(mean=2.5), optimizer=SGD(lr=0.1, momentum=0.0), target_accuracy=1.0)
_USELESS = RunConfig(
    data=Blobs(mean=0.8),
    features=Quadratic(),
    standardise=True,
    optimizer=SGD(lr=0.1, momentum=0.0),
    target_accuracy=1.0,
)
_FEW = RunConfig(
    data=Blobs(samples_per_class=20, mean=0.7),
    features=Radial(per_side=5),
    standardise=True,
    test_share=0.5,
    optimizer=Adam(lr=0.05),
    target_accuracy=1.0,
)


def _sampled(samples_per_class: int) -> RunConfig:
    return RunConfig(
        data=Blobs(samples_per_class=samples_per_class, mean=1.0),
        optimizer=LBFGS(),
        target_accuracy=1.0,
        max_iterations=150,
    )


OVERFITTING = Deck(
    "overfitting",
    "Overfitting",
    (
        Story(
            "five-points",
            "Five points a class",
            "Small samples flatter: press New sample, and most are separated without a mistake.",
            "Press Play, then New sample a few times.",
            _sampled(5),
        ),
        Story(
            "many-points",
            "10,000 points a class",
            "New sample hardly moves it: accuracy stays near 0.92, the Bayes accuracy.",
            "Press Play, then New sample a few times.",
            _sampled(10_000),
        ),
        Story(
            "overfitting",
            "Overfitting",
            "Few points, many features: watch the training loss fall and the test loss turn and "
            "rise.",
            "Press Play, then drag Timeline back to where the test loss is lowest.",
            _FEW,
            question=TEST_LOSS,
        ),
        Story(
            "overfitting-held",
            "A penalty against it",
            "The same with an L2 penalty: watch the test loss stay close to its lowest.",
            "Press Play, then set L2 penalty to 0 and press Reset.",
            replace(_FEW, l2=0.01),
        ),
        Story(
            "more-points",
            "More points against it",
            "50 times as many points, the same features: watch the test loss stay near its lowest.",
            "Press To the end, then set Points per class to 20.",
            replace(_FEW, data=Blobs(samples_per_class=1000, mean=0.7)),
        ),
        Story(
            "weights-grow",
            "Separable, without a penalty",
            "All points are right early on: watch the weights grow all the same, to the last step.",
            "Open Weights, then press Play.",
            _APART,
            question=GROWTH,
        ),
        Story(
            "weights-held",
            "Separable, with an L2 penalty",
            "Watch w₀ and w₁ come to rest; b, which no penalty holds, takes longer.",
            "Press Play, then set L2 penalty to 0.",
            replace(_APART, l2=0.1),
            question=GROWTH,
        ),
        Story(
            "label-noise",
            "Wrong labels",
            "About one label in ten is wrong: watch w₀ and w₁ come to rest without a penalty.",
            "Press Play, then set Label noise to 0.",
            RunConfig(
                data=Blobs(label_noise=0.1),
                optimizer=SGD(lr=0.1),
                target_accuracy=1.0,
                max_iterations=600,
            ),
        ),
        Story(
            "l1-useless",
            "L1 on useless features",
            "Squares and products are no help here: watch their weights tremble close to 0.",
            "Press Play, then set L1 penalty to 0.",
            replace(_USELESS, l1=0.05),
        ),
        Story(
            "l2-useless",
            "L2 on useless features",
            "All weights shrink, none is singled out: watch that of x̃₁² stay at −0.07.",
            "Press Play, then set L1 penalty to 0.05.",
            replace(_USELESS, l2=0.05),
        ),
    ),
)
