"""What the server does beside the pages: its start, its files, its headers."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import plotly
import pytest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message
from streamlit.net_util import get_internal_ip
from streamlit.testing.v1 import AppTest

from lrcore.ui.server.files import ADDRESS, PLOTLY, player_files, scatter_alone
from lrcore.ui.server.headers import SafetyHeaders
from tests.serving import ROOT, dashboard, free_port, start

Answer = tuple[int, Mapping[str, str], bytes]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with dashboard() as url:
        yield url


def get(url: str, **headers: str) -> Answer:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_files_come_compressed_and_for_ever(address: str) -> None:
    for path in (PLOTLY, f"{ADDRESS}/stage.js", f"{ADDRESS}/views/plane.js"):
        _, headers, plain = get(f"{address}/{path}")
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-type"] == "text/javascript; charset=utf-8"
        deadline = time.monotonic() + 60
        while True:
            _, headers, body = get(f"{address}/{path}", **{"Accept-Encoding": "gzip"})
            if headers["content-encoding"] == "gzip" or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        assert gzip.decompress(body) == plain
        assert len(body) < 0.6 * len(plain)


def test_only_files_for_a_browser_are_served(address: str) -> None:
    for path in ("__init__.py", "protocol.py", "../film.py", "%2e%2e/film.py", ""):
        _, headers, body = get(f"{address}/{ADDRESS}/{path}")
        assert headers["content-type"] != "text/javascript; charset=utf-8"
        assert b"import" not in body.replace(b"important", b"")


def test_every_answer_carries_the_headers(address: str) -> None:
    for path in ("", "autograd", f"{ADDRESS}/stage.js", "_stcore/health", "nothing/here"):
        _, headers, _ = get(f"{address}/{path}")
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'self';" in f"{policy};"
        assert not re.search(r"https?:|\*", policy)
        assert headers["x-content-type-options"] == "nosniff"


def test_a_stranger_name_for_this_machine_is_refused(address: str) -> None:
    assert get(address, Host="evil.example")[0] == 400
    assert get(address, Host="127.0.0.1:8501")[0] == 200


def test_the_lecturer_names_who_may_frame_the_pages() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    app = SafetyHeaders(Response(), framed_by="https://slides.example")
    with ThreadPoolExecutor(1) as thread:  # the browser tests have a loop in this one
        thread.submit(asyncio.run, app({"type": "http"}, Mock(), send)).result()
    policy = Headers(raw=sent[0]["headers"])["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://slides.example")


def test_documents_ask_for_the_player_where_it_is_shown(address: str) -> None:
    _, headers, training = get(address)
    assert len(training) == int(headers["content-length"])
    assert "etag" not in headers
    asked = re.findall(r'(?:src|href)="\./((?:assets|static)/[^"]+\.js)"', training.decode())
    assert f"{ADDRESS}/connection.js" in asked
    assert {f"{ADDRESS}/{name}" for name in player_files()} <= set(asked)
    for name in asked:
        status, headers, _ = get(f"{address}/{name}")
        assert (status, headers["content-type"][:15]) == (200, "text/javascript"), name
    _, _, stories = get(f"{address}/stories")
    assert b"connection.js" in stories
    assert b"plotly" not in stories


def test_plotly_without_its_other_traces_is_found_in_this_version() -> None:
    text = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()
    cut = scatter_alone(text)
    assert cut.startswith(b"//# allFunctionsCalledOnLoad\n/**")
    assert len(text) - len(cut) > 100
    assert scatter_alone(b"another version") == b"//# allFunctionsCalledOnLoad\nanother version"


@pytest.mark.parametrize(
    ("listens", "opened"), [("localhost", "localhost"), ("0.0.0.0", get_internal_ip())]
)
def test_the_browser_opens_once_the_server_answers(
    tmp_path: Path, listens: str, opened: str
) -> None:
    """A fake browser fetches the address that it is given."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    fetch = "import sys, urllib.request as u; print(sys.argv[1], u.urlopen(sys.argv[1]).status)"
    browser.write_text(
        f'#!/bin/sh\n{sys.executable} -c "{fetch}" "$1" > {seen}.part\nmv {seen}.part {seen}\n'
    )
    browser.chmod(0o755)
    port = free_port()
    options = ("--server.headless", "false", "--server.address", listens)
    process = start(port, *options, BROWSER=f"{browser} %s", DISPLAY=":0")
    try:
        deadline = time.monotonic() + 60
        while not seen.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert seen.read_text() == f"http://{opened}:{port} 200\n"
    finally:
        process.terminate()
        process.wait(20)


def test_the_server_has_no_compiler_and_no_tables() -> None:
    """What costs a second to import and is not needed: seen in a process that has drawn a page."""
    code = """
import json, sys
from lrcore.ui.server import start
start._FIRST_PAGE = 0
start._warm_up()
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("lrcore/ui/main.py", default_timeout=60).run()
assert not page.exception
print(json.dumps([name for name in ("torch._dynamo", "sympy", "pandas") if name in sys.modules]))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout.splitlines()[-1]) == []


def test_app_starts_without_torch() -> None:
    code = "import sys, app; print('torch' in sys.modules, 'lrcore.training' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["False", "False"]


def test_a_failure_is_told_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    def script() -> None:
        from lrcore.ui.server.failure import on_failure

        try:
            raise KeyError("secret")
        except KeyError as error:
            on_failure(error)

    page = AppTest.from_function(script).run()
    assert [error.value for error in page.error] == [
        "Something went wrong here. Reload the page: its settings are in the address. The details "
        "are in the window where the server was started."
    ]
    assert "secret" in caplog.text
