"""Points of one's own in a real browser: clicks on the plot, and CSV files."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as NothingCame

from lrcore import SGD, Run, RunConfig
from lrcore.data import Placed
from tests.browser.conftest import PATIENCE, OpenPage
from tests.browser.player import (
    assert_shows,
    choose_exercise,
    click_at,
    drop_connection,
    hidden_part,
    keep_sockets,
    move_slider,
    number,
    wait_for_connection,
    wait_for_iteration,
    wait_for_rest,
)

# Where the axes of the plot lie on the page, and which part of the plane they show.
AXES = """() => {
  const plot = document.querySelector('[data-testid=scatter]');
  const { left, top } = plot.getBoundingClientRect();
  const { xaxis, yaxis } = plot._fullLayout;
  return [left + xaxis._offset, top + yaxis._offset, xaxis._length, yaxis._length,
    ...xaxis.range, ...yaxis.range];
}"""
POINTS = [(-1.0, 2.0, 0), (3.0, -2.5, 1), (3.0, -3.0, 1)]
FLOWERS = "id,length,width,species\n1,5.1,3.5,setosa\n2,4.9,NA,setosa\n3,7,3.2,versicolor\n"
CHOICE = ("csv_x", "csv_y", "csv_label", "csv_0", "csv_1")


def wait_for_points(page: Page, count: int) -> None:
    page.wait_for_function(
        "count => (document.querySelector('[data-testid=scatter]')?.data ?? []).slice(0, 2)"
        ".flatMap(({ x }) => Array.from(x._inputArray ?? x)).filter((x) => x !== null).length"
        " === count",
        arg=count,
    )


def text_of(page: Page, points: int) -> str:
    """The text of so many points; it comes after the plot has them."""
    box = page.locator(".st-key-placed_points textarea")
    expect(box).to_have_value(re.compile(f"^[^;]+(;[^;]+){{{points - 1}}}$"))
    return box.input_value()


def upload(page: Page, folder: Path, name: str, content: str) -> None:
    """Choose a file, and again if Streamlit has not taken it: on a busy machine it may lose one."""
    path = folder / name
    path.write_text(content, "utf-8")
    taken = page.get_by_test_id("stFileChipName").filter(has_text=name)
    for _ in range(3):
        page.wait_for_selector("[data-test-script-state=notRunning]")
        page.locator("input[type=file]").set_input_files(path)
        with suppress(NothingCame):
            return taken.wait_for(timeout=PATIENCE / 3)
    return expect(taken).to_be_visible()


def choose(page: Page, key: str, option: str) -> None:
    if key == "data":  # a choice between pictures
        page.get_by_role("radio", name=option, exact=True).click()
        return
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option", name=option, exact=True).click()


def choices(page: Page) -> list[str]:
    boxes = [page.locator(f".st-key-{key}").get_by_role("combobox") for key in CHOICE]
    return [box.input_value() for box in boxes]


def test_clicks_place_points_that_are_trained_on(open_page: OpenPage) -> None:
    page = open_page("?data=placed&placed_points=")
    expect(page.get_by_test_id("status")).to_have_text(
        "There are no points yet: click on the plot to place some."
    )
    cursor = "getComputedStyle(document.querySelector('.plane .nsewdrag')).cursor"
    assert page.evaluate(cursor) == "crosshair"
    click_at(page, *POINTS[0][:2])
    wait_for_points(page, 1)
    page.get_by_text("◆ class 1").click()
    expect(page.get_by_role("radio", name="◆ class 1")).to_be_checked()
    axes = page.evaluate(AXES)
    for x, y, _ in POINTS[1:]:  # as quick as a double click
        click_at(page, x, y)
    wait_for_points(page, 3)
    assert page.evaluate(AXES) == axes
    page.wait_for_function("location.search.split('%3B').length === 3")
    placed = Placed(text_of(page, 3)).sample()
    for (x, y, label), point, found in zip(POINTS, placed.x, placed.y, strict=True):
        assert point.tolist() == pytest.approx([x, y], abs=0.03)  # a pixel
        assert found == label
    run = Run(RunConfig(data=Placed(text_of(page, 3))))
    run.extend(10)
    page.get_by_test_id("end").click()
    expect(page.get_by_test_id("status")).to_contain_text("Reached")
    assert_shows(page, run, len(run) - 1)
    page.get_by_role("button", name="Undo").click()
    wait_for_points(page, 2)
    page.get_by_role("button", name="Clear").click()
    wait_for_points(page, 0)
    expect(page.get_by_test_id("status")).to_contain_text("There are no points yet")


def test_a_click_on_the_boundary_places_a_point(open_page: OpenPage) -> None:
    page = open_page("?data=placed&placed_points=1,2,0&start=typed&w0=1&w1=0&b=-3")
    click_at(page, 3.0, 1.0)
    wait_for_points(page, 2)
    assert text_of(page, 2).startswith("1,2,0;")


def test_a_link_opens_with_its_points(open_page: OpenPage) -> None:
    points = "-4,3.5,0;2,1,1;2.5,-1,1"
    page = open_page(f"?data=placed&placed_points={points}")
    wait_for_points(page, 3)
    expect(page.locator(".st-key-placed_points textarea")).to_have_value(points)
    assert_shows(page, Run(RunConfig(data=Placed(points))), 0)
    for area in ("stMain", "stSidebarContent"):
        assert hidden_part(page, area) <= 0, area


def test_points_survive_settings_other_data_and_the_other_page(open_page: OpenPage) -> None:
    page = open_page("?data=placed&placed_points=1,2,0;3,1,1", quiet=False)
    click_at(page, -2.0, -3.0)
    wait_for_points(page, 3)
    points = text_of(page, 3)
    wait_for_rest(page)  # the controls follow what was placed
    move_slider(page, "Learning rate", "ArrowRight")
    page.wait_for_function("location.search.includes('lr=')")
    expect(page.locator(".st-key-placed_points textarea")).to_have_value(points)
    page.get_by_role("link", name="Autograd").click()
    choose_exercise(page, "The graph of this run")
    page.get_by_text("Whole batch", exact=True).click()
    expect(page.locator('input[type=range][aria-label="Data point"]')).to_have_attribute("max", "2")
    page.get_by_role("link", name="Training").click()
    wait_for_points(page, 3)
    expect(page.locator(".st-key-placed_points textarea")).to_have_value(points)
    choose(page, "data", "Two moons")
    page.wait_for_function("!location.search.includes('placed')")
    choose(page, "data", "Your own points")
    wait_for_points(page, 3)
    expect(page.locator(".st-key-placed_points textarea")).to_have_value(points)
    run = Run(RunConfig(data=Placed(points), optimizer=SGD(lr=0.012)))
    expect(page.get_by_test_id("loss")).to_have_text(f"{run.step(0).loss:.4f}")
    assert_shows(page, run, 0)


def test_points_survive_a_dropped_connection(open_page: OpenPage, context: BrowserContext) -> None:
    keep_sockets(context)
    page = open_page("?data=placed&placed_points=1,2,0", quiet=False)
    click_at(page, 3.0, 1.0)
    wait_for_points(page, 2)
    before = drop_connection(page)
    click_at(page, -2.0, -3.0)
    wait_for_connection(page, after=before)
    wait_for_points(page, 3)
    click_at(page, -3.0, 2.0)
    wait_for_points(page, 4)
    # A click whose question was asked twice has placed one point.
    expect(page.locator(".st-key-placed_points textarea")).to_have_value(
        re.compile(r"[^;]+(;[^;]+){3}")
    )


def test_a_csv_file_plays_and_a_bad_one_changes_nothing(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("?data=csv&target_accuracy=1")
    expect(page.get_by_test_id("status")).to_have_text(
        "There are no points yet: choose a CSV file."
    )
    upload(page, tmp_path, "flowers_1.csv", FLOWERS)
    wait_for_points(page, 2)
    caption = page.get_by_text("flowers_1.csv: 2 points.")
    expect(caption).to_contain_text("1 with missing values, 0 with other labels")
    expect(page.locator(".scatter .legend")).to_contain_text("versicolor")
    choose(page, "csv_x", "id")
    expect(page.locator(".scatter .xtitle")).to_have_text("id")
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 30)
    upload(page, tmp_path, "bad.csv", "a,b,c\n1,2,x\n1,2\n")
    expect(page.get_by_test_id("stToast")).to_contain_text(
        "bad.csv cannot be used: row 3: too few cells: 2, where the header has 3."
    )
    wait_for_iteration(page, int(number(page, "iteration")) + 30)
    expect(caption).to_be_visible()
    assert choices(page) == ["id", "width", "species", "setosa", "versicolor"]


def test_while_a_large_file_is_read_the_page_says_so(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("?data=csv")
    header = ",".join(f"c{column}" for column in range(100))
    rows = (
        ",".join(str(10 + (row * column) % 89) for column in range(100)) for row in range(33_000)
    )
    path = tmp_path / "large.csv"
    path.write_text("\n".join([header, *rows]))
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_test_id("stSidebar").get_by_text("Reading large.csv …")).to_be_visible()
    expect(page.get_by_text("large.csv: ")).to_be_visible()
    expect(page.get_by_test_id("stSpinner")).to_have_count(0)


def test_a_csv_file_survives_other_data_and_the_other_page(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("?data=csv", quiet=False)
    upload(page, tmp_path, "flowers.csv", FLOWERS)
    wait_for_points(page, 2)
    choose(page, "csv_x", "id")
    expect(page.locator(".scatter .xtitle")).to_have_text("id")
    chosen = choices(page)
    choose(page, "data", "Two Gaussian clouds")
    wait_for_points(page, 200)
    choose(page, "data", "Your CSV file")
    wait_for_points(page, 2)
    assert choices(page) == chosen
    page.get_by_role("link", name="Autograd").click()
    expect(page.get_by_test_id("node").first).to_be_visible()
    page.get_by_role("link", name="Training").click()
    wait_for_points(page, 2)
    assert choices(page) == chosen
    expect(page.locator(".scatter .xtitle")).to_have_text("id")
