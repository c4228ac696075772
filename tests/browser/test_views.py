"""The tabs beside the plane: mouse, keys and link choose one view, and that one alone works."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.player import ENDLESS, go_to, number, pause, wait_for_frames, wait_for_iteration

_CURTAIN = """() => { const plot = document.querySelector('[data-testid=curves]');
    return plot.layout?.shapes.find(({name}) => name?.startsWith('curtain')).x0; }"""
# How often things are drawn in the plots of the sigmoid, from now on.
_COUNT_STROKES = """() => {
    window.strokes = 0;
    const { stroke } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.stroke = function (...given) {
        if (this.canvas.closest('.of-sigmoid')) window.strokes += 1;
        return stroke.apply(this, given);
    };
}"""


def chosen(page: Page) -> list[str]:
    return page.get_by_role("tab", selected=True).all_inner_texts()


def assert_shown(page: Page, name: str) -> None:
    """One tab is chosen, and its panel alone is seen."""
    tab = page.get_by_test_id(f"view-{name}")
    expect(tab).to_have_attribute("aria-selected", "true")
    assert len(chosen(page)) == 1
    panels = page.locator(".stage [role=tabpanel]:visible")
    expect(panels).to_have_count(1)
    expect(panels).to_have_id(tab.get_attribute("aria-controls") or "")


def test_a_click_or_a_key_chooses_a_view(open_page: OpenPage) -> None:
    page = open_page()
    assert_shown(page, "curves")
    page.get_by_test_id("view-sigmoid").click()
    assert_shown(page, "sigmoid")
    expect(page.get_by_test_id("curves")).to_be_hidden()
    for key, name in (("1", "curves"), ("3", "sigmoid"), ("5", "rates")):
        page.keyboard.press(key)
        assert_shown(page, name)
    assert number(page, "iteration") == 0


def test_arrows_rove_among_the_tabs_for_whoever_came_by_the_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_test_id("copy").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.role") == "tab":
            break
    way = {"ArrowRight": "weights", "ArrowLeft": "curves", "End": "rates", "Home": "curves"}
    for key, name in way.items():
        page.keyboard.press(key)
        assert_shown(page, name)
        expect(page.get_by_test_id(f"view-{name}")).to_be_focused()
    assert page.locator(".stage [role=tab][tabindex='0']").count() == 1
    assert number(page, "iteration") == 0


def test_a_number_that_is_typed_stays_a_number(open_page: OpenPage) -> None:
    page = open_page()
    page.locator('input[aria-label="Seed"]').click()
    page.keyboard.press("End")
    page.keyboard.type("3")
    assert_shown(page, "curves")


def test_the_link_names_a_view_that_is_not_the_first(open_page: OpenPage) -> None:
    page = open_page("?view=sigmoid")
    assert_shown(page, "sigmoid")
    page.keyboard.press("1")
    page.wait_for_function("!location.search.includes('view')")
    page.keyboard.press("3")
    page.wait_for_function("new URLSearchParams(location.search).get('view') === 'sigmoid'")
    page.reload()
    assert_shown(page, "sigmoid")
    for bad in ("?view=nonsense", "?view=", "?view=%3Cb%3E"):
        assert_shown(open_page(bad), "curves")


def test_a_change_of_a_setting_leaves_the_view(open_page: OpenPage) -> None:
    page = open_page("?view=sigmoid")
    page.get_by_role("button", name="New sample").click()
    page.wait_for_function("document.querySelector('.stage').dataset.run > 1")
    assert_shown(page, "sigmoid")
    assert page.get_by_test_id("auc").inner_text() != ""


def test_only_the_visible_view_works_and_another_shows_the_present_at_once(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{ENDLESS}&view=sigmoid&speed=60")
    assert page.evaluate(_CURTAIN) is None
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 5)
    page.keyboard.press("1")
    page.evaluate(_COUNT_STROKES)
    wait_for_iteration(page, int(number(page, "iteration")) + 5)
    assert page.evaluate("window.strokes") == 0
    page.wait_for_function(f"({_CURTAIN})() >= 5")
    page.keyboard.press("3")
    at = pause(page)
    assert page.evaluate("window.strokes") > 0
    assert page.evaluate(_CURTAIN) < at
    go_to(page, 3)
    assert page.evaluate(_CURTAIN) != 3
    page.keyboard.press("1")
    wait_for_frames(page, 2)
    assert page.evaluate(_CURTAIN) == 3


def test_what_a_view_shows_is_said_in_a_line_and_in_a_sentence(open_page: OpenPage) -> None:
    page = open_page("?view=sigmoid")
    go_to(page, 20)
    expect(page.get_by_test_id("summary")).to_contain_text("Iteration 20, threshold 0.500: ")
    about = page.get_by_test_id("about")
    about.locator("summary").click()
    expect(about.locator("p")).to_contain_text("threshold")
    page.keyboard.press("1")
    expect(about.locator("p")).to_contain_text("Loss and accuracy")
