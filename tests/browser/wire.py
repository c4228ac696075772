"""The connection between a page and the server, listened to, and held up as by a busy server."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, WebSocketRoute

_HEAR = """
window.said = [];
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
    window.said.push(new TextDecoder().decode(data));
    return send.call(this, data);
};
"""


def hear(context: BrowserContext) -> None:
    """Have the next pages keep what they say to the server as text, in `said`."""
    context.add_init_script(_HEAR)


class Wire:
    """What the next page of a browser's profile says to the server and hears from it.

    Attributes:
        asked: the messages of the page so far.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.asked: list[str | bytes] = []
        self._owed: list[str | bytes] = []
        self._is_held = False
        context.route_web_socket("**/_stcore/stream", self._join)

    def hold(self) -> None:
        """From now on answers do not arrive."""
        self._is_held = True

    def let_go(self) -> None:
        """What was held up arrives, and what follows."""
        while self._owed:
            self._page.send(self._owed.pop(0))
        self._is_held = False

    def _join(self, page: WebSocketRoute) -> None:
        self._page, server = page, page.connect_to_server()

        def ask(message: str | bytes) -> None:
            self.asked.append(message)
            server.send(message)

        def answer(message: str | bytes) -> None:
            take = self._owed.append if self._is_held else page.send
            take(message)

        page.on_message(ask)
        server.on_message(answer)
