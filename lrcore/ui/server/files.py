"""The browser's files: the player's, Plotly's and Streamlit's own, kept in memory and compressed.

Streamlit reads each of its hundred files from the disk for each page that opens, and sends them as
they are: a class that opens the page together, or over a slow network, waits for that.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import plotly
import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

STREAMLIT = Path(st.__file__).parent / "static"
_PLAYER = Path(__file__).parents[1] / "player" / "js"
_GRAPH = Path(__file__).parents[1] / "autograd" / "graph" / "js"
_CONNECTION = Path(__file__).with_name("connection.js")
_STORIES = Path(__file__).parents[1] / "stories.js"
_EDITOR = Path(__file__).parents[1] / "deck_editor.js"
_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
# A year, as long as a browser keeps anything: what changes has another address.
_FOR_EVER = b"public, max-age=31536000, immutable"
_LEAST_COMPRESSED = 1000  # bytes


@dataclass
class _File:
    """A file, and its compressed copy once that is made.

    Args:
        edit: what is done to its content.
    """

    path: Path
    edit: Callable[[bytes], bytes] = bytes
    plain: bytes = b""
    compressed: bytes = b""
    is_waiting: bool = False

    def read(self) -> bytes:
        self.plain = self.plain or self.edit(self.path.read_bytes())
        return self.plain

    def compress(self) -> None:
        self.compressed = gzip.compress(self.read(), mtime=0)


def player_files() -> Mapping[str, Path]:
    """The player's modules by their names."""
    return {path.relative_to(_PLAYER).as_posix(): path for path in sorted(_PLAYER.rglob("*.js"))}


def graph_files() -> Mapping[str, Path]:
    """The modules that play the films of the lab, by their names."""
    return {f"graph/{path.name}": path for path in sorted(_GRAPH.glob("*.js"))}


def our_files() -> Mapping[str, Path]:
    """All modules of the pages by their names."""
    alone = {path.name: path for path in (_CONNECTION, _STORIES, _EDITOR)}
    return {**player_files(), **graph_files(), **alone}


def scatter_alone(plotly_js: bytes) -> bytes:
    """Plotly without the fifty kinds of trace that the player does not draw.

    They stay in the file, but are not registered: that would run most of it, for 0.3 s. Its first
    line has Chromium compile it beside the page's thread, while it arrives; for other browsers it
    is a comment. A version that registers them in another way is left as it is.
    """
    alone = re.sub(rb"\bregister\(\[[^\]]*\]\)", b"register([])", plotly_js, count=1)
    return b"//# allFunctionsCalledOnLoad\n" + alone


def plotly_alone() -> str:
    """Plotly's script, to stand in a page that has no server."""
    return scatter_alone(_PLOTLY.read_bytes()).decode("utf-8")


def _version(files: Iterable[Path]) -> str:
    content = b"".join(path.read_bytes() for path in files) + plotly.__version__.encode()
    return hashlib.sha256(content).hexdigest()[:12]


# Where the browser finds the player and Plotly, below the address of the pages. The version keeps
# old copies away.
ADDRESS = f"assets/{_version(our_files().values())}"
PLOTLY = f"{ADDRESS}/plotly.min.js"
CONNECTION = f"{ADDRESS}/{_CONNECTION.name}"
STORIES = f"{ADDRESS}/{_STORIES.name}"
EDITOR = f"{ADDRESS}/{_EDITOR.name}"


def base_path() -> str:
    """What the address of every page begins with, such as "/lecture"; "" by default."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}" if base else ""


def _known_files() -> dict[str, _File]:
    """Every file by its address: those that a browser needs, and no folder to look into."""
    known = {f"/{ADDRESS}/{name}": _File(path) for name, path in our_files().items()}
    for path in (STREAMLIT / "static").rglob("*"):
        if path.suffix in _KINDS:
            known[f"/{path.relative_to(STREAMLIT).as_posix()}"] = _File(path)
    return known | {f"/{PLOTLY}": _File(_PLOTLY, scatter_alone)}


class Files:
    """Answers for the files it knows, and hands every other request on.

    Args:
        app: what answers the other requests.
        spare: compresses them when there is time; until then a file is sent as it is.
    """

    def __init__(self, app: ASGIApp, spare: Executor) -> None:
        self._app, self._spare = app, spare
        self._files, self._base = _known_files(), base_path()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        file = None
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            file = self._files.get(scope["path"].removeprefix(self._base))
        if file is None:
            await self._app(scope, receive, send)
            return
        body, headers = self._answer(file, Headers(scope=scope).get("accept-encoding", ""))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": sent})

    def _answer(self, file: _File, accepted: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        body = file.read()
        headers = [
            (b"content-type", _KINDS[file.path.suffix].encode()),
            (b"cache-control", _FOR_EVER),
            (b"vary", b"Accept-Encoding"),
        ]
        if "gzip" in accepted and len(body) >= _LEAST_COMPRESSED:
            if file.compressed:
                body = file.compressed
                headers.append((b"content-encoding", b"gzip"))
            elif not file.is_waiting:
                file.is_waiting = True
                self._spare.submit(file.compress)
        return body, [*headers, (b"content-length", str(len(body)).encode())]
