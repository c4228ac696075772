"""The page as a person uses it: read its numbers, wait for a moment, move what can be moved."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lrcore import Run

ENDLESS = "?target_accuracy=1&max_iterations=1000000"

Point = tuple[float, float]

# A point of the plane, in px of the page.
TO_SCREEN = """([x, y]) => {
    const plot = document.querySelector('[data-testid=scatter]');
    const {left, top} = plot.getBoundingClientRect();
    const {xaxis, yaxis} = plot._fullLayout;
    return [left + xaxis._offset + xaxis.l2p(x), top + yaxis._offset + yaxis.l2p(y)];
}"""
_LINE = """() => {
    const plot = document.querySelector('[data-testid=scatter]');
    const {xaxis, yaxis} = plot._fullLayout;
    const thick = [...plot.querySelectorAll('.shapelayer path')].filter((path) => {
        const {strokeDasharray, strokeWidth} = getComputedStyle(path);
        return strokeDasharray === 'none' && parseFloat(strokeWidth) > 3;
    });
    const texts = thick.flatMap((path) => path.getAttribute('d').match(/-?[\\d.]+(e-?\\d+)?/g));
    return Array.from({length: texts.length / 2}, (_, k) => [
        xaxis.p2l(texts[2 * k] - xaxis._offset), yaxis.p2l(texts[2 * k + 1] - yaxis._offset),
    ]);
}"""
# The numbers of one frame: read one by one, they may be those of several.
_NUMBERS = """() => Object.fromEntries(
    [...document.querySelectorAll('.stage .numbers dd, .stage [data-testid=iteration]')]
    .map((element) => [element.dataset.testid, element.textContent]))"""


def as_number(text: str) -> float:
    return float(text.replace("−", "-").replace("∞", "inf"))


def numbers(page: Page) -> dict[str, str]:
    """The text beside each label, all of the same frame."""
    return page.evaluate(_NUMBERS)


def number(page: Page, name: str) -> float:
    return as_number(page.get_by_test_id(name).inner_text())


def weights(page: Page) -> list[float]:
    shown = numbers(page)
    return [as_number(shown[name]) for name in ("w0", "w1", "b")]


def assert_shows(page: Page, run: Run, iteration: int) -> None:
    """The numbers become those of one moment of a run: Python's answer may be on its way."""
    step = run.step(iteration)
    expected = {
        "iteration": iteration,
        "loss": pytest.approx(step.loss, abs=6e-5),
        "accuracy": pytest.approx(step.accuracy, abs=6e-5),
        "w0": pytest.approx(step.weights[0], abs=6e-4),
        "w1": pytest.approx(step.weights[1], abs=6e-4),
        "b": pytest.approx(step.bias, abs=6e-4),
    }
    until = time.monotonic() + 20
    while True:
        shown = {name: as_number(text) for name, text in numbers(page).items() if name in expected}
        if shown == expected or time.monotonic() > until:
            break
        page.wait_for_timeout(50)
    assert shown == expected


def wait_for_iteration(page: Page, least: int) -> None:
    page.wait_for_function(
        "least => Number(document.querySelector('[data-testid=iteration]')?.textContent) >= least",
        arg=least,
    )


def wait_for_frames(page: Page, count: int) -> None:
    """Let the player draw: what must not happen has had its chance."""
    page.evaluate(
        "async count => { for (; count; count -= 1) await new Promise(requestAnimationFrame); }",
        count,
    )


def wait_for_rest(page: Page) -> None:
    """Wait until the server has had nothing to do for the page for a second: all has been said."""
    page.wait_for_function(
        """() => {
            const { testScriptState } = document.querySelector('[data-testid=stApp]').dataset;
            const now = performance.now();
            if (testScriptState !== 'notRunning') window.worked = now;
            return now - (window.worked ??= now) > 1000;
        }"""
    )
    page.evaluate("delete window.worked")


def url_of(page: Page) -> str:
    """The address as the page has it: Playwright's `page.url` may be that of a moment ago."""
    url: str = page.evaluate("location.href")
    return url


def go_to(page: Page, iteration: int) -> None:
    """Move the timeline's thumb."""
    page.get_by_test_id("timeline").fill(str(iteration))
    expect(page.get_by_test_id("iteration")).to_have_text(str(iteration))


def keep_sockets(context: BrowserContext) -> None:
    """Have the pages keep their connections, for `drop_connection`."""
    context.add_init_script(
        "window.sockets = [];"
        "window.WebSocket = class extends WebSocket {"
        "  constructor(...given) { super(...given); window.sockets.push(this); }"
        "};"
    )


def drop_connection(page: Page) -> int:
    """Close it, whatever is under way; how many the page has had."""
    before: int = page.evaluate("sockets.length")
    page.evaluate("sockets.forEach(socket => socket.close())")
    return before


def wait_for_connection(page: Page, after: int) -> None:
    """Wait until the page has had more connections than that, and has one."""
    page.wait_for_function(
        "before => sockets.length > before && sockets.at(-1).readyState === WebSocket.OPEN",
        arg=after,
    )


def choose_exercise(page: Page, name: str) -> None:
    """Choose an exercise on the page Autograd."""
    expect(page.get_by_test_id("node").first).to_be_visible()
    page.get_by_role("combobox", name="Exercise").click()
    page.get_by_role("option", name=name, exact=True).click()
    page.wait_for_function(
        "name => new URLSearchParams(location.search).get('ex') === name", arg=name
    )
    page.wait_for_selector("[data-test-script-state=notRunning]")


def pause(page: Page) -> int:
    """Press the button of a playing page; the moment at which it rests."""
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    return int(number(page, "iteration"))


def move_slider(page: Page, label: str, key: str, times: int = 1) -> None:
    slider = page.locator(f'input[type=range][aria-label="{label}"]')
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)
    slider.blur()


def pull_slider(page: Page, label: str, distance: int) -> None:
    """Drag the handle of a slider so many px, without letting go."""
    slider = page.get_by_test_id("stSlider").filter(has_text=label)
    slider.scroll_into_view_if_needed()
    box = slider.get_by_test_id("stSliderThumbValue").locator("xpath=..").bounding_box()
    if box is None:
        raise LookupError(f"no slider {label!r} on the page")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + distance, y, steps=4)


def line(page: Page) -> list[Point]:
    """The vertices of the boundary in the plane: of the lines, the thick one without gaps."""
    return [(x, y) for x, y in page.evaluate(_LINE)]


def along(page: Page, share: float) -> Point:
    """A point of the straight boundary, `share` of the way from end to end."""
    (ax, ay), (bx, by) = line(page)
    return ax + share * (bx - ax), ay + share * (by - ay)


def click_at(page: Page, x: float, y: float) -> None:
    page.mouse.click(*page.evaluate(TO_SCREEN, [x, y]))


def drag(page: Page, start: Point, end: Point) -> None:
    """Take hold at one point of the plane and move to another, without letting go."""
    page.mouse.move(*page.evaluate(TO_SCREEN, start))
    page.mouse.down()
    page.mouse.move(*page.evaluate(TO_SCREEN, end), steps=8)


def hidden_part(page: Page, area: str) -> int:
    """How many px of an area's content lie below its end."""
    return page.get_by_test_id(area).evaluate("e => e.scrollHeight - e.clientHeight")
