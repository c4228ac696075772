"""A dashboard, a browser and a page that must stay clean; skipped where there is no browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.javascript import Module, serve_modules
from tests.serving import BROWSER_FLAGS, browser_path, dashboard

# Its assertions say what they compared.
pytest.register_assert_rewrite("tests.browser.player")

# A machine may be busy with other work, for half a minute at times: nothing here waits for a time,
# but for a state to be seen.
PATIENCE = 60_000  # ms

OpenPage = Callable[..., Page]
OpenModule = Callable[[str], Module]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A running dashboard."""
    with dashboard() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Real Chromium, without a window."""
    path = browser_path()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("REQUIRE_BROWSER is set, and no Chromium or Chrome is on the path")
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(BROWSER_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def js(browser: Browser) -> Iterator[OpenModule]:
    """The player's modules by file name, each function to be called alone: `js("record.js")`."""
    page = browser.new_page()
    serve_modules(page)
    yield lambda name: Module(page, name)
    page.close()


def _profile(browser: Browser) -> BrowserContext:
    """A browser profile of the size of a projector."""
    made = browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
    made.set_default_timeout(PATIENCE)
    return made


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for all pages that need none of their own: it fetches scripts only once."""
    shared = _profile(browser)
    yield shared
    shared.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile, for a test that changes it."""
    fresh = _profile(browser)
    yield fresh
    fresh.close()


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, profile: BrowserContext, address: str
) -> Iterator[OpenPage]:
    """Opens the training page; afterwards its console and its requests must be clean.

    In the fresh profile of a test that asks for `context`, else in the shared one.
    """
    complaints: list[str] = []
    pages: list[Page] = []
    own = "context" in request.fixturenames
    used = request.getfixturevalue("context") if own else profile

    def open_at(query: str = "", *, quiet: bool = True) -> Page:
        page = used.new_page()
        pages.append(page)
        if quiet:
            page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.extend(_elsewhere(request.url, address)))
        page.goto(f"{address}/{query}")
        page.wait_for_function(
            "document.querySelector('[data-testid=iteration]')?.textContent === '0'"
        )
        return page

    yield open_at
    for page in pages:
        page.close()
    assert complaints == []


def _elsewhere(url: str, address: str) -> list[str]:
    own = (address, address.replace("http", "ws", 1), "data:", "blob:")
    return [] if url.startswith(own) else [f"request to {url}"]
