"""Links, bad input, lost connections and several pages, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lrcore import SGD, Blobs, Run, RunConfig
from lrcore.ui.player.words import began, ending_sentence
from tests.browser.conftest import OpenPage
from tests.browser.player import (
    ENDLESS,
    assert_shows,
    choose_exercise,
    drop_connection,
    go_to,
    hidden_part,
    keep_sockets,
    move_slider,
    number,
    pause,
    url_of,
    wait_for_connection,
    wait_for_frames,
    wait_for_iteration,
)


def test_a_copied_link_opens_the_same_run(open_page: OpenPage) -> None:
    page = open_page("?seed=17&mean=2.1&std=1.4&loss=bce&start=typed&w0=0.5&w1=-1&b=0.25")
    config = RunConfig(
        data=Blobs(seed=17, mean=2.1, std=1.4), loss="bce", initial_weights=(0.5, -1.0, 0.25)
    )
    go_to(page, 25)
    run = Run(config)
    run.extend(10)
    assert_shows(page, run, 25)
    move_slider(page, "Distance", "ArrowRight")
    page.wait_for_function("/mean=2.2/.test(location.search) && !/at=/.test(location.search)")
    copy = open_page(url_of(page).split("/", 3)[3])
    run = Run(
        RunConfig(
            data=Blobs(seed=17, mean=2.2, std=1.4), loss="bce", initial_weights=(0.5, -1.0, 0.25)
        )
    )
    assert_shows(copy, run, 0)


def test_a_bad_link_is_explained_and_opens(open_page: OpenPage) -> None:
    """Of bad links, one that names a number; the others are opened without a browser."""
    page = open_page("?lr=50")
    toast = page.get_by_test_id("stToast")
    expect(toast).to_contain_text("lr")
    box = toast.bounding_box()  # over the controls: it hides no number and no button
    assert box is not None
    assert box["x"] + box["width"] <= 300
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert_shows(page, Run(RunConfig()), 0)
    go_to(page, 5)  # the page is drawn anew: it is said once
    move_slider(page, "Momentum", "ArrowRight")
    expect(page.locator(".stage .marks span")).to_have_count(1)
    expect(toast).to_have_count(1)


def test_weights_too_large_are_called_diverged(open_page: OpenPage) -> None:
    page = open_page("?start=typed&w0=1e38&w1=1e38")
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("status")).to_contain_text("Cannot start")


def test_sentence_of_a_diverged_run_leads_to_where_it_began(open_page: OpenPage) -> None:
    page = open_page("?mean=0.8&l2=0.5&lr=10")
    run = Run(RunConfig(data=Blobs(mean=0.8), l2=0.5, optimizer=SGD(lr=10.0)))
    run.extend(10)
    since = began(run)
    page.get_by_test_id("end").click()
    status = page.get_by_test_id("status")
    expect(status).to_have_text(f"{ending_sentence(run)} It began at iteration {since}.")
    assert hidden_part(page, "stMain") <= 0
    page.get_by_role("button", name="It began").click()
    expect(page.get_by_test_id("iteration")).to_have_text(str(since))
    assert_shows(page, run, since)
    expect(status).not_to_contain_text("It began")


def test_exhausted_run_names_its_best(open_page: OpenPage) -> None:
    page = open_page("?max_iterations=20")
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("status")).to_contain_text("Not reached in 20 iterations")
    run = Run(RunConfig(max_iterations=20))
    run.extend(10)
    best = run.columns().accuracy.max()
    expect(page.get_by_test_id("status")).to_contain_text(f"{best:.4f}")


def test_a_dropped_connection_loses_nothing(open_page: OpenPage, context: BrowserContext) -> None:
    keep_sockets(context)
    page = open_page(f"{ENDLESS}&momentum=0.5", quiet=False)
    cached: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", note_cached(cached)))
    page.get_by_test_id("play").click()
    for goal in (30, 200, 400):  # it drops amid a rerun or between two
        wait_for_iteration(page, goal)
        wait_for_connection(page, after=drop_connection(page))
    wait_for_iteration(page, 600)
    here = pause(page)
    run = Run(RunConfig(optimizer=SGD(momentum=0.5), target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(10, here + 1)
    assert_shows(page, run, here)
    assert page.locator(".stage").get_attribute("data-run") == "1"
    expect(page.locator(".st-key-momentum")).to_contain_text("0.50")
    assert cached == []


def note_cached(found: list[str]) -> Callable[[bytes], None]:
    """Notes what Streamlit may send as a mere reference later; a page that was away may have
    forgotten it."""

    def note(frame: bytes) -> None:
        message = ForwardMsg.FromString(frame)
        if message.metadata.cacheable:
            found.append(message.hash)

    return note


def test_two_pages_do_not_mix(open_page: OpenPage) -> None:
    first = open_page(ENDLESS)
    second = open_page(f"{ENDLESS}&seed=5")
    for page in (first, second):
        page.bring_to_front()
        page.get_by_test_id("play").click()
        wait_for_iteration(page, 30)
        page.get_by_test_id("play").click()
    for page, seed in ((first, 3), (second, 5)):
        here = int(number(page, "iteration"))
        config = RunConfig(data=Blobs(seed=seed), target_accuracy=1.0, max_iterations=1_000_000)
        run = Run(config)
        run.extend(10, here + 1)
        assert_shows(page, run, here)


def test_a_large_sample_is_drawn_in_part_and_says_so(open_page: OpenPage) -> None:
    page = open_page("?samples_per_class=50000")
    expect(page.locator(".stage .note")).to_have_text("2,000 of 100,000 points are drawn")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_follow_the_theme(open_page: OpenPage, theme: str) -> None:
    page = open_page(f"?embed_options={theme}_theme&embed=true")
    stroke = "getComputedStyle(document.querySelector('.scatter .shapelayer path')).stroke"
    text = "getComputedStyle(document.querySelector('.stage')).color"
    assert page.evaluate(stroke) == page.evaluate(text)


def test_a_link_leaves_a_page_that_plays(open_page: OpenPage) -> None:
    page = open_page(ENDLESS, quiet=False)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 30)
    page.get_by_role("link", name="Autograd").click()
    expect(page.get_by_test_id("node").first).to_be_visible()


def test_the_other_page_and_back_keep_the_playhead(open_page: OpenPage) -> None:
    page = open_page(ENDLESS, quiet=False)
    go_to(page, 25)
    wait_for_frames(page, 30)  # in the first ten, the player tells Python where it rests
    page.get_by_role("link", name="Autograd").click()
    choose_exercise(page, "The graph of this run")
    slider = page.locator('input[type=range][aria-label="Iteration"]')
    expect(slider).to_have_value("25")
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_test_id("iteration")).to_have_text("25")
