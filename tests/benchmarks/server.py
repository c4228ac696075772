"""What playing pages cost the server, and how fast it answers thirty of them."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from statistics import median

from tests.benchmarks.browser import opened, play
from tests.benchmarks.common import Row, Server, chromium, server
from tests.benchmarks.wire import Client

_PAGES = 30
_SECONDS = 10.0


def rows() -> list[Row]:
    """Processor time of one page, then the answers to thirty."""
    return [*_one_page(), *_thirty_pages()]


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


def _thirty_pages() -> list[Row]:
    with server() as running:
        spread = asyncio.run(_played_together(running, 2.0))
        at_once = asyncio.run(_played_together(running, 0.0))
    return [
        _answers_row("play pressed within 2 s", spread),
        _answers_row("play pressed in the same instant", at_once),
    ]


def _answers_row(how: str, pages: list[Client]) -> Row:
    seconds = [answer for page in pages for answer in page.seconds]
    worst = 1000 * max(seconds)
    starved = sum(page.starved for page in pages)
    return Row(
        f"server, {_PAGES} pages playing ({how}): worst of {len(seconds)} answers",
        f"{worst:.0f} ms (median {1000 * median(seconds):.0f} ms; "
        f"{starved:.1f} s without a moment to show, all pages together)",
        "< 500 ms",
        worst < 500,
    )


async def _played_together(running: Server, spread: float) -> list[Client]:
    """Thirty pages, whose play buttons are pressed evenly over `spread` seconds."""
    pages = [await Client.open(running) for _ in range(_PAGES)]
    await asyncio.sleep(1)
    await asyncio.gather(
        *(_played_after(page, spread * k / _PAGES) for k, page in enumerate(pages))
    )
    for page in pages:
        await page.close()
    return pages


async def _played_after(page: Client, delay: float) -> None:
    await asyncio.sleep(delay)
    await page.play(_SECONDS)
