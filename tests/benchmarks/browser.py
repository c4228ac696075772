"""What a person sees: frames, the fastest speed and sliders, in real Chromium."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NothingCame

from tests.benchmarks.common import ENDLESS, Row, Server, chromium, server
from tests.browser.player import pull_slider

_SIZE = {"width": 1280, "height": 720}
_MOVES = 20
_FIRST_DRAWING = ".stage[data-run]"

# Counts over whole frames. Callbacks keep their order from frame to frame, so whether this one
# comes before or after the player's shifts every reading by one frame and changes no count.
_COUNT = """seconds => new Promise(done => {
  const text = document.querySelector('[data-testid="iteration"]');
  const read = () => text?.textContent;
  let frames = 0, fresh = 0, first, start, last = read();
  const onFrame = now => {
    if (start === undefined) { start = now; last = read(); first = Number(last); }
    else {
      frames += 1;
      const seen = read();
      if (seen !== last) fresh += 1;
      last = seen;
    }
    if (now - start < 1000 * seconds) return requestAnimationFrame(onFrame);
    done([frames, fresh, (now - start) / 1000, Number(last) - first || 0]);
  };
  requestAnimationFrame(onFrame);
})"""

# A mutation observer runs right after the player's callback, still inside the frame.
_WATCH = """() => {
  const stage = document.querySelector('.stage');
  window.benchmark = { released: null, changes: [] };
  addEventListener('pointerup', () => { benchmark.released = performance.now(); }, true);
  new MutationObserver(found => {
    for (const { attributeName: name } of found) {
      const value = stage.getAttribute(name);
      if (benchmark[name] !== value) benchmark.changes.push([name, performance.now()]);
      benchmark[name] = value;
    }
  }).observe(stage, { attributes: true, attributeFilter: ['data-run', 'data-branch'] });
  for (const name of ['data-run', 'data-branch']) benchmark[name] = stage.getAttribute(name);
}"""
_ARM = "() => { benchmark.released = null; benchmark.changes = []; }"
_AFTER_RELEASE = """name => {
  const { released, changes } = benchmark;
  const change = released === null ? null : changes.find(([n, at]) => n === name && at > released);
  return change ? change[1] - released : null;
}"""


@dataclass(frozen=True)
class Count:
    """What was on screen for a while."""

    frames: int
    fresh: int
    seconds: float
    iterations: int

    @property
    def share(self) -> float:
        return self.fresh / self.frames

    @property
    def rate(self) -> float:
        return self.frames / self.seconds


def frames() -> list[Row]:
    """How many of the browser's frames show a new moment."""
    with server() as running, chromium() as browser:
        found = []
        for features in ("linear", "quadratic"):
            for speed in (60, 600):
                for points in (200, 2_000):
                    count = _played(browser, running, points, str(speed), 4, features)
                    found.append(_frames_row(points, speed, features, count))
        found.append(_many_points_row(browser, running))
        return found


def _frames_row(points: int, speed: int, features: str, count: Count) -> Row:
    return Row(
        f"frames that show a new moment, {features}, N = {points:,}, {speed} steps/s",
        f"{count.share:.3f} ({count.rate:.1f} frames/s)",
        ">= 0.97",
        count.share >= 0.97,
    )


def _many_points_row(browser: Browser, running: Server) -> Row:
    with _blank(browser) as page:
        empty = _counted(page, 4)
    count = _played(browser, running, 100_000, "60", 4)
    relative = count.fresh / count.seconds / empty.rate
    return Row(
        "new moments a second, N = 100,000, 60 steps/s, against frames of an empty page "
        "(about:blank)",
        f"{relative:.3f} ({count.fresh / count.seconds:.1f} against {empty.rate:.1f})",
        ">= 0.9",
        relative >= 0.9,
    )


def fastest() -> list[Row]:
    """Steps a second at "as fast as it goes"."""
    with server() as running, chromium() as browser:
        counts = {
            features: _played(browser, running, 200, "max", 5, features)
            for features in ("linear", "quadratic")
        }
    return [_fastest_row(features, count) for features, count in counts.items()]


def _fastest_row(features: str, count: Count) -> Row:
    rate = count.iterations / count.seconds
    return Row(
        f"steps/s shown as fast as it goes, {features}, N = 200",
        f"{rate:,.0f} (new moment in {count.share:.3f} of {count.rate:.1f} frames/s)",
        ">= 6,000",
        rate >= 6_000,
    )


def latency() -> list[Row]:
    """From the release of a slider (mouse, a real drag) to the first frame it changed."""
    with server() as running, chromium() as browser, opened(browser, running, 200) as page:
        play(page, "60")
        page.evaluate(_WATCH)
        page.wait_for_timeout(1000)
        rate = _moves(page, "Learning rate", "data-branch")
        data = _moves(page, "Distance", "data-run")
    return [*_latency_rows("learning rate", rate), *_latency_rows("new data", data)]


def _latency_rows(what: str, times: list[float]) -> list[Row]:
    name = f"slider released to its first frame, {what}"
    middle, worst = median(times), max(times)
    return [
        Row(f"{name}, median of {len(times)}", f"{middle:.0f} ms", "< 200 ms", middle < 200),
        Row(f"{name}, worst", f"{worst:.0f} ms", "< 400 ms", worst < 400),
    ]


def _moves(page: Page, label: str, attribute: str) -> list[float]:
    """Drag a slider to and fro, and time each release in ms."""
    times = []
    for move in range(_MOVES):
        page.evaluate(_ARM)
        pull_slider(page, label, 24 if move % 2 == 0 else -24)
        page.mouse.up()
        times.append(_time_of_change(page, attribute))
        # The releases shall meet every phase of the player's own questions.
        page.wait_for_timeout(500 + 37 * move)
    return times


def _time_of_change(page: Page, attribute: str) -> float:
    """Milliseconds from release to change; infinite if nothing changes for 5 s."""
    try:
        found = page.wait_for_function(_AFTER_RELEASE, arg=attribute, polling=50, timeout=5000)
    except NothingCame:
        return math.inf
    return float(found.json_value())


def _played(  # noqa: PLR0917
    browser: Browser,
    running: Server,
    points: int,
    speed: str,
    seconds: float,
    features: str = "linear",
) -> Count:
    with opened(browser, running, points, features) as page:
        play(page, speed)
        page.wait_for_timeout(1500)
        return _counted(page, seconds)


def play(page: Page, speed: str) -> None:
    page.get_by_test_id("speed").select_option(speed)
    page.get_by_test_id("play").click()


def _counted(page: Page, seconds: float) -> Count:
    frames, fresh, lasted, iterations = page.evaluate(_COUNT, seconds)
    return Count(int(frames), int(fresh), float(lasted), int(iterations))


@contextmanager
def opened(
    browser: Browser, running: Server, points: int, features: str = "linear"
) -> Iterator[Page]:
    """The whole page with an endless run, drawn and at rest."""
    with _blank(browser) as page:
        query = f"{ENDLESS}&samples_per_class={points // 2}&features={features}"
        page.goto(f"{running.url}/?{query}")
        page.locator(_FIRST_DRAWING).wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        yield page


@contextmanager
def _blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=_SIZE, bypass_csp=True)
    try:
        yield page
    finally:
        page.close()
