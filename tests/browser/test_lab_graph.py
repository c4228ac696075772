"""Films in a real browser: what is seen at each step, and that nothing moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from lrcore.autograd.film import film_of
from lrcore.autograd.recorder import record
from tests.browser.conftest import OpenModule
from tests.browser.javascript import GRAPH, serve_modules

# Opened at a page's own address, Streamlit looks for its server below that address first.
PROBE = "/autograd/_stcore/"
PLACES = """() => [...document.querySelectorAll('[data-testid=node] .frame')].map(frame => {
  const {x, y, width, height} = frame.getBoundingClientRect();
  return [x, y, width, height];
})"""
# All text that is seen in the film: its size on the screen, and its rectangle.
TEXTS = """() => [...document.querySelectorAll('.lab .film :is(svg text, p, code, span, pre)')]
  .filter(e => e.textContent.trim() && e.getClientRects().length
    && getComputedStyle(e).visibility !== 'hidden')
  .map(e => [parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM ? e.getScreenCTM().d : 1),
    e.textContent])"""
# Pairs of texts in the graph that lie on each other, and texts that leave their boxes.
CROWDED = """() => {
  const seen = e => e.getClientRects().length && e.textContent.trim();
  const texts = [...document.querySelectorAll('.lab svg text')].filter(seen);
  const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1;
  const bad = [];
  texts.forEach((one, n) => {
    const a = one.getBoundingClientRect();
    for (const other of texts.slice(n + 1)) {
      const b = other.getBoundingClientRect();
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 5) bad.push([one.textContent, other.textContent]);
    }
    const box = one.closest('g:has(> rect)')?.querySelector('rect');
    if (box && !one.matches('.problem') && !inside(a, box.getBoundingClientRect())) {
      bad.push([one.textContent, 'leaves its box']);
    }
  });
  return bad;
}"""


class Lab:
    """The lab with its console listened to."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, query: str) -> Page:
        self.page.goto(f"{self.address}/autograd?{query}")
        self.page.wait_for_selector(".lab[data-step]")
        return self.page

    def hear(self, message: ConsoleMessage) -> None:
        if PROBE not in message.location["url"]:
            self.complaints.append(message.text)


@pytest.fixture
def lab(profile: BrowserContext, address: str) -> Iterator[Lab]:
    opened = Lab(profile, address)
    yield opened
    opened.page.close()
    assert opened.complaints == []


def at(page: Page, step: int) -> None:
    page.wait_for_selector(f'.lab[data-step="{step}"]')


def go(page: Page, step: int) -> None:
    """To a step, by its slider."""
    page.get_by_test_id("timeline").fill(str(step))
    at(page, step)


def node(page: Page, key: str) -> Locator:
    return page.locator(f'[data-testid=node][data-id="{key}"]')


def test_every_step_of_the_first_exercise(lab: Lab) -> None:
    page = lab.open("ex=One+graph")
    expect(page.get_by_test_id("title")).not_to_be_empty()
    expect(page.locator("[data-testid=node].on")).to_have_count(0)
    expect(page.locator("[data-testid=line][aria-current]")).to_have_count(0)
    places = page.evaluate(PLACES)
    assert len(places) == 9
    told = set()
    last = int(page.get_by_test_id("timeline").get_attribute("max") or 0)
    for step in range(1, last + 1):
        page.keyboard.press("ArrowRight")
        at(page, step)
        assert page.evaluate(PLACES) == places, step
        assert page.evaluate(CROWDED) == [], step
        sizes = page.evaluate(TEXTS)
        assert min(size for size, _ in sizes) >= 18, min(sizes)
        expect(page.locator("[data-testid=line][aria-current=true]")).to_have_count(1)
        told.add(page.get_by_test_id("graph").locator("svg").get_attribute("aria-label"))
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= 720
    assert len(told) == last
    page.wait_for_function(f"location.search.includes('step={last}')")
    expect(node(page, "t0")).to_contain_text(".grad 5")
    expect(node(page, "t1")).to_contain_text(".grad 2")
    page.keyboard.press("Home")
    at(page, 0)
    assert page.evaluate(PLACES) == places
    expect(page.locator("[data-testid=node].on")).to_have_count(0)
    page.wait_for_function("!location.search.includes('step=')")


def test_gradients_travel_wait_and_land(lab: Lab) -> None:
    page = lab.open("ex=One+graph")
    chips = page.locator("[data-testid=chip].has-chip")
    multiply, w = node(page, "f2"), node(page, "t0")
    go(page, 5)
    expect(multiply).to_contain_text("saved, 8 bytes")
    expect(multiply).to_contain_text("a = 3, b = 2")
    expect(page.get_by_test_id("saved")).to_have_text("saved 8 bytes")
    expect(page.locator("[data-testid=line][aria-current=true]")).to_contain_text("# 6")
    go(page, 7)
    expect(chips).to_have_text(["1 × 2 = 2"])
    expect(page.get_by_test_id("rule")).to_contain_text("= b = 2, so the product must keep b.")
    go(page, 10)
    expect(multiply).to_contain_text("freed, 0 bytes")
    expect(page.get_by_test_id("saved")).to_have_text("saved 0 bytes")
    expect(w.locator(".flying")).to_have_text("3 +")
    go(page, 13)
    expect(w.locator(".flying")).to_have_text("3 + 2 = 5")
    expect(w.locator(".kept")).to_have_text(".grad None")
    go(page, 14)
    expect(w.locator(".kept")).to_have_text(".grad 5")
    expect(w.locator(".flying")).to_be_hidden()
    expect(node(page, "t2").locator(".flying")).to_be_hidden()
    go(page, 5)
    expect(multiply).to_contain_text("saved, 8 bytes")
    expect(chips).to_have_count(0)


def test_the_link_the_keys_and_the_buttons(lab: Lab) -> None:
    page = lab.open("ex=One+graph&step=12")
    at(page, 12)
    page.keyboard.press("ArrowLeft")
    at(page, 11)
    page.get_by_test_id("back").click()
    at(page, 10)
    page.get_by_test_id("end").click()
    last = int(page.get_by_test_id("timeline").get_attribute("max") or 0)
    at(page, last)
    page.get_by_test_id("start").click()
    at(page, 0)
    page.get_by_test_id("speed").select_option("50")
    page.keyboard.press(" ")
    at(page, last)
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    expect(page.get_by_test_id("step")).to_be_disabled()
    page.keyboard.press("ArrowRight")
    at(page, last)
    page = lab.open("ex=One+graph&step=1000")
    at(page, last)
    # With other numbers the film stays at its step; another exercise starts at its start.
    go(page, 5)
    page.get_by_role("slider", name="Value of w").press("ArrowRight")
    expect(node(page, "t0")).to_contain_text("w = 1.1")
    at(page, 5)
    page.wait_for_function("location.search.includes('step=5')")


def test_a_box_lights_its_line_and_a_line_its_boxes(lab: Lab) -> None:
    page = lab.open("ex=One+graph&step=6")
    node(page, "t2").hover()
    expect(page.locator("[data-testid=line].hovered")).to_contain_text("a = ")
    expect(page.get_by_test_id("about")).to_contain_text("grad_fn <AddBackward0 object at 0x...>")
    page.get_by_test_id("line").filter(has_text="y = ").hover()
    expect(page.locator("[data-testid=node].hovered")).to_have_count(2)


def test_a_value_is_predicted_and_then_revealed(lab: Lab) -> None:
    page = lab.open("ex=One+graph&step=3")
    page.get_by_test_id("predict").click()
    page.keyboard.press("ArrowRight")
    guess = page.get_by_test_id("guess")
    expect(guess).to_contain_text("b = ?")
    at(page, 3)
    guess.get_by_role("textbox").fill("2.0")
    guess.get_by_role("button", name="Check").click()
    at(page, 4)
    expect(page.get_by_test_id("verdict")).to_have_text("Right: b = 2")
    page.keyboard.press("ArrowRight")
    guess.locator(".choices button").filter(has_not_text="6").first.click()
    at(page, 5)
    expect(page.get_by_test_id("verdict")).to_contain_text("y = 6")
    expect(page.get_by_test_id("verdict")).to_contain_text("Not ")
    page.keyboard.press("ArrowRight")
    at(page, 6)
    expect(page.get_by_test_id("verdict")).to_be_empty()


BIG = """async (films) => {
  const { Stage } = await import("/graph/stage.js");
  const stage = new Stage(document.querySelector(".lab"), "big");
  const drawn = async (act) => {
    const start = performance.now();
    act();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - start;
  };
  const first = await drawn(() => stage.receive(films));
  const steps = [];
  for (let n = 0; n < 60; n += 1) steps.push(await drawn(() => stage.seek(n)));
  return [first, steps.sort((a, b) => a - b)[30]];
}"""


def test_two_thousand_boxes_are_drawn_in_under_a_second(browser: Browser) -> None:
    lines = ["import torch", "y = x = torch.tensor(0.5, requires_grad=True)"]
    lines += ["for step in range(1_000):", "    y = torch.sin(y)", "y.backward()"]
    film = film_of(record(lines), "A thousand sines")
    assert len(film.boxes) >= 2_000
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    serve_modules(page)
    style = (GRAPH / "graph.css").read_text("utf-8")
    for _ in "123":  # on a machine that others use, the least of three tells what it takes
        page.set_content(f"<style>{style}</style>{(GRAPH / 'graph.html').read_text('utf-8')}")
        milliseconds, step = page.evaluate(BIG, [film.message()])
        if milliseconds < 1_000 and step < 100:
            break
    assert milliseconds < 1_000
    assert step < 100
    expect(page.get_by_test_id("node")).to_have_count(len(film.boxes))
    # The graph follows the step, and can be seen as a whole.
    page.keyboard.press("End")
    expect(node(page, "t0")).to_be_in_viewport()
    page.keyboard.press("Home")
    page.get_by_role("button", name="The whole graph").click()
    expect(page.get_by_test_id("node").last).to_be_in_viewport()
    expect(page.get_by_test_id("node").first).to_be_in_viewport()
    page.close()


@pytest.mark.parametrize(
    ("given", "is_right"),
    [("2", True), (" 2.0 ", True), ("−2", False), ("", False), ("None", False), ("2,0", True)],
)
def test_a_number_is_right_however_it_is_written(
    js: OpenModule, given: str, *, is_right: bool
) -> None:
    assert js("graph/guess.js").call("same", given, "2") == is_right


def test_a_way_back_is_exact(js: OpenModule) -> None:
    changes = [{"a": {"on": 1}}, {"a": {"on": 1, "v": "2"}, "b": {"v": "3"}}, {"a": {"v": None}}]
    seen = js("graph/reel.js").run(
        """({ Reel }, frames) => {
          const reel = new Reel({ frames });
          const at = (n) => { reel.seek(n); return { ...reel.of("a"), ...reel.of("b") }; };
          return [0, 1, 2, 1, 0, 2, -1].map(at);
        }""",
        [{"changes": change} for change in changes],
    )
    first, second, third, *rest = seen
    assert second == {"on": 1, "v": "3"}
    assert [first["on"], third["on"]] == [1, 1]
    assert rest[:3] == [second, first, third]
    assert rest[3] == {"on": None, "v": None}
