"""The page of exercises in a real browser: it fits, can be read, and keeps what a link says."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from lrcore.autograd.exercises import EXERCISES
from lrcore.settings import described
from tests.browser.conftest import OpenPage
from tests.browser.player import ENDLESS, choose_exercise, number, url_of, wait_for_iteration
from tests.browser.wire import Wire

# Every exercise, and every part of it.
VIEWS = [
    f"ex={quote(name)}" + (f"&g_{field}={quote(part)}" if index else "")
    for name, cls in EXERCISES.items()
    for field, spec in described(cls)
    if spec.label == "Part" or field == next(iter(described(cls)))[0]
    for index, part in enumerate(spec.choices() if spec.label == "Part" else [""])
]
DARK = "embed_options=dark_theme"
# Opened at a page's own address, Streamlit looks for its server below that address first.
PROBE = "/autograd/_stcore/"
GRAPH = ".lab .node"

TEXT_SIZES = """() => [...document.querySelectorAll('.js-plotly-plot svg')]
  .flatMap(svg => [...svg.querySelectorAll('text')].filter(text => text.textContent.trim())
  .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d))"""

NAMELESS = """() => [...document.querySelectorAll(
  '.st-key-lab input, .st-key-lab button, .st-key-lab [role=slider], .st-key-lab [role=img]')]
  .filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.[0]?.textContent.trim()
    || e.title || e.getAttribute('aria-labelledby')))
  .map(e => e.outerHTML.slice(0, 200))"""

CUT_OFF = """() => [...document.querySelectorAll('.st-key-lab_head p, .st-key-lab_remarks')]
  .filter(e => e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().top < 0)
  .map(e => e.textContent)"""


class Lab:
    """Opens the lab and collects what the console says."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, query: str) -> Page:
        page = self.page
        page.goto(f"{self.address}/autograd?{query}")
        expect(page.locator(f"{GRAPH}, .js-plotly-plot .main-svg").first).to_be_visible()
        settle(page)
        return page

    def hear(self, message: ConsoleMessage) -> None:
        if PROBE not in message.location["url"]:
            self.complaints.append(f"{message.text} {message.location['url']}")


def settle(page: Page) -> None:
    """Wait until the script has run and nothing is marked as old."""
    page.wait_for_selector("[data-test-script-state=notRunning]")
    expect(page.locator("[data-stale=true]")).to_have_count(0)


@pytest.fixture
def lab(profile: BrowserContext, address: str) -> Iterator[Lab]:
    opened = Lab(profile, address)
    yield opened
    opened.page.close()
    assert opened.complaints == []


@pytest.mark.parametrize("views", [VIEWS, [f"{view}&{DARK}" for view in VIEWS[::5]]])
def test_every_view_fits_the_screen_and_is_readable(lab: Lab, views: list[str]) -> None:
    for view in views:
        page = lab.open(view)
        size = page.evaluate(
            "(({ scrollWidth, scrollHeight }) => [scrollWidth, scrollHeight])"
            "(document.querySelector('[data-testid=stMain]'))"
        )
        assert size[1] <= 720, view
        assert min(page.evaluate(TEXT_SIZES), default=14) >= 14, view
        assert page.evaluate(NAMELESS) == [], view
        assert page.evaluate(CUT_OFF) == [], view


def code(page: Page) -> Locator:
    return page.get_by_test_id("line")


def test_the_keyboard_moves_a_slider_and_the_link_keeps_it(lab: Lab) -> None:
    page = lab.open("ex=One+graph")
    page.get_by_role("slider", name="Value of w").press("ArrowRight")
    page.wait_for_function("location.search.includes('g_w=1.1')")
    expect(code(page).filter(has_text="w = torch.tensor([1.1]")).to_be_visible()
    copy = lab.open(url_of(page).partition("?")[2])
    expect(code(copy).filter(has_text="w = torch.tensor([1.1]")).to_be_visible()


def test_an_expression_that_shrinks_at_its_last_step_is_played_on(lab: Lab) -> None:
    page = lab.open("ex=Your+own+expression")
    field = page.get_by_role("textbox", name="Expression in w, x, a, b")
    for text, line in (("w*x", "y = w * x"), ("w", "y = w * 1")):
        field.fill(text)
        field.press("Enter")
        expect(code(page).filter(has_text=line)).to_be_visible()
        if text == "w*x":
            page.get_by_test_id("end").click()
        step, last = page.get_by_test_id("count").inner_text().split(" / ")
        assert step == last
    field.fill("tanh(w) * y")
    field.press("Enter")
    expect(page.get_by_text("y is not known here.")).to_be_visible()
    expect(page.get_by_text("^")).to_be_visible()
    field.fill("tanh(w)")
    field.press("Enter")
    expect(code(page).filter(has_text="y = torch.tanh(w)")).to_be_visible()


def shown(page: Page) -> int:
    slider = page.get_by_test_id("stSlider").filter(has_text="Iteration")
    return int(slider.get_by_test_id("stSliderThumbValue").inner_text())


def test_leaving_in_mid_play_keeps_the_playhead(open_page: OpenPage) -> None:
    page = open_page(ENDLESS, quiet=False)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 100)
    page.get_by_role("link", name="Autograd").click()
    expect(page.locator(GRAPH).first).to_be_visible()
    choose_exercise(page, "The graph of this run")
    left_at = shown(page)
    assert left_at >= 100
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_test_id("iteration")).to_have_text(str(left_at))
    assert number(page, "iteration") == left_at
    expect(page.get_by_test_id("play")).to_have_text("Play")


def test_back_leads_to_the_exercise_that_was_left(lab: Lab) -> None:
    page = lab.open("ex=Accumulating&g_w=2")
    page.get_by_test_id("timeline").press("ArrowRight")
    page.wait_for_function("location.search.includes('step=1')")
    address = url_of(page)
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    page.go_back()
    expect(page.get_by_role("slider", name="Value of w")).to_have_value("2")
    expect(page).to_have_url(address)


def test_a_slider_on_the_way_back_leaves_the_exercise_as_it_was(
    context: BrowserContext, address: str
) -> None:
    """It speaks for the page that is left, in the address of the one that comes."""
    wire = Wire(context)
    lab = Lab(context, address)
    page = lab.open("ex=Accumulating&g_w=2")
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    settle(page)
    wire.hold()
    page.go_back()
    page.get_by_role("slider", name="Learning rate").press("ArrowRight")
    page.wait_for_function("location.search.includes('lr=')")
    wire.let_go()
    expect(page.get_by_role("slider", name="Value of w")).to_have_value("2")
    settle(page)
    assert url_of(page) == f"{address}/autograd?ex=Accumulating&g_w=2"
    assert lab.complaints == []


def test_an_iteration_that_the_next_run_does_not_have_is_none(open_page: OpenPage) -> None:
    page = open_page("?mean=0.8&max_iterations=60", quiet=False)
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("iteration")).to_have_text("60")
    page.get_by_role("link", name="Autograd").click()
    choose_exercise(page, "The graph of this run")
    page.get_by_role("slider", name="Iteration").press("ArrowLeft")
    page.wait_for_function("location.search.includes('g_iter=59')")
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_test_id("iteration")).to_have_text("60")
    settle(page)
    page.get_by_test_id("start").click()
    page.get_by_role("button", name="New sample").first.click()
    page.wait_for_function("location.search.includes('seed=')")
    page.wait_for_function("!location.search.includes('at=')")
    settle(page)
    page.get_by_role("link", name="Autograd").click()
    choose_exercise(page, "The graph of this run")
    assert shown(page) == 0
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("size", [(390, 844), (640, 360)])  # a phone; 1280 x 720 at 200 %
def test_other_pages_can_be_reached_on_small_screens(lab: Lab, size: tuple[int, int]) -> None:
    lab.page.set_viewport_size({"width": size[0], "height": size[1]})
    page = lab.open("ex=autograd.backward")
    overflow = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"
    )
    assert overflow <= 0
    for name in ("Training", "Stories"):
        link = page.get_by_role("link", name=name, exact=True)
        expect(link).to_be_in_viewport()
    page.get_by_role("link", name="Stories", exact=True).click()
    page.wait_for_url("**/stories*")


@pytest.mark.parametrize("path", ["", "autograd"])
def test_a_page_whose_modules_do_not_come_says_so(
    context: BrowserContext, address: str, path: str
) -> None:
    context.route("**/stage.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{address}/{path}")
    expect(page.get_by_text("could not be loaded")).to_contain_text("Reload the page.")
