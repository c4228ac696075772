"""What the benchmarks share: rows of the table, a server, a browser, the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.serving import BROWSER_FLAGS, browser_path, free_port, start, wait_until_healthy

# A run that goes on for as long as a benchmark watches it.
ENDLESS = "target_accuracy=1&max_iterations=1000000"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    asked: str
    met: bool


@dataclass(frozen=True)
class Server:
    """A running `streamlit run app.py`."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@contextmanager
def process(script: str = "app.py") -> Iterator[Server]:
    """Start `streamlit run` on a free port, and end it afterwards."""
    port = free_port()
    started = start(port, script=script)
    try:
        yield Server(port, started.pid)
    finally:
        started.terminate()
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def server(script: str = "app.py") -> Iterator[Server]:
    """A server that answers."""
    with process(script) as running:
        wait_until_healthy(running.port)
        yield running


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path(), args=list(BROWSER_FLAGS)
        )
        try:
            yield browser
        finally:
            browser.close()


def others() -> str:
    """What else the machine does: with company, every number below is worse than its own."""
    before, started = _busy(), time.perf_counter()
    time.sleep(1)
    cores = (_busy() - before) / (time.perf_counter() - started)
    return f"other processes used {cores:.2f} cores during the second before"


def _busy() -> float:
    """Processor seconds of all cores since the machine started (Linux)."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _idle, _wait, *interrupts = map(int, stat.read_text().split()[1:9])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """The machine and the versions that the numbers hold for."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "streamlit"))
    return (
        f"{os.cpu_count()} cores, {_cpu_model()}, Python {platform.python_version()}, {packages}, "
        f"{_chromium_version()}"
    )


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def _chromium_version() -> str:
    path = browser_path()
    if path is None:
        return "playwright's Chromium"
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    words = answer.stdout.split()
    return " ".join(words[:2]) if words else "Chromium of unknown version"
