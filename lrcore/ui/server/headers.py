"""What a browser may do with the pages: what they may load, and who may show them in a frame."""

from __future__ import annotations

import os

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = {
    "default-src": "'self'",
    # Streamlit's document holds a script, its components are made from blobs, both set styles, and
    # what draws graphs is WebAssembly.
    "script-src": "'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
_LOCAL = ["localhost", "127.0.0.1"]


class SafetyHeaders:
    """Puts the same headers on every answer.

    Args:
        framed_by: sites that may show the pages in a frame, as in a content security policy.
    """

    def __init__(self, app: ASGIApp, framed_by: str = "") -> None:
        policy = _POLICY | {"frame-ancestors": f"'self' {framed_by}".strip()}
        self._app = app
        self._headers = {
            "content-security-policy": "; ".join(f"{name} {of}" for name, of in policy.items()),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def framed_by() -> str:
    """Who may frame the pages beside themselves: `LRCORE_FRAMED_BY`, such as "https://slides.example"."""
    return os.environ.get("LRCORE_FRAMED_BY", "")


def hosts() -> list[str]:
    """The names that a browser may call this server by.

    While it listens on this machine alone, no other: a stranger's page could have its own name
    resolve to this machine, and read what is here (DNS rebinding).
    """
    address = st.get_option("server.address")
    return _LOCAL if address in _LOCAL else ["*"]
