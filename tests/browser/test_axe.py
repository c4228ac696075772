"""Every page passes axe-core: names, roles, contrast, targets and order for those who need them."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lrcore.autograd.exercises import EXERCISES
from tests.browser.test_decks import DECK, link_of

SIZES = {"projector": (1280, 720), "tablet": (820, 1180), "phone": (390, 844)}
PAGES = {
    "training": "",
    "a run of its own": "?test_share=0.3&data=moons&features=quadratic&at=20",
    "weights": "?view=weights&mean=0.6",
    "many weights": "?view=weights&features=quadratic&data=moons",
    "sigmoid": "?view=sigmoid&t=0.3&test_share=0.3&data=moons",
    "rates": "?view=rates&mean=0.8&l2=0.05",
    "coach": "?mean=0.6&lr=8&momentum=0&l2=0.5&at=30",
    "stories": "stories",
    "a deck of one's own": f"stories?of=own&deck={link_of(DECK)}",
    **{name: f"autograd?ex={name.replace(' ', '+')}" for name in EXERCISES},
}


def opened(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/{path}")
    if path.startswith(("stories", "autograd")):
        expect(page.get_by_role("link", name="Stories", exact=True)).to_be_visible()
        page.wait_for_function(
            "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
        )
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
        if path.startswith("stories"):
            expect(page.locator(".copy-link").last).not_to_be_empty()
        if "deck=" in path:
            page.get_by_role("button", name="Edit it").click()
            expect(page.get_by_role("link", name="Play")).to_be_visible()
        if path.startswith("autograd"):
            expect(page.get_by_test_id("node").first).to_be_visible()
            page.get_by_test_id("end").click()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    else:
        expect(page.get_by_test_id("status")).not_to_contain_text("Loading")
        page.get_by_test_id("limits").locator("summary").click()
        expect(page.get_by_test_id("limits").locator("b").first).to_be_visible()


def violations(page: Page) -> list[str]:
    """What axe finds, but for what is Streamlit's own and no user meets."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_clean(browser: Browser, address: str, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        bypass_csp=True,
        has_touch=size != "projector",
    )
    try:
        page = context.new_page()
        complaints = {}
        for name, path in PAGES.items():
            opened(page, address, path)
            complaints[name] = violations(page)
        assert {name: one for name, one in complaints.items() if one} == {}
    finally:
        context.close()
