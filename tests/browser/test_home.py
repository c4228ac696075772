"""A run is taken home from the page: read, copied, and kept as files that hold this very run."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from lrcore import SGD, Run, RunConfig
from lrcore.export import script
from tests.browser.conftest import OpenPage
from tests.browser.player import TO_SCREEN, go_to, number, numbers, url_of, wait_for_iteration

CHANGED = "?changes=0:lr=0.01;10:lr=0.3&lr=0.3&target_accuracy=1&max_iterations=1000000"


def downloaded(page: Page, kind: int) -> tuple[str, str]:
    """Name and text of the file that a button of the dialog gives."""
    with page.expect_download() as found:
        page.get_by_test_id(f"home-{kind}").click()
    return found.value.suggested_filename, Path(found.value.path()).read_text("utf-8")


def test_script_notebook_and_tables_are_those_of_the_run_until_here(open_page: OpenPage) -> None:
    run = Run(RunConfig(target_accuracy=1.0, max_iterations=1_000_000))
    run.extend(60, 30)
    run.branch(10, optimizer=SGD(lr=0.3))
    run.extend(60, 30)
    page = open_page(CHANGED)
    go_to(page, 25)
    page.get_by_test_id("take").click()
    code = page.locator(".home code")
    expect(code).to_contain_text("import torch")
    first, address, *rest = code.inner_text().splitlines()
    assert [first, *rest] == script(run, until=25).splitlines()
    assert "changes=0:lr=0.01;10:lr=0.3" in address
    assert "at=25" in address
    assert downloaded(page, 0) == ("run.py", code.inner_text())
    name, text = downloaded(page, 1)
    assert name == "run.ipynb"
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    assert "\n\n".join(cells) + "\n" == script(run, until=25)
    name, text = downloaded(page, 2)
    table = pandas.read_csv(io.StringIO(text), comment="#")
    assert (name, len(table), [*table.setting.unique()]) == ("run.csv", 26, [0, 1])
    assert np.float32(table.loss[25]) == np.float32(run.step(25).loss)
    name, text = downloaded(page, 3)
    assert (name, len(pandas.read_csv(io.StringIO(text)))) == ("points.csv", 200)


def test_page_replays_the_run_from_the_disk_without_a_network(
    open_page: OpenPage, browser: Browser, tmp_path: Path
) -> None:
    """The same digits as the live page at three moments, with keys, timeline and views."""
    page = open_page(f"{CHANGED}&test_share=0.25")
    go_to(page, 40)
    page.get_by_test_id("take").click()
    expect(page.locator(".home code")).to_contain_text("import torch")
    name, text = downloaded(page, 4)
    page.keyboard.press("Escape")
    moments = (0, 17, 40)
    seen = []
    for moment in moments:
        go_to(page, moment)
        seen.append((numbers(page), page.get_by_test_id("equation").inner_text()))
    path = tmp_path / name
    path.write_text(text, "utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    try:
        alone = context.new_page()
        complaints: list[str] = []
        alone.on("console", lambda message: complaints.append(message.text))
        alone.on("pageerror", lambda error: complaints.append(str(error)))
        alone.goto(path.as_uri())
        expect(alone.get_by_test_id("status")).not_to_contain_text("Loading")
        alone.keyboard.press(" ")
        expect(alone.get_by_test_id("status")).to_have_text("The recording ends here.")
        for moment, (shown, equation) in zip(moments, seen, strict=True):
            go_to(alone, moment)
            assert numbers(alone) == shown
            assert alone.get_by_test_id("equation").inner_text() == equation
        alone.keyboard.press("ArrowLeft")
        expect(alone.get_by_test_id("iteration")).to_have_text("39")
        assert alone.locator("[role=tab]").all_inner_texts() == ["Curves", "Sigmoid"]
        alone.keyboard.press("3")
        expect(alone.get_by_test_id("auc")).not_to_be_empty()
        expect(alone.get_by_test_id("take")).to_be_hidden()
        live = alone.get_by_role("link", name="Open it live").get_attribute("href")
        assert live is not None
        assert live.startswith(url_of(page).partition("?")[0])
        assert "changes=0:lr=0.01;10:lr=0.3" in live
        assert complaints == []
    finally:
        context.close()


def test_picture_is_what_is_seen_twice_as_large(open_page: OpenPage) -> None:
    page = open_page(CHANGED)
    go_to(page, 25)
    [x, y] = page.evaluate(TO_SCREEN, [-4.0, -6.0])  # deep in class 1
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    shown = numbers(page)
    page.get_by_test_id("take").click()
    with page.expect_download() as found:
        page.get_by_test_id("home-svg").click()
    words = " ".join(ElementTree.parse(found.value.path()).getroot().itertext())
    for text in ("class 0", "accuracy", *(shown[name] for name in ("iteration", "loss", "w0"))):
        assert text in words
    assert "Copy" not in words
    with page.expect_download() as found:
        page.get_by_test_id("home-png").click()
    picture = Image.open(found.value.path()).convert("RGB")
    assert picture.size == pytest.approx((2 * stage["width"], 2 * stage["height"]), abs=2)
    at = (round(2 * (x - stage["x"])), round(2 * (y - stage["y"])))
    red, green, blue = picture.getpixel(at)
    assert red > green > blue  # the tint of class 1
    assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_dialog_keeps_keys_from_the_player_until_it_is_closed(open_page: OpenPage) -> None:
    page = open_page(CHANGED)
    page.get_by_test_id("take").click()
    expect(page.locator(".home code")).to_contain_text("import torch")
    page.locator(".home pre").focus()
    for key in (" ", "ArrowRight", "3"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("view-curves")).to_have_attribute("aria-selected", "true")
    assert number(page, "iteration") == 0
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("home")).to_be_hidden()
    page.keyboard.press(" ")
    wait_for_iteration(page, 5)


def test_a_dialog_that_was_clicked_open_does_not_give_the_focus_to_its_button(
    open_page: OpenPage,
) -> None:
    """A space bar that is pressed at once would open it again; it plays."""
    page = open_page()
    page.get_by_test_id("take").click()
    close = (
        "() => { document.querySelector('.home').close(); return document.activeElement.tagName; }"
    )
    assert page.evaluate(close) != "BUTTON"
    page.get_by_test_id("take").press("Enter")
    assert page.evaluate(close) == "BUTTON"  # whoever came by the keyboard goes on from there
    page.get_by_test_id("take").click()
    page.evaluate(
        """() => {
            document.querySelector('.home').close();
            const key = new KeyboardEvent('keydown', {key: ' ', bubbles: true, composed: true});
            document.activeElement.dispatchEvent(key);
        }"""
    )
    wait_for_iteration(page, 5)
