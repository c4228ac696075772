"""Has the training page's document ask for what its script would ask for only a second later."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrcore.ui.server.files import ADDRESS, PLOTLY, STREAMLIT, base_path, player_files

_PAGES = ("", "/", "/training")
# Streamlit's names for what the page is made of.
_ELEMENTS = (
    "BidiComponent",
    "Button",
    "Checkbox",
    "Html",
    "NumberInput",
    "Selectbox",
    "Slider",
    "TextInput",
)
_IMPORT = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


class Early:
    """Adds to the training page's document, and hands every other answer on as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._base = app, base_path()
        self._wishes = _wishes().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].removeprefix(self._base) not in _PAGES:
            await self._app(scope, receive, send)
            return
        head: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal head, body
            if message["type"] == "http.response.start":
                head = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send(send, head, body)

        await self._app(scope, receive, collect)

    async def _send(self, send: Send, head: Message, body: bytes) -> None:
        whole = body.replace(b"</head>", self._wishes + b"</head>", 1)
        headers = MutableHeaders(raw=list(head["headers"]))
        if whole != body:
            headers["content-length"] = str(len(whole))
            # They belong to the document as it lies on the disk.
            for name in ("etag", "last-modified"):
                del headers[name]
        await send({**head, "headers": headers.raw})
        await send({"type": "http.response.body", "body": whole})


def _wishes() -> str:
    modules = [f"{ADDRESS}/{name}" for name in player_files()]
    modules += [f"static/js/{name}" for name in _chunks()]
    links = (f'<link rel="modulepreload" crossorigin href="./{module}">' for module in modules)
    return f'<script async src="./{PLOTLY}"></script>{"".join(links)}'


def _chunks() -> list[str]:
    """The scripts of the page's elements and what they import, if the document does not name it."""
    document = (STREAMLIT / "index.html").read_text("utf-8")
    scripts = STREAMLIT / "static" / "js"
    found: list[str] = []
    waiting = [path.name for name in _ELEMENTS for path in scripts.glob(f"{name}.*.js")]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in document:
            found.append(name)
            waiting += _IMPORT.findall((scripts / name).read_text("utf-8"))
    return found
