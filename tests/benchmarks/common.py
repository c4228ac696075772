"""What the benchmarks share: rows of the table, a server, a browser, the machine."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_APP = Path(__file__).resolve().parents[2] / "app.py"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

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

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def wait(self, seconds: float = 60) -> None:
        """Return as soon as the server answers.

        Raises:
            TimeoutError: it does not.
        """
        deadline = time.perf_counter() + seconds
        while not self.healthy():
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{self.url} did not answer within {seconds:g} s")
            time.sleep(0.02)


@contextmanager
def process() -> Iterator[Server]:
    """Start `streamlit run app.py` on a free port, and end it afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(_APP), "--server.port", str(port)]
    started = subprocess.Popen(
        command, cwd=_APP.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
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
def server() -> Iterator[Server]:
    """A server that answers."""
    with process() as running:
        running.wait()
        yield running


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=list(_CHROMIUM_FLAGS)
        )
        try:
            yield browser
        finally:
            browser.close()


def chromium_path() -> str | None:
    """The system's Chromium; None leaves it to playwright's own."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
    path = chromium_path()
    if path is None:
        return "playwright's Chromium"
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    words = answer.stdout.split()
    return " ".join(words[:2]) if words else "Chromium of unknown version"
