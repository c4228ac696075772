"""The autograd lab in a real browser: each exercise fits the screen and can be read."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from lrcore.ui.autograd.page import EXERCISES

VIEWS = [
    *(f"ex={quote(exercise)}" for exercise in EXERCISES),
    "ex=autograd.backward&g_bw=Vector+output",
    "ex=autograd.backward&g_bw=create_graph",
    "ex=Dynamic+and+static+graphs&g_dyn=Change+a+leaf",
    "ex=Dynamic+and+static+graphs&g_dyn=Change+a+saved+tensor",
    "ex=The+graph+of+this+run&g_batch=true",
    "ex=autograd.grad&g_f=log(x)&g_order=4",
]
DARK = "embed_options=dark_theme"
# Streamlit's graph drawing says that it works without a worker whenever it draws.
DRAWING = "useWorker"
# Opened at a page's own address, Streamlit looks for its server below that address first.
PROBE = "/autograd/_stcore/"

TEXT_SIZES = """() => [...document.querySelectorAll('.stGraphVizChart svg, .js-plotly-plot svg')]
  .flatMap(svg => [...svg.querySelectorAll('text')].filter(text => text.textContent.trim())
  .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d))"""

NAMELESS = """() => [...document.querySelectorAll(
  '.st-key-lab input, .st-key-lab button, .st-key-lab [role=slider]')]
  .filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.[0]?.textContent.trim()
    || e.title || e.getAttribute('aria-labelledby')))
  .map(e => e.outerHTML.slice(0, 200))"""


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
        drawing = page.locator(".stGraphVizChart svg, .js-plotly-plot .main-svg").first
        expect(drawing).to_be_visible(timeout=20_000)
        settle(page)
        return page

    def hear(self, message: ConsoleMessage) -> None:
        is_expected = DRAWING in message.text or PROBE in message.location["url"]
        if not is_expected:
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


@pytest.mark.parametrize("views", [VIEWS, [f"{view}&{DARK}" for view in VIEWS[::4]]])
def test_every_view_fits_the_screen_and_is_readable(lab: Lab, views: list[str]) -> None:
    for view in views:
        page = lab.open(view)
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        assert height <= 720, view
        sizes = page.evaluate(TEXT_SIZES)
        assert sizes, view
        assert min(sizes) >= 14, view
        assert page.evaluate(NAMELESS) == [], view


def test_the_keyboard_moves_a_slider_and_the_link_keeps_it(lab: Lab) -> None:
    page = lab.open("ex=One+graph")
    page.get_by_role("slider", name="Value of w").press("ArrowRight")
    page.wait_for_function("location.search.includes('g_w=1.1')")
    expect(page.locator(".stGraphVizChart")).to_contain_text("w = 1.1")
    copy = lab.open(page.url.partition("?")[2])
    expect(copy.locator(".stGraphVizChart")).to_contain_text("w = 1.1")


def test_stepping_back_hides_what_has_not_happened(lab: Lab) -> None:
    page = lab.open("ex=One+graph&g_step=5")
    chart = page.locator(".stGraphVizChart")
    expect(chart).to_contain_text("grad 1")
    expect(chart).not_to_contain_text("grad 5")
    for _ in range(2):
        page.get_by_role("button", name="Back").click()
        settle(page)
    expect(chart).not_to_contain_text("grad 1")
    expect(chart).to_contain_text("y = 6")


def test_typing_an_expression_draws_it(lab: Lab) -> None:
    page = lab.open("ex=Your+own+expression")
    field = page.get_by_role("textbox", name="Expression in w, x, a, b")
    field.fill("tanh(w) * x")
    field.press("Enter")
    expect(page.locator(".stGraphVizChart")).to_contain_text("TanhBackward0")
    field.fill("tanh(w) * y")
    field.press("Enter")
    expect(page.get_by_text("y is not known here.")).to_be_visible()


def test_a_toggle_turns_a_gradient_from_none_to_a_value(lab: Lab) -> None:
    page = lab.open("ex=Leaves+and+retain_grad")
    chart = page.locator(".stGraphVizChart")
    expect(chart).not_to_contain_text("grad 3")
    page.get_by_text("b.retain_grad()", exact=True).last.click()
    expect(chart).to_contain_text("grad 3")


def test_the_graph_of_this_call_changes_at_zero(lab: Lab) -> None:
    page = lab.open("ex=Dynamic+and+static+graphs&g_if_x=0.1")
    call, recorded = page.locator(".stGraphVizChart").all()
    expect(call).to_contain_text("PowBackward0")
    page.get_by_role("slider", name="Value of x").press("ArrowLeft")
    expect(call).to_contain_text("MulBackward0")
    expect(recorded).to_contain_text("PowBackward0")
