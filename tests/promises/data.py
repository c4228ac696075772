"""Promises of the data sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrcore import Blobs, Circles, Cubic, Iris, Linear, Moons, Quadratic, Spirals, Xor
from lrcore.data import DataSettings
from lrcore.features import FeatureMap
from lrcore.limits import best_line, linearly_separable
from tests.promises.table import NEWTON, OVERLAPPING, bayes, falls, on, promised_by
from tests.story_runs import played


def share_of_best_line(data: DataSettings) -> float:
    sample = data.sample()
    return best_line(sample.x, sample.y).accuracy


@promised_by("RunConfig.data")
def best_line_differs_by_data(_: type) -> None:
    """It gets nearly all of some right, and little more than half of others."""
    shares = [share_of_best_line(data) for data in (Blobs(), Iris(), Moons(), Xor(), Circles())]
    assert falls(shares)
    assert shares[0] > 0.99
    assert shares[-1] < 0.75


@promised_by("*.samples_per_class")
def boundary_depends_less_on_luck(cls: type[DataSettings]) -> None:
    spread = []
    for count in (20, 2000):
        samples = [on(cls(samples_per_class=count, seed=seed)) for seed in range(6)]
        ends = np.array([sample.parameters[-1] for sample in samples])
        spread.append(ends.std(0).max())
    assert spread[1] < spread[0] / 4


@promised_by("*.seed")
def results_are_luck_in_part(cls: type[DataSettings]) -> None:
    ends = [on(cls(seed=seed)).accuracy[-1] for seed in range(6)]
    again = cls(seed=4).sample()
    assert (again.x == cls(seed=4).sample().x).all()
    assert np.ptp(ends) > 0.01


@promised_by("Blobs.mean")
def best_accuracy_falls_as_the_clouds_meet(_: type) -> None:
    clouds = [Blobs(mean=mean) for mean in (1.6, 1.0, 0.5, 0.0)]
    assert falls([bayes(data) for data in clouds])
    assert falls([share_of_best_line(data) for data in clouds])
    centre = Blobs(mean=1.6, bias=0.0, samples_per_class=10_000).sample()
    assert np.abs(centre.x[centre.y == 0].mean(0).numpy() - 1.6).max() < 0.05


@promised_by("Blobs.bias")
def far_from_0_training_takes_longer(_: type) -> None:
    def iterations(bias: float, *, standardise: bool) -> int:
        data = Blobs(mean=1.0, bias=bias)
        run = played(
            replace(
                OVERLAPPING,
                data=data,
                standardise=standardise,
                target_accuracy=0.92,
                max_iterations=20_000,
            )
        )
        return run.iterations

    raw = [iterations(bias, standardise=False) for bias in (0.0, 2.0, 4.0)]
    assert falls(raw[::-1])
    assert raw[2] > 3 * raw[0]
    standardised = [iterations(bias, standardise=True) for bias in (0.0, 2.0, 4.0)]
    assert np.ptp(standardised) <= 1


@promised_by("Blobs.std")
def more_points_end_on_the_wrong_side(_: type) -> None:
    assert falls([on(Blobs(std=std)).accuracy[-1] for std in (1.0, 2.0, 4.0)])


@promised_by("Blobs.imbalance")
def boundary_moves_towards_the_rare_class(_: type) -> None:
    """Class 1, the rare one, lies below on the diagonal."""
    places = []
    for imbalance in (1.0, 10.0, 100.0):
        w0, w1, b = on(Blobs(samples_per_class=1000, mean=0.8, imbalance=imbalance)).parameters[-1]
        places.append(-b / (w0 + w1))
    assert falls(places)
    assert places[0] - places[2] > 0.5


@promised_by("Blobs.correlation")
def clouds_stretch_into_each_other(_: type) -> None:
    known = [bayes(Blobs(mean=0.8, correlation=rho)) for rho in (-0.8, -0.4, 0.0, 0.3, 0.6)]
    assert falls(known)
    assert falls([on(Blobs(mean=0.8, correlation=rho)).accuracy[-1] for rho in (-0.8, 0.0, 0.6)])


@promised_by("Blobs.std_ratio")
def best_boundary_bends_around_the_smaller_cloud(_: type) -> None:
    for ratio in (3.0, 1 / 3):
        data = Blobs(mean=0.5, std=max(1.0, 1 / ratio), std_ratio=ratio)
        assert on(data).accuracy[-1] < bayes(data) - 0.1
        bent = played(replace(NEWTON, data=data, features=Quadratic(), l2=0.0))
        _, _, w00, w11, w01, _ = bent.parameters[-1]
        curvatures = np.linalg.eigvalsh([[w00, w01 / 2], [w01 / 2, w11]])
        # Class 0 inside where it is the smaller one, else class 1.
        assert (curvatures > 0).all() if ratio > 1 else (curvatures < 0).all()


@promised_by("Blobs.label_noise")
def model_becomes_less_sure(_: type) -> None:
    assert falls([on(Blobs(label_noise=noise)).size[-1] for noise in (0.0, 0.1, 0.3)])


@promised_by("Moons.noise", "Circles.noise", "Xor.noise", "Spirals.noise")
def classes_mix(cls: type[DataSettings]) -> None:
    assert falls([bayes(cls(noise=noise)) for noise in (0.3, 1.0, 2.0)])


@promised_by("Moons.depth")
def line_nearly_suffices_below_0(_: type) -> None:
    for depth in (-1.0, -0.5, -0.2, -0.1):
        assert share_of_best_line(Moons(depth=depth)) >= 0.995
    assert share_of_best_line(Moons(depth=1.0)) < 0.95


@promised_by("Circles.inner_radius")
def room_between_the_circles_closes(_: type) -> None:
    assert falls([bayes(Circles(inner_radius=radius)) for radius in (0.5, 0.7, 0.8, 0.9)])


@promised_by("Spirals.turns")
def more_features_become_necessary(_: type) -> None:
    """A line is enough for half a turn; a whole one needs cubic features, and two need more."""

    def right(turns: float, features: FeatureMap) -> float:
        config = replace(NEWTON, data=Spirals(turns=turns), features=features, l2=0.001)
        return float(played(replace(config, max_iterations=100)).accuracy[-1])

    assert right(0.5, Linear()) > 0.95
    assert right(1.0, Cubic()) > 0.9
    assert max(right(1.0, Linear()), right(1.0, Quadratic()), right(2.0, Cubic())) < 0.7


@promised_by("Iris.measurements")
def petals_tell_more_than_sepals(_: type) -> None:
    assert share_of_best_line(Iris(measurements="petal length, petal width")) > 0.96
    assert share_of_best_line(Iris(measurements="sepal length, sepal width")) < 0.8


@promised_by("Iris.species")
def line_separates_setosa_from_the_others(_: type) -> None:
    for species in ("setosa, versicolor", "setosa, virginica"):
        sample = Iris(species=species).sample()
        assert linearly_separable(sample.x, sample.y)
