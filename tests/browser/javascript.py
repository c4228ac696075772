"""The pages' modules, one function at a time in Chromium: plain data in, plain data out."""

from __future__ import annotations

from playwright.sync_api import Page, Route

from lrcore.ui.server.files import our_files
from tests.serving import ROOT

GRAPH = ROOT / "lrcore" / "ui" / "autograd" / "graph"
_ORIGIN = "http://player.test"  # answered by `_serve`, so no request leaves the browser

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

# Playwright carries NaN, infinities and -0, but no typed arrays.
_RUN = """async ([address, script, given]) => {
    const plain = (value) => {
        if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value, plain);
        if (value === null || typeof value !== "object") return value;
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
    };
    return plain(await eval(script)(await import(address), ...given));
}"""


class Module:
    """One file of the player, imported by an empty page."""

    def __init__(self, page: Page, name: str) -> None:
        self._page = page
        self._address = f"{_ORIGIN}/{name}"

    def call(self, function: str, *given: Plain) -> Plain:
        """What an exported function returns; its typed arrays as lists."""
        return self.run(f"(module, ...given) => module.{function}(...given)", *given)

    def run(self, script: str, *given: Plain) -> Plain:
        """What `(module, ...given) => value` returns, for classes and for typed arguments."""
        return self._page.evaluate(_RUN, [self._address, script, list(given)])


def serve_modules(page: Page) -> None:
    """Open an empty page that can import the player's modules."""
    page.route(f"{_ORIGIN}/**", _serve)
    page.goto(f"{_ORIGIN}/")


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(f"{_ORIGIN}/")
    if name:
        route.fulfill(path=our_files()[name], content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")
