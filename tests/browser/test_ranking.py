"""ranking.js: the counts of each threshold, against lrcore.metrics and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from lrcore.metrics import Ranking, calibrated_threshold
from tests.browser.conftest import OpenModule

COSTS = [0.0, 0.05, 1 / 3, 1.0, 5.0, 20.0]
_ALL = """(module, scores, labels, levels, costs) => {
    const found = module.ranked(scores, labels, labels.map((_, k) => k));
    const at = (level) => module.confusion(found, module.placeAt(found, level));
    return {
        found, auc: module.auc(found), counts: levels.map(at),
        shares: levels.map((level) => module.shares(at(level))),
        cheapest: costs.map((c) => found.levels[module.cheapest(found, c)]),
        reached: found.levels.map((_, k) => {
            const t = module.thresholdAt(found, k);
            return module.placeAt(found, module.logit(t));
        }),
    };
}"""


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits with many ties, and classes; both are there."""
    generator = np.random.default_rng(seed)
    n = int(generator.integers(2, 80))
    labels = generator.permutation(np.arange(n) % int(generator.integers(2, 6)) == 0).astype(int)
    return generator.normal(labels, 2).round(int(generator.integers(0, 4))), labels


@pytest.mark.parametrize("seed", range(12))
def test_every_count_is_that_of_scikit_learn(js: OpenModule, seed: int) -> None:
    scores, labels = drawn(seed)
    ranking = Ranking.of(scores, labels)
    levels = [*np.unique(scores), 0.0, 0.123, -100.0, 100.0, np.inf, -np.inf]
    ours = js("ranking.js").run(_ALL, scores.tolist(), labels.tolist(), levels, COSTS)
    false, true, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
    assert np.array_equal(ours["found"]["levels"], thresholds)
    assert np.array_equal(np.divide(ours["found"]["found"], labels.sum()), true)
    assert np.array_equal(np.divide(ours["found"]["alarms"], (1 - labels).sum()), false)
    assert ours["auc"] == ranking.auc
    assert ours["auc"] == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-12)
    for level, counts, shares in zip(levels, ours["counts"], ours["shares"], strict=True):
        expected = metrics.confusion_matrix(labels, scores >= level, labels=[0, 1])
        assert [counts[name] for name in ("tn", "fp", "fn", "tp")] == expected.ravel().tolist()
        theirs = ranking.confusion(level)
        for name in ("precision", "recall", "f1", "accuracy"):
            assert shares[name] == pytest.approx(getattr(theirs, name), nan_ok=True), name
    assert ours["cheapest"] == [ranking.cheapest(cost) for cost in COSTS]
    assert ours["reached"] == list(range(len(thresholds)))


def test_scores_that_are_no_numbers_have_no_order(js: OpenModule) -> None:
    module = js("ranking.js")
    assert module.call("ranked", [0.5, float("nan")], [0, 1], [0, 1]) is None
    found = module.call("ranked", [0.5, float("nan")], [0, 1], [0])
    assert (found["positives"], found["negatives"]) == (0, 1)
    assert np.isnan(module.call("auc", found))


def test_the_calibrated_threshold_is_that_of_lrcore(js: OpenModule) -> None:
    for cost in COSTS:
        assert js("ranking.js").call("calibrated", cost) == calibrated_threshold(cost)


@pytest.mark.parametrize(
    ("pulled", "kept"),
    [(0, 0), (1, 1), (0.5, 0.5), (0.123456, 0.123), (0.99994321, 0.9999432), (0.00123456, 0.00123)],
)
def test_a_pulled_threshold_has_few_digits(js: OpenModule, pulled: float, kept: float) -> None:
    assert js("ranking.js").call("rounded", pulled) == pytest.approx(kept, abs=2e-6)
