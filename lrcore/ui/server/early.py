"""What the pages' documents hold by themselves: their look, and what they fetch at once."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrcore.ui.server.files import (
    ADDRESS,
    CONNECTION,
    PLOTLY,
    STREAMLIT,
    base_path,
    graph_files,
    player_files,
)

_UI = Path(__file__).parents[1]
_STYLES = (_UI / "page.css", _UI / "stories.css", _UI / "autograd" / "lab.css")
_SCRIPTS = tuple(Path(__file__).with_name(name) for name in ("narrow.js", "scrollers.js"))
# The pages without an address of their own, and those with one.
_TRAINING = ("", "/", "/training")
_LAB = "/autograd"
_OTHERS = (_LAB, "/stories")
# Streamlit's names for what the page is made of.
_ELEMENTS = (
    "BidiComponent",
    "Button",
    "ButtonGroup",
    "Checkbox",
    "Html",
    "NumberInput",
    "PageLink",
    "Selectbox",
    "Slider",
    "TextInput",
)
_OF_OTHERS = ("BidiComponent", "Checkbox", "PageLink", "Selectbox", "Slider")
# Modules of the player that the lab has a use for.
_OF_GRAPHS = ("copy.js", "entries.js", "keys.js")
# The place of the sidebar, which comes after the player, is kept until then: see room.js.
_ROOM = (
    '<style id="room">@media (min-width: 900px) { [data-testid="stAppViewContainer"] '
    "{ padding-left: 18.75rem; } }</style>"
    f"<script>{Path(__file__).with_name('room.js').read_text('utf-8')}</script>"
)
_IMPORT = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


class Early:
    """Adds to the documents of the pages, and hands every other answer on as it is.

    Every page has its look from the start, so that nothing moves later, and watches its connection.
    The training page fetches its player while Streamlit's own scripts load, and not a second later;
    the lab fetches what draws graphs.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._base = app, base_path()
        common = f'{_look()}<script async src="./{CONNECTION}"></script>'
        others = f"{common}{_preloads(_chunks(_OF_OTHERS))}"
        self._wishes = dict.fromkeys(_OTHERS, others.encode())
        graph = _preloads(f"{ADDRESS}/{name}" for name in (*graph_files(), *_OF_GRAPHS))
        self._wishes[_LAB] += graph.encode()
        training = f"{common}{_ROOM}{_wishes()}"
        self._wishes |= dict.fromkeys(_TRAINING, training.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        wishes = None
        if scope["type"] == "http":
            wishes = self._wishes.get(scope["path"].removeprefix(self._base))
        if wishes is None:
            await self._app(scope, receive, send)
            return
        accepted = Headers(scope=scope).get("accept-encoding", "")
        headers = [(name, of) for name, of in scope["headers"] if name != b"accept-encoding"]
        head: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal head, body
            if message["type"] == "http.response.start":
                head = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                whole = body.replace(b"</head>", wishes + b"</head>", 1)
                await _send(send, head, whole, compress="gzip" in accepted)

        # What is to be added to must come as it is.
        await self._app({**scope, "headers": headers}, receive, collect)


async def _send(send: Send, head: Message, body: bytes, *, compress: bool) -> None:
    headers = MutableHeaders(raw=list(head["headers"]))
    # They belong to the document as it lies on the disk.
    for name in ("etag", "last-modified"):
        del headers[name]
    if compress:
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers["content-encoding"] = "gzip"
    headers["vary"] = "Accept-Encoding"
    headers["content-length"] = str(len(body))
    await send({**head, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


def _look() -> str:
    """The pages' styles, and what must be settled before Streamlit draws."""
    styles = "".join(path.read_text("utf-8") for path in _STYLES)
    scripts = "".join(f"<script>{path.read_text('utf-8')}</script>" for path in _SCRIPTS)
    return f"<style>{styles}</style>{scripts}"


def _wishes() -> str:
    modules = [f"{ADDRESS}/{name}" for name in player_files()]
    modules += _chunks(_ELEMENTS)
    return f'<script async src="./{PLOTLY}"></script>{_preloads(modules)}'


def _preloads(modules: Iterable[str]) -> str:
    return "".join(f'<link rel="modulepreload" crossorigin href="./{name}">' for name in modules)


def _chunks(elements: Iterable[str]) -> list[str]:
    """The scripts of the page's elements and what they import, if the document does not name it."""
    document = (STREAMLIT / "index.html").read_text("utf-8")
    scripts = STREAMLIT / "static" / "js"
    found: list[str] = []
    waiting = [path.name for name in elements for path in scripts.glob(f"{name}.*.js")]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in document:
            found.append(name)
            waiting += _IMPORT.findall((scripts / name).read_text("utf-8"))
    return [f"static/js/{name}" for name in found]
