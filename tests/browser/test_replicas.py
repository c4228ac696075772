"""Replicas behind nginx, as the README sets them up: one dies, and its pages go on with another."""

from __future__ import annotations

import asyncio
import getpass
import os
import random
import re
import shutil
import subprocess
import time
import urllib.request
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lrcore import SGD
from lrcore.ui.player.protocol import FIRST_ROWS, to_base64
from tests.benchmarks.wire import Client
from tests.browser.conftest import PATIENCE
from tests.browser.player import (
    ENDLESS,
    assert_shows,
    go_to,
    move_slider,
    pause,
    wait_for_iteration,
)
from tests.browser.test_changes import (
    FAST,
    SETTINGS,
    change_at,
    changed,
    expect_changes,
    expect_the_changed_run,
)
from tests.browser.test_own_data import choose, upload
from tests.serving import ROOT, free_port, start, wait_until_healthy

# With two in Chromium, sixty pages.
CROWD = 58
COOKIE = "browser"
BYTES = 20  # of a moment: two weights, b, loss and accuracy
# What stands around a block of nginx's `http` where all files lie in one folder.
AROUND = """
user {user};
daemon off;
pid nginx.pid;
error_log error.log;
events {{ }}
http {{
    log_format which '$browser $upstream_addr';
    access_log access.log which;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path unused;
    uwsgi_temp_path unused;
    scgi_temp_path unused;
{block}
}}
"""


@pytest.fixture
def nginx() -> str:
    """Where nginx is."""
    path = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if path is None:
        if os.environ.get("REQUIRE_NGINX"):
            pytest.fail("REQUIRE_NGINX is set, and nginx is not installed")
        pytest.skip("no nginx: install it to run the test of a large audience")
    return path


@contextmanager
def running(nginx: str, folder: Path, proxy: int, replicas: Sequence[int]) -> Iterator[None]:
    """nginx under the configuration of the README, in which other ports stand for its own."""
    [block] = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    ports = {"listen 80;": f"listen {proxy};"}
    ports |= {f":850{k};": f":{port};" for k, port in enumerate(replicas, 1)}
    for old, new in ports.items():
        assert block.count(old) == 1
        block = block.replace(old, new)
    text = AROUND.format(user=getpass.getuser(), block=block)
    (folder / "nginx.conf").write_text(text, "utf-8")
    command = [nginx, "-p", folder, "-c", "nginx.conf", "-e", "error.log"]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = subprocess.Popen(command)
    try:
        wait_until_healthy(proxy)
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def replica(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """One of several dashboards with the same secret."""
    secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "of all replicas"}
    process = start(port, "--server.address", "0.0.0.0", **secret)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@dataclass
class Visitor:
    """A page without a browser. It plays, and comes back by its link where its replica is gone.

    Attributes:
        cookie: tells it from others. clients: its connections.
        away: how long it was without one, in seconds.
    """

    port: int
    query: str
    cookie: str = ""
    clients: list[Client] = field(default_factory=list)
    away: float = 0.0

    async def arrive(self) -> None:
        """Load the document, then connect."""
        self.cookie = await asyncio.to_thread(self._document)
        await self._connect()

    async def stay(self) -> None:
        """Play until cancelled."""
        while True:
            await _play_to_the_end(self.clients[-1])
            left = time.perf_counter()
            await asyncio.sleep(random.uniform(0.25, 0.5))  # as long as Streamlit's page waits
            await self._connect()
            self.away += time.perf_counter() - left

    async def _connect(self) -> None:
        self.clients.append(await Client.open(self.port, self.query, f"{COOKIE}={self.cookie}"))

    def _document(self) -> str:
        with urllib.request.urlopen(f"http://localhost:{self.port}/?{self.query}") as answer:
            cookie: str = answer.headers["Set-Cookie"].partition(";")[0]
            return cookie.removeprefix(f"{COOKIE}=")


async def _play_to_the_end(client: Client) -> None:
    """Play until the connection is gone."""
    playing = asyncio.create_task(client.play(3600))
    try:
        await client.closed()
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


async def _visit(visitors: Sequence[Visitor], here: Event, until: Event) -> None:
    for visitor in visitors:
        await visitor.arrive()
    staying = [asyncio.create_task(visitor.stay()) for visitor in visitors]
    here.set()
    await asyncio.to_thread(until.wait)
    for task in staying:
        task.cancel()
    ends = await asyncio.gather(*staying, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}
    await asyncio.gather(*(visitor.clients[-1].close() for visitor in visitors))


@contextmanager
def crowd(port: int) -> Iterator[Sequence[Visitor]]:
    """Visitors who play, each under a rate of its own that changes on the way."""
    changes = (f"0:lr={(k + 1) / 1000};60:lr=0.05" for k in range(CROWD))
    visitors = [Visitor(port, f"{ENDLESS[1:]}&lr=0.05&changes={text}") for text in changes]
    here, until = Event(), Event()
    with ThreadPoolExecutor(1) as thread:  # Playwright has a loop in this one
        visit = thread.submit(asyncio.run, _visit(visitors, here, until))
        try:
            while not here.wait(0.1) and not visit.done():
                pass
            yield visitors
        finally:
            until.set()
            visit.result()


def replicas_by_browser(log: Path) -> Mapping[str, set[str]]:
    """The addresses of the replicas that have answered each browser."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in log.read_text("utf-8").splitlines():
        browser, *tried = line.split()
        found[browser].add(tried[-1])
    return found


def page_of(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(4 * PATIENCE)
    page.goto(address)
    expect(page.get_by_test_id("iteration")).to_have_text("0")
    return page


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 4 * PATIENCE / 1000
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert holds()


def goes_on(visitor: Visitor) -> bool:
    """Whether its connection of now was sent more than at first."""
    return len(visitor.clients[-1].moments) > FIRST_ROWS * BYTES


def assert_in_its_run(visitor: Visitor) -> None:
    """Every connection was sent the same moments, bit for bit."""
    records = [bytes(client.moments) for client in visitor.clients]
    length = min(map(len, records))
    assert length >= FIRST_ROWS * BYTES
    assert len({record[:length] for record in records}) == 1


def test_pages_of_a_dead_replica_go_on_with_another(
    nginx: str, browser: Browser, tmp_path: Path
) -> None:
    proxy, *ports = (free_port() for _ in range(4))
    with ExitStack() as stack:
        replicas = {f"127.0.0.1:{port}": stack.enter_context(replica(port)) for port in ports}
        for port in ports:
            wait_until_healthy(port)
        stack.enter_context(running(nginx, tmp_path, proxy, ports))
        context = stack.enter_context(browser.new_context(bypass_csp=True))
        playing, paused = (page_of(context, f"http://localhost:{proxy}/{SETTINGS}") for _ in "12")
        for page in (playing, paused):
            change_at(page, 30)
        go_to(paused, 50)
        visitors = stack.enter_context(crowd(proxy))

        # Each browser is with one replica, and no replica is idle.
        seen = replicas_by_browser(tmp_path / "access.log")
        [cookie] = [one["value"] for one in context.cookies() if one["name"] == COOKIE]
        homes = {name: seen[name] for name in (cookie, *(one.cookie for one in visitors))}
        assert {len(home) for home in homes.values()} == {1}
        assert min(Counter(home for [home] in homes.values()).values()) > 5
        homeless = [one for one in visitors if homes[one.cookie] == homes[cookie]]

        playing.get_by_test_id("play").click()
        wait_for_iteration(playing, 60)
        wait_until(lambda: all(map(goes_on, visitors)))
        [home] = homes[cookie]
        replicas[home].kill()
        wait_for_iteration(playing, 400)
        wait_until(lambda: all(len(one.clients) > 1 for one in homeless))
        at = pause(playing)
        expect_the_changed_run(playing, changed((30, FAST), length=at + 1), at)

        # On the page that was not touched either, a change applies where it stands.
        expect_the_changed_run(paused, changed((30, FAST)), 50)
        move_slider(paused, "Momentum", "ArrowLeft")
        expect_changes(paused, "0:lr=0.04,momentum=0.9;30:lr=0.05;50:momentum=0.89")
        go_to(paused, 70)
        slower = replace(FAST, optimizer=SGD(lr=0.05, momentum=0.89))
        assert_shows(paused, changed((30, FAST), (50, slower)), 70)

        # A file of a megabyte comes to the replica that the page is with.
        choose(paused, "data", "Your CSV file")
        row = f"1,2,a,{'long' * 100}\n3,4,b,\n"
        upload(paused, tmp_path, "large.csv", f"x,y,label,note\n{row * 4000}")
        expect(paused.get_by_text("large.csv: ")).to_be_visible()
        wait_until(lambda: all(map(goes_on, visitors)))

    seen = replicas_by_browser(tmp_path / "access.log")
    moved = {name for name, replicas_seen in seen.items() if len(replicas_seen) > 1}
    assert moved == {cookie, *(one.cookie for one in homeless)}
    assert max(map(len, seen.values())) == 2
    assert {len(one.clients) for one in visitors if one not in homeless} == {1}
    for visitor in visitors:
        assert_in_its_run(visitor)
    run = changed((60, FAST))  # of the visitor whose rate is 0.04 at first
    moments = b64decode(to_base64(run.columns(0, FIRST_ROWS).table()))
    assert visitors[39].clients[-1].moments.startswith(moments)
