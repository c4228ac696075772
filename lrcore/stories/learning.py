"""Stories of what can be learned: by a line, by more features, from few points, under a penalty."""

from __future__ import annotations

from dataclasses import replace

from lrcore.data import Blobs, Circles, Iris, Xor
from lrcore.features import Quadratic, Radial
from lrcore.optim import LBFGS, SGD, Adam
from lrcore.stories.story import Story
from lrcore.training.config import RunConfig

_IRIS = "Flowers"
_LINE = "What a straight line can do"
_WEIGHTS = "Weights and penalties"
_LUCK = "Fit and luck"

# Nothing passes a target of 1, so a run goes on when all points are right.
_APART = RunConfig(data=Blobs(mean=2.5), optimizer=SGD(lr=0.1, momentum=0.0), target_accuracy=1.0)
_RINGS, _CORNERS = Circles(noise=0.2), Xor(noise=0.5)
_SPREAD = RunConfig(
    data=Blobs(mean=0.5, std_ratio=3.0),
    optimizer=SGD(lr=0.1),
    target_accuracy=1.0,
    max_iterations=600,
)
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
_FLOWERS = RunConfig(data=Iris(), standardise=True, optimizer=SGD(lr=0.0005))
_MEASURED = RunConfig(data=Iris(), target_accuracy=0.93, max_iterations=1200)


def _sampled(samples_per_class: int) -> RunConfig:
    return RunConfig(
        data=Blobs(samples_per_class=samples_per_class, mean=1.0),
        optimizer=LBFGS(),
        target_accuracy=1.0,
        max_iterations=150,
    )


LEARNING = (
    Story(
        _IRIS,
        "iris-setosa",
        "Iris: setosa and versicolor",
        "A line separates these species: watch it get all flowers right.",
        replace(_FLOWERS, data=Iris(species="setosa, versicolor")),
    ),
    Story(
        _IRIS,
        "iris-virginica",
        "Iris: versicolor and virginica",
        "These species overlap: watch the line miss some of them; even the best line misses 3.",
        _FLOWERS,
    ),
    Story(
        _IRIS,
        "iris-raw",
        "In centimetres",
        "Both coordinates lie far from 0: watch the line take 1000 iterations to pass 0.93.",
        _MEASURED,
    ),
    Story(
        _IRIS,
        "iris-standardised",
        "Standardised",
        "The same flowers, their mean moved to 0: watch the line pass 0.93 within 40.",
        replace(_MEASURED, standardise=True),
    ),
    Story(
        _LINE,
        "out-of-reach",
        "0.99 out of reach",
        "The clouds overlap: watch accuracy level off at 0.95; no line gets more than 0.96.",
        RunConfig(data=Blobs(mean=1.0), optimizer=SGD(lr=0.1), max_iterations=600),
    ),
    Story(
        _LINE,
        "rare-class",
        "One class ten times rarer",
        "Accuracy passes 0.9 with every rare point wrong; when it passes 0.94, most still are.",
        RunConfig(
            data=Blobs(samples_per_class=200, mean=0.8, imbalance=10.0),
            target_accuracy=0.94,
            max_iterations=600,
        ),
    ),
    Story(
        _LINE,
        "circles-line",
        "A line cannot separate circles",
        "Accuracy stays below 0.6, though a line with 0.7 exists: the loss counts no mistakes.",
        RunConfig(data=_RINGS, max_iterations=600),
    ),
    Story(
        _LINE,
        "circles-quadratic",
        "A quadratic can",
        "Squares as features bend the boundary: watch it close around the inner circle.",
        RunConfig(data=_RINGS, features=Quadratic(), max_iterations=600),
    ),
    Story(
        _LINE,
        "xor-line",
        "XOR: a line",
        "Opposite corners belong together: watch accuracy end near 0.56.",
        RunConfig(data=_CORNERS, max_iterations=600),
    ),
    Story(
        _LINE,
        "xor-quadratic",
        "XOR: a quadratic",
        "The product x₀x₁ tells the corners apart: watch its weight outgrow the others.",
        RunConfig(data=_CORNERS, features=Quadratic(), max_iterations=600),
    ),
    Story(
        _LINE,
        "spread-line",
        "Unequal spread: a line",
        "Class 1 spreads three times as wide: watch the line end at 0.65.",
        _SPREAD,
    ),
    Story(
        _LINE,
        "spread-quadratic",
        "Unequal spread: a quadratic",
        "Watch the boundary bend around the narrow cloud, and accuracy pass 0.8.",
        replace(_SPREAD, features=Quadratic()),
    ),
    Story(
        _WEIGHTS,
        "weights-grow",
        "Separable, without a penalty",
        "All points are right early on: watch the weights grow all the same, to the last step.",
        _APART,
    ),
    Story(
        _WEIGHTS,
        "weights-held",
        "Separable, with an L2 penalty",
        "Watch w₀ and w₁ come to rest; b, which no penalty holds, takes longer.",
        replace(_APART, l2=0.1),
    ),
    Story(
        _WEIGHTS,
        "l1-useless",
        "L1 on useless features",
        "Squares and products are no help here: watch their weights tremble close to 0.",
        replace(_USELESS, l1=0.05),
    ),
    Story(
        _WEIGHTS,
        "l2-useless",
        "L2 on useless features",
        "All weights shrink, none is singled out: watch that of x̃₁² stay at −0.07.",
        replace(_USELESS, l2=0.05),
    ),
    Story(
        _LUCK,
        "overfitting",
        "Overfitting",
        "Few points, many features: watch the training loss fall and the test loss turn and rise.",
        _FEW,
    ),
    Story(
        _LUCK,
        "overfitting-held",
        "A penalty against it",
        "The same with an L2 penalty: watch the test loss stay close to its lowest.",
        replace(_FEW, l2=0.01),
    ),
    Story(
        _LUCK,
        "five-points",
        "Five points a class",
        "Small samples flatter: press New sample, and most are separated without a mistake.",
        _sampled(5),
    ),
    Story(
        _LUCK,
        "many-points",
        "10,000 points a class",
        "New sample hardly moves it: accuracy stays near 0.92, the Bayes accuracy.",
        _sampled(10_000),
    ),
)
