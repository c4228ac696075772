"""Going away and coming back: other pages, F5, the browser's buttons, a server that was gone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.browser.conftest import PATIENCE, OpenModule, OpenPage
from tests.browser.player import ENDLESS, go_to, number, wait_for_iteration
from tests.serving import free_port, start, wait_until_healthy

SETTINGS = f"{ENDLESS}&lr=0.05&mean=1.2"


def rests_at(page: Page, iteration: int) -> None:
    """The player stands still at a moment of the run of `SETTINGS`."""
    expect(page.get_by_test_id("iteration")).to_have_text(str(iteration))
    expect(page.get_by_test_id("play")).to_have_text("Play")
    for text in ("lr=0.05", "mean=1.2", f"at={iteration}"):
        page.wait_for_function("text => location.search.includes(text)", arg=text)
    rate = page.get_by_test_id("stSlider").filter(has_text="Learning rate")
    expect(rate.get_by_test_id("stSliderThumbValue")).to_have_text("0.05")


def test_every_way_back_keeps_settings_and_playhead(open_page: OpenPage) -> None:
    page = open_page(SETTINGS, quiet=False)
    go_to(page, 25)
    rests_at(page, 25)
    page.get_by_role("link", name="Autograd").click()
    expect(page.get_by_test_id("node").first).to_be_visible()
    page.get_by_role("link", name="Training").click()
    rests_at(page, 25)
    page.get_by_role("link", name="Stories").click()
    expect(page.get_by_text("The course", exact=False).first).to_be_visible()
    page.go_back()
    rests_at(page, 25)
    page.reload()
    rests_at(page, 25)


def test_what_played_plays_on_after_a_reload(open_page: OpenPage) -> None:
    page = open_page(f"{SETTINGS}&speed=5", quiet=False)
    go_to(page, 100)
    page.get_by_test_id("play").click()
    wait_for_iteration(page, 103)
    page.reload()
    page.locator(".stage[data-run]").wait_for()
    assert number(page, "iteration") >= 100
    wait_for_iteration(page, 120)
    expect(page.get_by_test_id("play")).to_have_text("Pause")


@pytest.fixture
def page(browser: Browser) -> Page:
    context: BrowserContext = browser.new_context(bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def test_a_player_goes_on_when_its_server_is_there_again(page: Page) -> None:
    port = free_port()
    server = start(port)
    try:
        wait_until_healthy(port)
        page.goto(f"http://localhost:{port}/{SETTINGS}")
        page.get_by_test_id("play").click()
        wait_for_iteration(page, 100)
        server.kill()
        server.wait()
        expect(page.get_by_test_id("status")).to_contain_text("Waiting for Python")
        last = int(number(page, "iteration"))
        server = start(port)
        page.wait_for_function(
            "last => Number(document.querySelector('[data-testid=iteration]').textContent) > last",
            arg=last,
            timeout=4 * PATIENCE,
        )
        expect(page.get_by_test_id("play")).to_have_text("Pause")
    finally:
        server.kill()
        server.wait()
        page.context.close()


def test_a_page_without_websockets_says_so(page: Page, address: str) -> None:
    def block(socket: WebSocketRoute) -> None:
        socket.close()

    page.route_web_socket("**/_stcore/stream", block)
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("blocks WebSockets", timeout=4 * PATIENCE)
    page.context.close()


def test_a_question_on_the_way_back_does_not_call_the_left_page(page: Page, address: str) -> None:
    held: list[Callable[[], None]] = []
    is_slow = False

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def forward(message: str | bytes) -> None:
            if is_slow:
                held.append(partial(server.send, message))
            else:
                server.send(message)

        socket.on_message(forward)

    page.route_web_socket("**/_stcore/stream", route)
    page.goto(f"{address}/autograd?ex=Accumulating")
    expect(page.get_by_test_id("node").first).to_be_visible()
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    go_to(page, 3)
    is_slow = True
    page.go_back()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")  # the page that is left is still there, and plays
    wait_for_iteration(page, 60)
    is_slow = False
    for send in held:
        send()
    expect(page.get_by_test_id("node").first).to_be_visible()
    page.context.close()


def test_a_page_that_a_question_called_back_is_left_all_the_same(js: OpenModule) -> None:
    """It makes no entry: Forward leads to where it led before. Nor does it change the address."""
    seen = js("entries.js").run("""async ({ keepOneEntryAPage }) => {
        const popped = (act) => new Promise((done) => {
            addEventListener("popstate", ({ isTrusted }) => done(isTrusted), { once: true });
            act();
        });
        const seen = [];
        history.pushState(null, "", "/lab?g_w=2");
        history.pushState(null, "", "/?lr=0.5");
        keepOneEntryAPage(window);
        seen.push(await popped(() => history.back()), location.pathname);
        const entries = history.length;
        // By Streamlit, which draws the page that has asked.
        history.replaceState({}, "", "/lab");
        seen.push(await popped(() => history.pushState(null, "", "/")), location.search);
        history.pushState(null, "", "/lab");  // once it has been led on
        seen.push(location.pathname, history.length - entries);
        seen.push(await popped(() => history.forward()), location.search);
        delete history.pushState;
        return seen;
    }""")
    assert seen == [True, "/lab", False, "?g_w=2", "/lab", 0, True, "?lr=0.5"]
