"""Ranking, thresholds and costs against scikit-learn and by counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from lrcore import Blobs, Run, RunConfig
from lrcore.metrics import Confusion, Ranking, calibrated_threshold

Points = list[tuple[float, int]]
# Few values, so that many are tied.
scores = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.50000001, 0.9, 1.0])
points = st.lists(st.tuples(scores | st.floats(0, 1), st.integers(0, 1)), min_size=2, max_size=40)
unhurried = settings(deadline=None, max_examples=60)
with_both = points.filter(lambda found: {label for _, label in found} == {0, 1})


def unzipped(found: Points) -> tuple[np.ndarray, np.ndarray]:
    return np.array([score for score, _ in found]), np.array([label for _, label in found])


@unhurried
@given(found=with_both)
def test_roc_and_auc_are_those_of_scikit_learn(found: Points) -> None:
    p, y = unzipped(found)
    ranking = Ranking.of(p, y)
    for ours, theirs in zip(
        (*ranking.roc, ranking.thresholds),
        metrics.roc_curve(y, p, drop_intermediate=False),
        strict=True,
    ):
        assert np.array_equal(ours, theirs)
    assert ranking.auc == pytest.approx(metrics.roc_auc_score(y, p), abs=1e-12)


@unhurried
@given(found=points, threshold=scores | st.floats(-0.5, 1.5))
def test_confusion_is_that_of_scikit_learn(found: Points, threshold: float) -> None:
    p, y = unzipped(found)
    ours, given_1 = Ranking.of(p, y).confusion(threshold), p >= threshold
    tn, fp, fn, tp = metrics.confusion_matrix(y, given_1, labels=[0, 1]).ravel().tolist()
    assert ours == Confusion(tp, fp, fn, tn)
    for value, theirs in (
        (ours.precision, metrics.precision_score),
        (ours.recall, metrics.recall_score),
        (ours.f1, metrics.f1_score),
    ):
        expected = theirs(y, given_1, zero_division=np.nan)
        assert value == pytest.approx(expected, nan_ok=True)
    assert ours.accuracy == pytest.approx(metrics.accuracy_score(y, given_1))


@unhurried
@given(found=points, cost=st.sampled_from([0.0, 0.2, 1.0, 3.0, 50.0]))
def test_cheapest_threshold_costs_least_and_is_the_highest_such(found: Points, cost: float) -> None:
    p, y = unzipped(found)
    ranking = Ranking.of(p, y)

    def costs(threshold: float) -> float:
        given_1 = p >= threshold
        return float((given_1 & (y == 0)).sum() + cost * (~given_1 & (y == 1)).sum())

    best = ranking.cheapest(cost)
    tried = [*p, np.inf]
    assert costs(best) == pytest.approx(min(map(costs, tried)))
    assert ranking.confusion(best).cost(cost) == pytest.approx(costs(best))
    assert best >= max(one for one in tried if costs(one) == costs(best))


def test_calibrated_threshold_is_cheapest_where_the_probabilities_are_right() -> None:
    p = np.linspace(0.005, 0.995, 100).repeat(1000)
    y = np.tile(np.arange(1000), 100) < 1000 * p  # as often as p says
    for cost in (0.25, 1.0, 4.0):
        assert Ranking.of(p, y).cheapest(cost) == pytest.approx(
            calibrated_threshold(cost), abs=0.01
        )
    assert calibrated_threshold(3.0) == 0.25  # misses are dear, so alarms come early


def test_ranking_of_a_run_at_a_half_is_its_accuracy() -> None:
    run = Run(RunConfig(data=Blobs(mean=0.6), target_accuracy=1.0))
    run.extend(seconds=60, iterations=50)
    close = run.close_up(40)
    ranking = Ranking.of(close.probabilities.numpy(), run.data.y[close.batch].numpy())
    assert ranking.confusion(0.5).accuracy == run.step(40).accuracy


@unhurried
@given(found=points)
def test_one_class_alone_has_no_auc(found: Points) -> None:
    p, _ = unzipped(found)
    assert np.isnan(Ranking.of(p, np.ones(len(p))).auc)
    assert np.isnan(Ranking.of(p, np.zeros(len(p))).roc[1]).all()


def test_no_points_have_a_confusion() -> None:
    assert Ranking.of([], []).confusion(0.5) == Confusion(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("p", "y"), [([np.nan], [1]), ([0.5], [2]), ([0.5, 0.5], [1]), ([[0.5]], [[1]])]
)
def test_what_cannot_be_ranked_is_refused(p: list[float], y: list[int]) -> None:
    with pytest.raises(ValueError, match=r"needs|must"):
        Ranking.of(p, y)
