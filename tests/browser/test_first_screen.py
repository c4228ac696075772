"""The first screen at every size: what must be seen is seen, fits, and stays where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from lrcore import Run, RunConfig
from lrcore.stories import DECKS
from tests.browser.conftest import OpenPage
from tests.browser.player import assert_shows, hidden_part, number, pause, wait_for_iteration

WIDE = [(1280, 720), (1024, 768), (1920, 1080)]
NARROW = [(820, 1180), (600, 960), (390, 844)]
LOW = [(853, 480), (640, 360), (910, 430)]  # the last: 1366 x 768 at 150 %
_MOVED = """() => {
    window.moved = 0;
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) if (!shift.hadRecentInput) moved += shift.value;
    }).observe({type: 'layout-shift', buffered: true});
}"""

# Where the views begin on the page, in each frame.
_TOPS = """
window.tops = [];
const look = () => {
    const side = document.querySelector('.stage .side');
    if (side) tops.push(side.getBoundingClientRect().top + scrollY);
    requestAnimationFrame(look);
};
look();
"""


_OVERFLOWING = """() => [...document.querySelectorAll('.stage *, .st-key-pages a')]
        .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('svg'))
        .filter((e) => {
            const {left, right, width} = e.getBoundingClientRect();
            return width > 0 && (left < -1 || right > innerWidth + 1);
        })
        .map((e) => `${e.tagName}.${e.className} ${e.textContent.slice(0, 20)}`)"""


@contextmanager
def opened(
    browser: Browser, address: str, size: tuple[int, int], *, touch: bool = False, path: str = ""
) -> Iterator[Page]:
    """The training page in a window of its own."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=touch, bypass_csp=True
    )
    try:
        page = context.new_page()
        page.goto(f"{address}/{path}")
        expect(page.get_by_test_id("iteration")).to_have_text("0")
        expect(page.get_by_test_id("limits").locator("b").first).to_be_attached()
        yield page
    finally:
        context.close()


def wait_for_sidebar(page: Page) -> None:
    """It comes after the player."""
    expect(page.get_by_label("Max. iterations").last).to_be_visible()
    expect(page.locator(".stSidebar [data-testid=stSkeleton]")).to_have_count(0)


def overflowing(page: Page) -> list[str]:
    """What of the player sticks out at a side."""
    return page.evaluate(_OVERFLOWING)


def boxes(page: Page, selector: str) -> list[tuple[str, list[float]]]:
    """Words and box (left, right, top, bottom) of each visible thing."""
    return page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
        .filter((e) => e.checkVisibility({visibilityProperty: true}))
        .map((e) => {
            const { left, right, top, bottom } = e.getBoundingClientRect();
            return [e.innerText || e.ariaLabel || e.className, [left, right, top, bottom]];
        })""",
        selector,
    )


def overlaps(one: list[float], other: list[float]) -> bool:
    """Whether two boxes share more than a px."""
    return (
        min(one[1], other[1]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[2], other[2]) > 1
    )


@pytest.mark.parametrize("size", WIDE)
@pytest.mark.parametrize("query", ["", "?test_share=0.3&data=moons&features=cubic"])
def test_a_wide_window_needs_no_scrolling(
    browser: Browser, address: str, size: tuple[int, int], query: str
) -> None:
    with opened(browser, address, size, path=query) as page:
        assert hidden_part(page, "stMain") <= 0
        assert overflowing(page) == []
        parts = ["numbers", "curves", "limits", "plane", "equation", "transport", "foot", "copy"]
        seen = boxes(page, ", ".join(f".stage .{part}" for part in parts))
        assert len(seen) == 8
        for name, box in seen:
            assert box[3] <= size[1], name
            assert not [other for word, other in seen if other is not box and overlaps(box, other)]
        equation = page.get_by_test_id("equation")
        assert equation.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
        [(_, track)] = boxes(page, "[data-testid=timeline]")
        assert track[1] - track[0] > 200


@pytest.mark.parametrize("size", WIDE)
def test_the_view_of_errors_fits_without_overlap(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    path = "?view=sigmoid&t=0.3&test_share=0.3&data=moons"
    with opened(browser, address, size, path=path) as page:
        expect(page.get_by_test_id("auc")).not_to_be_empty()
        assert hidden_part(page, "stMain") <= 0
        assert overflowing(page) == []
        parts = [
            "numbers",
            "tabs",
            "s-curve",
            "roc",
            "shares",
            "matrix",
            "formulas",
            "cost",
            "remark",
            "limits",
        ]
        seen = boxes(page, ", ".join(f".stage .{part}" for part in parts))
        assert len(seen) == len(parts) + 1  # two lines of costs
        for name, box in seen:
            assert not [
                other for word, other in seen if other is not box and overlaps(box, other)
            ], name
            assert box[3] - box[2] > 15, name
        [roc] = [box for name, box in seen if name.startswith("AUC")]
        assert roc[3] - roc[2] > 80


@pytest.mark.parametrize("size", NARROW)
def test_a_narrow_window_has_one_column(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    with opened(browser, address, size, touch=True) as page:
        assert overflowing(page) == []
        assert page.get_by_test_id("stSidebar").get_attribute("data-collapsed") == "true"
        for name in ("Training", "Autograd", "Stories"):
            expect(page.get_by_role("link", name=name)).to_be_in_viewport()
        for part in ("scatter", "play", "timeline", "speed"):
            expect(page.get_by_test_id(part)).to_be_in_viewport()
        tops = [boxes(page, f".stage .{name}")[0][1][2] for name in ("plane", "transport", "side")]
        assert tops == sorted(tops)
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(page.get_by_text("Points per class")).to_be_in_viewport()
        page.wait_for_function(f"({_OVERFLOWING})().length === 0")  # once the plots have followed


@pytest.mark.parametrize("size", LOW)
def test_a_low_window_has_the_view_beside_the_plane(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    """A phone on its side, or a window that is shared in a corner of the screen."""
    with opened(browser, address, size, path="?view=step", touch=True) as page:
        assert overflowing(page) == []
        assert hidden_part(page, "stMain") <= 0
        for part in ("scatter", "play", "timeline", "speed", "status"):
            expect(page.get_by_test_id(part)).to_be_in_viewport(ratio=0.99)
        [(_, plane)], [(_, side)] = (boxes(page, f".stage .{name}") for name in ("plane", "side"))
        assert plane[1] <= side[0]
        assert plane[2] == side[2]
        assert plane[3] - plane[2] > 0.55 * size[1]
        page.get_by_test_id("picture").scroll_into_view_if_needed()  # within the side
        expect(page.get_by_test_id("picture")).to_be_in_viewport()
        expect(page.get_by_test_id("play")).to_be_in_viewport()


def test_type_grows_with_the_screen(browser: Browser, address: str) -> None:
    sizes = []
    for size in ((1280, 720), (1920, 1080)):
        with opened(browser, address, size) as page:
            sizes.append(
                [
                    page.locator(letters).first.evaluate(
                        "element => parseFloat(getComputedStyle(element).fontSize)"
                    )
                    for letters in (
                        ".stage [data-testid=iteration]",
                        ".scatter .xtick text",
                        ".stSidebar label p",
                    )
                ]
            )
    for small, large in zip(*sizes, strict=True):
        assert large == pytest.approx(1.5 * small, rel=0.02)


@pytest.mark.parametrize("path", ["", "stories", "autograd"])
def test_nothing_moves_while_a_page_loads(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
    context.add_init_script(f"({_MOVED})()")
    try:
        page = context.new_page()
        page.goto(f"{address}/{path}")
        if path:
            expect(page.locator(".st-key-menu, .st-key-lab").first).to_be_visible()
            expect(page.get_by_test_id("stApp")).to_have_attribute(
                "data-test-script-state", "notRunning"
            )
        else:
            expect(page.get_by_test_id("limits").locator("b").first).to_be_visible()
        assert page.evaluate("window.moved") < 0.05
    finally:
        context.close()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (600, 960), (820, 1180)])
def test_what_is_said_moves_nothing_on_a_phone_or_tablet(
    browser: Browser, address: str, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    context.add_init_script(_TOPS)
    page = context.new_page()
    page.goto(f"{address}/?view=weights&mean=0.6&l2=0.05")
    expect(page.get_by_test_id("coach")).to_contain_text("Out of reach")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 30)
    pause(page)
    expect(page.get_by_test_id("coach")).to_be_visible()
    tops = page.evaluate("tops")
    assert max(tops) - min(tops) < 4, tops
    context.close()


def test_fingers_find_every_target(browser: Browser, address: str) -> None:
    for path in ("", "stories"):
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, bypass_csp=True
        )
        page = context.new_page()
        page.goto(f"{address}/{path}")
        if not path:
            expect(page.get_by_test_id("limits").locator("b").first).to_be_attached()
            page.get_by_test_id("stExpandSidebarButton").click()
            expect(page.get_by_text("Learning rate", exact=True)).to_be_in_viewport()
        else:
            expect(page.locator(".st-key-menu a")).to_have_count(1 + len(DECKS[0].stories))
            expect(page.locator(".st-key-menu [role=radio]")).to_have_count(1 + len(DECKS))
        found = boxes(
            page,
            ".stage button, .stage select, .stage summary, .stSidebar summary, "
            ".stSidebar button:not([aria-label=Open]), "  # which is part of a larger target
            ".stSidebar [role=group] > div, .st-key-pages a, .st-key-menu :is(a, [role=radio])",
        )
        assert len(found) > 15
        small = [(n, b) for n, b in found if b[3] - b[2] < 43.5 or (b[1] - b[0] < 43.5)]
        assert small == [], path
        context.close()


def test_values_of_sliders_lie_on_no_words(open_page: OpenPage) -> None:
    page = open_page(
        "?samples_per_class=500000&max_iterations=1000000&momentum=0&target_accuracy=1"
    )
    wait_for_sidebar(page)
    words = boxes(page, ".stSidebar [data-testid=stWidgetLabel] p")
    values = boxes(page, ".stSidebar [data-testid=stSliderThumbValue]")
    assert len(values) > 6
    [sidebar] = [box for _, box in boxes(page, "[data-testid=stSidebar]")]
    for text, box in values:
        assert sidebar[0] <= box[0] <= box[1] <= sidebar[1], text
        others = [*words, *(value for value in values if value[1] is not box)]
        assert [other for other, place in others if overlaps(box, place)] == [], text


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_more_opens_wherever_it_is_clicked_and_covers_nothing(
    open_page: OpenPage, share: float
) -> None:
    page = open_page()
    wait_for_sidebar(page)
    for group in ("optimizer", "features", "data"):  # what opens below moves none above
        summary = page.locator(f".st-key-group_{group} summary")
        box = summary.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
        details = page.locator(f".st-key-more_{group} [data-testid=stExpanderDetails]")
        expect(details.locator("label").first).to_be_visible()
        plane = page.locator(".plane").bounding_box()
        shown = details.bounding_box()
        assert plane is not None and shown is not None  # noqa: PT018
        assert shown["x"] + shown["width"] <= plane["x"]


def test_nothing_offers_to_leave_the_machine_and_fit_brings_all_points_back(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.get_by_test_id("scatter").hover()
    expect(page.locator(".modebar-btn")).to_have_count(0)
    axis = "document.querySelector('.scatter')._fullLayout.xaxis.range"
    before = page.evaluate(axis)
    page.mouse.wheel(0, -600)
    page.wait_for_function(f"{axis}[1] - {axis}[0] < 13")
    expect(page.locator(".plotly-notifier .notifier-note")).to_have_count(0)
    page.get_by_test_id("fit").click()
    page.wait_for_function(f"Math.abs({axis}[0] - {before[0]}) < 1e-9")
    assert page.evaluate(axis) == before


def test_a_round_cloud_is_round(open_page: OpenPage) -> None:
    """One unit is as long upwards as across, also after the window has changed."""
    page = open_page()
    unit = """() => { const {xaxis, yaxis} = document.querySelector('.scatter')._fullLayout;
        return [xaxis, yaxis].map((a) => a._length / (a.range[1] - a.range[0])); }"""
    for size in ((1280, 720), (1000, 900)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_function(
            f"() => {{ const [x, y] = ({unit})(); return x > 5 && Math.abs(x / y - 1) < 0.01; }}"
        )
    page.set_viewport_size({"width": 1280, "height": 720})


def test_the_shading_is_explained_by_its_own_colours(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator(".shading")).to_have_text("p 01")
    gradient = page.locator(".ramp").evaluate("e => getComputedStyle(e).backgroundImage")
    assert gradient.index("0, 114, 178") < gradient.index("213, 94, 0")


def test_an_accident_of_the_wheel_or_a_drag_leaves_the_curves_and_a_click_seeks(
    open_page: OpenPage,
) -> None:
    page = open_page()
    box = page.get_by_test_id("curves").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 3
    page.mouse.move(x, y)
    page.mouse.wheel(0, -500)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=4)
    page.mouse.up()
    axis = "document.querySelector('.curves')._fullLayout.xaxis.range"
    assert page.evaluate(axis) == [0, 200]
    at_80 = """() => { const plot = document.querySelector('.curves');
        const { xaxis } = plot._fullLayout;
        return plot.getBoundingClientRect().left + xaxis._offset + xaxis.l2p(80); }"""
    page.mouse.click(page.evaluate(at_80), y)
    expect(page.get_by_test_id("iteration")).to_have_text(re.compile("79|80|81"))
    here = int(number(page, "iteration"))
    run = Run(RunConfig())
    run.extend(10, here + 1)
    assert_shows(page, run, here)


def test_marks_in_the_curves_lie_on_no_words(open_page: OpenPage) -> None:
    """Changes at the start, close together, in the middle, and at the end of what is seen."""
    changes = "0:lr=0.04;1:lr=0.05;15:lr=0.001;16:momentum=0.5;60:lr=0.002"
    page = open_page(f"?changes={changes}&lr=0.002&momentum=0.5&test_share=0.2&max_iterations=60")
    page.get_by_test_id("timeline").press("End")
    words = ".curves .annotation-text"
    expect(page.locator(words, has_text="dashed: test")).to_be_visible()
    expect(page.locator(words)).to_have_count(3 + 3)  # titles, and groups of marks
    seen = boxes(page, words)
    [plot] = [box for _, box in boxes(page, ".curves")]
    lines = [  # as thick as they are seen
        (name, [left - 2, right + 2, top, bottom])
        for name, (left, right, top, bottom) in boxes(page, ".curves .shapelayer path")
    ]
    for name, box in seen:
        assert not [1 for _, other in (*seen, *lines) if other is not box and overlaps(box, other)]
        assert plot[0] <= box[0], name
        assert box[1] <= plot[1], name


def test_axes_tell_nothing_of_what_is_to_come(open_page: OpenPage) -> None:
    """They end at a round number beyond what was seen, and at the end once that is seen."""
    page = open_page("?speed=1200")
    ends = page.evaluate_handle("[]")
    page.evaluate(
        """(ends) => { const look = () => {
            ends.push([Number(document.querySelector('[data-testid=iteration]').textContent),
                Number(document.querySelector('[data-testid=timeline]').max),
                document.querySelector('.curves')._fullLayout?.xaxis.range[1]]);
            requestAnimationFrame(look); }; look(); }""",
        ends,
    )
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    seen = ends.json_value()
    assert {end for index, end, _ in seen if index < 200} == {200}
    assert {end for index, end, _ in seen if 200 <= index < 272} <= {200, 500}
    assert seen[-1][:2] == [272, 272]
