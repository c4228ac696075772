"""Markup in a link, a file and its names stays text in a real browser, and calls no other host."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenPage
from tests.browser.player import TO_SCREEN, wait_for_frames
from tests.browser.test_own_data import upload, wait_for_points
from tests.pages import words

# The names of columns and classes are cut after 24 signs.
PICTURE = "![i](http://x.example/i.png)"
LINK = "<a href='//x.example'>"
MARKUP = f"{PICTURE} {LINK}a</a> http://x.example :joy: -> $y$ **b**"
ALIVE = "a, img, strong, em, .katex, [role=img], tspan.line"


def assert_text(part: Locator, text: str) -> None:
    expect(part).to_be_visible()
    assert text in words(part.text_content() or "")
    expect(part.locator(ALIVE)).to_have_count(0)


def test_markup_from_a_link_and_a_file_is_shown_as_text(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(f"?data=csv&std={quote(MARKUP)}")
    toast = page.get_by_test_id("stToast").get_by_test_id("stMarkdownContainer").first
    assert_text(toast, MARKUP[:20])
    rows = f'"{LINK}","%{{x}}<br>$y$",kind\n1,2,<=50K\n3,4,"<b>%{{meta.label}}</b>"\n'
    upload(page, tmp_path, "![i](x) :joy:.csv", rows)
    wait_for_points(page, 2)
    assert_text(page.get_by_text("2 points.").first, "![i](x) :joy:.csv: 2 points.")
    plot = page.get_by_test_id("scatter")
    assert_text(plot.locator(".legend"), "<=50K<b>%{meta.label}</b>")
    assert_text(plot.locator(".xtitle"), LINK)
    assert_text(plot.locator(".ytitle"), "%{x}<br>$y$")
    assert_text(page.get_by_test_id("equation"), "p(<b>%{meta.label}</b>)")
    page.mouse.move(*page.evaluate(TO_SCREEN, [1, 2]))
    hover = plot.locator(".hovertext")
    expect(hover).to_be_visible()
    assert "%{x}<br>$y$ = 2.00" in hover.text_content()
    expect(hover.locator("a")).to_have_count(0)
    wait_for_frames(page, 2)
