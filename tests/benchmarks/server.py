"""What playing pages cost the server, and how fast it answers many of them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks.browser import opened, play
from tests.benchmarks.common import Row, Server, chromium, server
from tests.benchmarks.wire import Client

_CROWDS = (30, 60)
_SECONDS = 10.0


def rows() -> list[Row]:
    """Processor time of one page, then the answers to many."""
    return [*_one_page(), *_crowds()]


def _one_page() -> list[Row]:
    with server() as running, chromium() as browser:
        time.sleep(1)
        idle = _cores(running.pid, 5)
        with opened(browser, running, 200) as page:
            play(page, "60")
            page.wait_for_timeout(2000)
            playing = _cores(running.pid, _SECONDS)
            page.get_by_test_id("play").click()
            page.wait_for_timeout(2000)
            paused = _cores(running.pid, 5)
    return [
        Row(
            "server, one page playing at 60 steps/s, N = 200",
            f"{playing:.3f} of a core",
            "<= 0.05",
            playing <= 0.05,
        ),
        # A tick of the processor clock is 0.002 of a core over 5 s.
        Row(
            "server, the same page paused, above the server without a page",
            f"{max(0.0, paused - idle):.3f} of a core ({paused:.3f} against {idle:.3f})",
            "0",
            paused - idle < 0.0045,
        ),
    ]


def _cores(pid: int, seconds: float) -> float:
    """Processor seconds a second of a process and its children."""
    before, started = _used(pid), time.perf_counter()
    time.sleep(seconds)
    return (_used(pid) - before) / (time.perf_counter() - started)


def _used(pid: int) -> float:
    fields = _stat(pid)
    ticks = int(fields[11]) + int(fields[12])
    own = ticks / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return own + sum(_used(int(child)) for child in children)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold blanks itself."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()


def _crowds() -> Iterator[Row]:
    with server() as running:
        for pages in _CROWDS:
            spread, at_once = (
                asyncio.run(_played_together(running, pages, seconds)) for seconds in (2.0, 0.0)
            )
            yield _answers_row(pages, _answers(spread), _answers(at_once))
            starved = sum(page.starved for page in at_once)
            yield Row(
                f"server, {pages} pages that press Play in the same instant: without a moment",
                f"{starved:.1f} s, all pages together",
                "0",
                starved < 0.05,
            )


def _answers(pages: list[Client]) -> list[float]:
    """How long each answer took, in ms."""
    return [1000 * seconds for page in pages for seconds in page.seconds]


def _answers_row(pages: int, spread: list[float], at_once: list[float]) -> Row:
    usual, worst = median(spread), max(at_once)
    late = sorted(at_once)[int(0.95 * len(at_once))]
    return Row(
        f"server, {pages} pages that press Play in the same instant: worst of {len(at_once)} "
        "answers against the median of those that press within 2 s",
        f"{worst / usual:.1f} ({worst:.0f} against {usual:.0f} ms; 95 % within {late:.0f} ms)",
        "<= 3",
        worst <= 3 * usual,
    )


async def _played_together(running: Server, count: int, spread: float) -> list[Client]:
    """So many pages, whose play buttons are pressed evenly over `spread` seconds."""
    pages = [await Client.open(running.port) for _ in range(count)]
    await asyncio.sleep(1)
    await asyncio.gather(*(_played_after(page, spread * k / count) for k, page in enumerate(pages)))
    for page in pages:
        await page.close()
    return pages


async def _played_after(page: Client, delay: float) -> None:
    await asyncio.sleep(delay)
    await page.play(_SECONDS)
