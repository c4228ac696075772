"""One step in beats, in a real browser: the lit line, its numbers, and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lrcore import Adam, Blobs, Run, RunConfig
from lrcore.training.loop import values
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.step import one_step
from tests.browser.conftest import OpenPage
from tests.browser.player import assert_shows, go_to, number, url_of, wait_for_iteration

SLOW = "?mean=0.8"
CONFIG = RunConfig(data=Blobs(mean=0.8))
BEATS = ["zero_grad", "forward", "loss", "backward", "momentum", "step"]


@pytest.fixture(scope="module")
def run() -> Run:
    trained = Run(CONFIG)
    trained.extend(60, 100)
    return trained


def query_of(page: Page) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(url_of(page)).query))


def expect_beat(page: Page, beat: int) -> None:
    expect(page.get_by_test_id("beat")).to_contain_text(f"{beat + 1}/6 {BEATS[beat]}:")


def lit(page: Page) -> list[str]:
    return page.locator("[data-testid=line][aria-current]").all_inner_texts()


def test_a_link_opens_a_beat_with_its_line_and_numbers(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"{SLOW}&view=step")
    go_to(page, 37)
    expect_beat(page, 0)
    for beat in range(1, 4):
        page.keyboard.press(".")
        expect_beat(page, beat)
    close = run.close_up(37)
    assert [text.strip() for text in lit(page)] == [f"loss.backward()  # {values(close)[5]}"]
    page.wait_for_function("/beat=3/.test(location.search) && /at=37/.test(location.search)")
    before = lit(page)
    page.goto(url_of(page))
    expect_beat(page, 3)
    assert lit(page) == before
    assert query_of(page)["view"] == "step"


def test_beats_go_forward_and_back_exactly_over_the_ends_of_a_step(
    open_page: OpenPage, run: Run
) -> None:
    page = open_page(f"{SLOW}&view=step")
    go_to(page, 20)
    expect_beat(page, 0)
    page.keyboard.press(",")
    expect(page.get_by_test_id("iteration")).to_have_text("19")
    expect_beat(page, 5)
    assert_shows(page, run, 19)
    before = page.get_by_test_id("vectors").inner_html()
    page.keyboard.press(".")
    expect(page.get_by_test_id("iteration")).to_have_text("20")
    expect_beat(page, 0)
    page.keyboard.press(",")
    expect_beat(page, 5)
    assert page.get_by_test_id("vectors").inner_html() == before


def test_bars_are_the_vectors_of_the_step(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"{SLOW}&view=step")
    go_to(page, 12)
    step = one_step(Atlas(run), (12.0,))
    assert step is not None
    bars = page.get_by_test_id("vectors").locator("span")

    def shown(row: int) -> list[float]:
        labels = [bars.nth(3 * row + k).get_attribute("aria-label") for k in range(3)]
        return [float(label.split(": ")[1].replace("−", "-")) for label in labels if label]

    expect_beat(page, 0)
    assert shown(0) == [0.0, 0.0, 0.0]
    assert shown(1) == pytest.approx(step.memory[0].before, abs=6e-5)
    page.get_by_role("button", name="Beat 4: backward").click()
    expect_beat(page, 3)
    assert shown(0) == pytest.approx(step.gradient, abs=6e-5)
    page.get_by_role("button", name="Beat 6: step").click()
    expect_beat(page, 5)
    assert shown(1) == pytest.approx(step.memory[0].after, abs=6e-5)
    moved = [b - a for a, b in zip(step.before, step.after, strict=True)]
    assert shown(2) == pytest.approx(moved, abs=6e-5)


def test_the_line_goes_where_the_step_leads(open_page: OpenPage, run: Run) -> None:
    page = open_page(f"{SLOW}&view=step")
    go_to(page, 3)
    page.get_by_role("button", name="Beat 6: step").click()
    after = run.step(4)
    slope = -after.weights[0] / after.weights[1]
    on_line = """() => { const path = document.querySelector('.overlay path.next');
        if (!path) return null;
        const { xaxis, yaxis } = document.querySelector('.scatter')._fullLayout;
        return path.getAttribute('d').match(/-?[\\d.]+/g).map(Number)
            .map((px, k) => (k % 2 ? yaxis : xaxis).p2l(px)); }"""
    page.wait_for_function(
        f"(slope) => {{ const d = ({on_line})(); return d && d.length === 4 && "
        "Math.abs((d[3] - d[1]) / (d[2] - d[0]) - slope) < 1e-3 * (1 + Math.abs(slope)); }",
        arg=slope,
    )
    x0, y0, *_ = page.evaluate(on_line)
    logit = after.weights[0] * x0 + after.weights[1] * y0 + after.bias
    assert logit == pytest.approx(0, abs=5e-3)


def test_slow_motion_plays_beats_and_a_key_ends_it(open_page: OpenPage) -> None:
    page = open_page(f"{SLOW}&view=step")
    go_to(page, 8)
    expect_beat(page, 0)
    page.keyboard.press("s")
    expect_beat(page, 1)
    expect_beat(page, 2)
    page.keyboard.press("s")
    page.keyboard.press(",")
    expect_beat(page, 1)
    page.wait_for_timeout(1500)  # longer than a beat of slow motion
    expect_beat(page, 1)
    assert number(page, "iteration") == 8


def test_while_it_plays_the_page_says_how_to_see_a_step(open_page: OpenPage) -> None:
    page = open_page(f"{SLOW}&view=step&target_accuracy=1&max_iterations=1000000")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 10)
    expect(page.get_by_test_id("beat")).to_contain_text("Pause to see this step")


def test_only_the_points_of_a_batch_are_lit(open_page: OpenPage) -> None:
    page = open_page(f"{SLOW}&view=step&mini_batches=true")
    go_to(page, 5)
    expect(page.get_by_test_id("beat")).to_contain_text("This step sees 20 of 200 points.")
    expect(page.locator(".plane.dimmed")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator(".plane.dimmed")).to_have_count(0)


# The sides of the box that is drawn in the colour of the squares, in px of the picture.
_BOX = """() => {
    const canvas = document.querySelector('[data-testid=picture] canvas');
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const [xs, ys] = [[], []];
    for (let k = 0; k < data.length; k += 4) {
        const [red, green, blue, alpha] = data.slice(k, k + 4);
        if (red < 20 && green > 140 && blue < 130 && alpha > 120) {
            const y = Math.floor(k / 4 / width);
            if (y > height - 24) continue; // the legend
            xs.push((k / 4) % width);
            ys.push(y);
        }
    }
    return [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
}"""


def test_a_link_to_a_beat_opens_it_and_adam_divides_by_the_box(open_page: OpenPage) -> None:
    """Two beats draw a box: as wide and as high as the squares' roots are large."""
    page = open_page(
        "?mean=0.8&optimizer=Adam&beat=5", quiet=False
    )  # Chromium has advice on reading a canvas
    go_to(page, 60)
    for beat, name in ((6, "v"), (7, "correction")):
        expect(page.get_by_test_id("beat")).to_contain_text(f"{beat}/8 {name}:")
        run = Run(RunConfig(data=Blobs(mean=0.8), optimizer=Adam()))
        run.extend(10, 80)
        close = run.close_up(60)
        across, upwards = close.state_after["exp_avg_sq"][:2].sqrt().tolist()
        width, height = page.evaluate(_BOX)
        assert width > 10
        assert width / height == pytest.approx(across / upwards, rel=0.2)
        page.keyboard.press(".")
    page.keyboard.press("1")
    go_to(page, 7)
    page.wait_for_function("location.search.includes('at=7')")
    assert "beat" not in query_of(page)
