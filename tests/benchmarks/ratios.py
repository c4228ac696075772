"""Start, page and slider against a bare Streamlit page in turns: the machine's mood drops out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from statistics import median

from playwright.sync_api import Browser, Page

from tests.benchmarks.common import ENDLESS, Row, Server, chromium, process, server
from tests.browser.player import pull_slider
from tests.serving import wait_until_healthy

_SIZE = {"width": 1280, "height": 720}
_BARE = "tests/benchmarks/bare.py"
_STARTS, _LOADS, _MOVES = 5, 9, 20


@dataclass(frozen=True)
class _Subject:
    """A page: its script, its address below the server's, and what is there once it is drawn."""

    script: str
    query: str
    drawn: str


_BARE_PAGE = _Subject(_BARE, "", "[data-testid=stSlider]")
_OURS = _Subject("app.py", "", ".stage[data-run]")

# Milliseconds from the release of a slider to the first frame that is drawn after a change.
_WATCH = """([root, attribute]) => {
  const node = document.querySelector(root);
  const read = () => attribute ? node.getAttribute(attribute) : node.textContent;
  let before = read(), released = null;
  // Our player changes it within the frame that shows it, a bare page before that frame.
  const shown = attribute ? (then) => then() : requestAnimationFrame;
  const arm = () => { before = read(); released = benchmark.taken = null; };
  window.benchmark = { taken: null, arm };
  addEventListener('pointerup', () => { released = performance.now(); }, true);
  new MutationObserver(() => {
    if (released === null || read() === before) return;
    shown(() => { benchmark.taken ??= performance.now() - released; });
  }).observe(node, { attributes: true, characterData: true, childList: true, subtree: true });
}"""


def rows() -> list[Row]:
    """Three ratios, each with the seconds that it is of."""
    with chromium() as browser:
        return [_start_row(browser), *_warm_rows(browser)]


def _row(what: str, ours: list[float], bare: list[float], most: float) -> Row:
    ratio = median(ours) / median(bare)
    times = f"{1000 * median(ours):,.0f} ms against {1000 * median(bare):,.0f} ms"
    return Row(
        f"{what}, against a bare page, medians of {len(ours)}",
        f"{ratio:.2f} ({times})",
        f"<= {most}",
        ratio <= most,
    )


def _in_turns(
    count: int, ours: Callable[[], float], bare: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """The first of each is not counted: files and code are not in memory yet."""
    pairs = [(ours(), bare()) for _ in range(count + 1)][1:]
    return [first for first, _ in pairs], [second for _, second in pairs]


def _start_row(browser: Browser) -> Row:
    times = _in_turns(
        _STARTS, lambda: _started(browser, _OURS), lambda: _started(browser, _BARE_PAGE)
    )
    return _row("`streamlit run` to the first boundary", *times, 1.7)


def _started(browser: Browser, subject: _Subject) -> float:
    with _fresh(browser) as page:
        before = time.perf_counter()
        with process(subject.script) as running:
            wait_until_healthy(running.port)
            _open(page, running, subject)
            return time.perf_counter() - before


def _warm_rows(browser: Browser) -> list[Row]:
    with server() as our_server, server(_BARE) as bare_server:
        loads = _in_turns(
            _LOADS,
            lambda: _loaded(browser, our_server, _OURS),
            lambda: _loaded(browser, bare_server, _BARE_PAGE),
        )
        moves = _moved(browser, our_server, bare_server)
    return [
        _row("page on a warm server to its boundary", *loads, 1.5),
        _row("slider while it plays to the first frame under the new value", *moves, 2),
    ]


def _loaded(browser: Browser, running: Server, subject: _Subject) -> float:
    with _fresh(browser) as page:
        before = time.perf_counter()
        _open(page, running, subject)
        return time.perf_counter() - before


def _moved(browser: Browser, ours: Server, bare: Server) -> tuple[list[float], list[float]]:
    playing = _Subject("app.py", f"?{ENDLESS}", _OURS.drawn)
    with _fresh(browser) as our_page, _fresh(browser) as bare_page:
        _open(our_page, ours, playing)
        _open(bare_page, bare, _BARE_PAGE)
        our_page.get_by_test_id("play").click()
        our_page.evaluate(_WATCH, [".stage", "data-branch"])
        bare_page.evaluate(_WATCH, ["[data-testid=stMarkdown]", ""])
        our_page.wait_for_timeout(1500)
        to_and_fro = cycle((24, 24, -24, -24))
        return _in_turns(
            _MOVES,
            lambda: _release(our_page, "Learning rate", next(to_and_fro)),
            lambda: _release(bare_page, "Value", next(to_and_fro)),
        )


def _release(page: Page, label: str, distance: int) -> float:
    """Pull a slider, and time what follows its release in seconds."""
    page.evaluate("() => benchmark.arm()")
    pull_slider(page, label, distance)
    page.mouse.up()
    found = page.wait_for_function("() => benchmark.taken", polling=50, timeout=20_000)
    page.wait_for_timeout(500)
    return float(found.json_value()) / 1000


def _open(page: Page, running: Server, subject: _Subject) -> None:
    page.goto(f"{running.url}/{subject.query}", wait_until="commit")
    # Looks once a frame, where a locator would look once in half a second.
    page.wait_for_function(
        "drawn => document.querySelector(drawn)", arg=subject.drawn, timeout=120_000
    )


@contextmanager
def _fresh(browser: Browser) -> Iterator[Page]:
    """A page in a browser profile of its own, which has nothing stored."""
    context = browser.new_context(viewport=_SIZE, bypass_csp=True)
    try:
        yield context.new_page()
    finally:
        context.close()
