"""The dialog of a race, its flags, and the axes along which runs are compared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from lrcore import LBFGS, SGD, Run, RunConfig
from lrcore.insight import RATE_LADDER
from lrcore.ui.player.race import order
from tests.browser.conftest import PATIENCE, OpenPage
from tests.browser.player import number, wait_for_frames

_FLAGS = """() => document.querySelector('[data-testid=curves]').data
    .filter(({name}) => name === 'flag').map(({x, text}) => [x[0], text[1].trim()])"""
_RANGE = "() => document.querySelector('[data-testid=curves]')._fullLayout.xaxis.range[1]"


def choose(page: Page, *titles: str) -> None:
    for box in page.locator(".entrants label").all():
        wanted = box.inner_text().strip() in titles
        box.get_by_role("checkbox").set_checked(wanted)


def ended(run: Run) -> Run:
    run.extend(60)
    return run


def test_a_fair_race_shows_its_ladder_and_plays_to_its_order(open_page: OpenPage) -> None:
    page = open_page("?std=1")
    page.get_by_test_id("race").click()
    go = page.locator(".race .go")
    choose(page, "SGD")
    expect(go).to_be_disabled()
    choose(page, "SGD", "LBFGS")
    go.click()
    expect(go).to_have_text("Start the race", timeout=4 * PATIENCE)
    rows = page.locator(".race tr").all()
    assert rows[0].locator("th").all_inner_texts() == [
        "rate",
        *(f"{rate:g}" for rate in RATE_LADDER),
    ]
    sgd = rows[1].locator("td")
    for rate, cell in zip(RATE_LADDER, sgd.all_inner_texts(), strict=True):
        passed = ended(Run(RunConfig(optimizer=SGD(lr=rate), max_iterations=500))).passed
        assert cell == ("–" if passed is None else f"{passed:,}")
    expect(page.locator(".race .best")).to_have_count(2)
    best = float(
        rows[0]
        .locator("th")
        .nth(1 + ["best" in (cell.get_attribute("class") or "") for cell in sgd.all()].index(True))
        .inner_text()
    )
    go.click()
    expect(page.locator(".race")).to_be_hidden()
    run = ended(Run(RunConfig(optimizer=SGD(lr=best))))
    expect(page.get_by_test_id("iteration")).to_have_text(str(len(run) - 1))
    expect(page.locator(".pins li span")).to_have_text(["LBFGS"])
    expect(page.get_by_test_id("status")).to_contain_text(
        re.compile(rf"The race, by iterations: LBFGS \d+, SGD {len(run) - 1}\.")
    )
    page.wait_for_function(f"/lr={best:g}(&|$)/.test(location.search)")
    flags = dict(reversed(flag) for flag in page.evaluate(_FLAGS))
    assert flags[f"<b>SGD</b> {len(run) - 1}"] == len(run) - 1
    assert len(flags) == 2


def test_an_unfair_race_starts_at_once_with_the_rates_as_they_are(open_page: OpenPage) -> None:
    page = open_page("?std=1&lr=0.1")
    page.get_by_test_id("race").click()
    choose(page, "SGD", "LBFGS")
    page.get_by_label("Fair").uncheck()
    page.locator(".race .go").click()
    expect(page.locator(".race")).to_be_hidden()
    runs = [ended(Run(RunConfig(optimizer=one))) for one in (LBFGS(), SGD(lr=0.1))]
    expect(page.get_by_test_id("status")).to_contain_text(order(runs)[0])


@pytest.mark.parametrize("axis", [1, 2])
def test_curves_have_the_axis_that_is_chosen(open_page: OpenPage, axis: int) -> None:
    page = open_page("?std=1&lr=0.1&pins=0:optimizer=LBFGS")
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    expect(page.locator(".pins li")).to_have_count(1)
    page.get_by_test_id("axis").select_option(str(axis))
    name = ["", "evaluations of the loss", "milliseconds"][axis]
    expect(page.locator(".of-curves .axis span")).to_have_text(name)
    page.wait_for_function(f"/axis={axis}/.test(location.search)")
    last = int(number(page, "iteration"))
    wait_for_frames(page, 3)
    places = dict(reversed(flag) for flag in page.evaluate(_FLAGS))
    if axis == 1:
        lbfgs = ended(Run(RunConfig(optimizer=LBFGS())))
        evaluations = lbfgs.effort()[-1, 0]
        assert places == {
            f"<b>SGD</b> {last}": last,
            f"<b>LBFGS</b> {evaluations:.0f}": evaluations,
        }
    else:
        assert all(text.endswith("ms") for text in places)
        assert page.evaluate(_RANGE) == pytest.approx(max(places.values()))
    page.reload()
    expect(page.locator(".of-curves .axis span")).to_have_text(name)
