"""A page without a browser: Streamlit's protocol, and the player's rhythm of questions."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from lrcore.ui.player.protocol import Request, Version, plain
from tests.benchmarks.common import ENDLESS

_SPEED = 60
_WANTED = 4 * _SPEED  # wantedAt in record.js
_SHORT = 2 * _SPEED  # runsShort in record.js
_LEAST_SHARE = 0.25  # of it, in link.js; each page has its own
_WAIT = 20.0
_WIDTH = 5  # of a row: w0, w1, b, loss, accuracy
_EFFORTS = 2  # behind them, and of each training its own


@dataclass(frozen=True)
class Received:
    """What the player reads of one answer; `length`: how many moments it has then."""

    seq: int
    version: Version
    first: int
    rows: bytes
    length: int
    ended: bool
    problem: str | None

    @classmethod
    def read(cls, text: str, width: int) -> Self:
        answer, *_ = json.loads(text)
        table = np.frombuffer(base64.b64decode(answer["rows"]), "<f4").reshape(-1, width + _EFFORTS)
        rows = table[:, :width].tobytes()
        state = answer["state"]
        return cls(
            answer["seq"],
            Version(**answer["version"]),
            answer["first"],
            rows,
            answer["first"] + len(rows) // (4 * width),
            state["ended"],
            state["problem"],
        )


@dataclass
class Client:
    """One playing page.

    Attributes:
        seconds: how long each answer took. starved: how long it had no moment to show.
        moments: those that it has, as float32.
    """

    _socket: ClientConnection
    _query: str
    seconds: list[float] = field(default_factory=list)
    starved: float = 0.0
    moments: bytearray = field(default_factory=bytearray)
    _component: str = ""
    _fragment: str = ""
    _page: str = ""
    _answer: Received | None = None

    @classmethod
    async def open(cls, port: int, query: str = ENDLESS, cookie: str = "") -> Self:
        """Load the page of a link and read its first answer."""
        address = f"ws://localhost:{port}/_stcore/stream"
        socket = await connect(
            address,
            subprotocols=["streamlit"],
            additional_headers={"Cookie": cookie},
            max_size=None,
        )
        client = cls(socket, query)
        await client._rerun(BackMsg())
        await client._receive(0)
        return client

    async def play(self, seconds: float) -> None:
        """Play at 60 steps a second; every question is answered before the next."""
        start = time.perf_counter()
        short = int(_SHORT * random.uniform(_LEAST_SHARE, 1))
        asked = 0
        position = 0.0
        then = start
        while (now := time.perf_counter()) < start + seconds:
            answer = self._latest
            ideal = position + _SPEED * (now - then)
            position, then = min(ideal, answer.length - 1), now
            # A player that has run out of moments stands still until the answer.
            self.starved += (ideal - position) / _SPEED
            ahead = int(answer.length - 1 - position)
            if ahead < short:
                asked += 1
                await self._ask(asked, position)
            else:
                await asyncio.sleep((ahead - short + 1) / _SPEED)

    async def close(self) -> None:
        await self._socket.close()

    async def closed(self) -> None:
        """Wait until the other side has closed the connection."""
        await self._socket.wait_closed()

    @property
    def _latest(self) -> Received:
        if self._answer is None:
            raise ConnectionError("the page was not answered")
        return self._answer

    async def _ask(self, seq: int, position: float) -> None:
        known = self._latest
        request = Request(
            seq=seq,
            knows=known.version,
            at=int(position),
            playing=True,
            speed=_SPEED,
            rows=(known.length, int(position) + _WANTED),
        )
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{self._component}__events"
        state.json_trigger_value = json.dumps([{"event": "ask", "value": plain(request)}])
        started = time.perf_counter()
        await self._rerun(message)
        await self._receive(seq)
        self.seconds.append(time.perf_counter() - started)
        answer = self._latest
        if answer.ended or answer.problem or answer.length <= known.length:
            raise ConnectionError(f"the run does not go on: {answer}")

    async def _rerun(self, message: BackMsg) -> None:
        message.rerun_script.query_string = self._query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.fragment_id = self._fragment
        await self._socket.send(message.SerializeToString())

    async def _receive(self, seq: int) -> None:
        """Read messages up to the answer to one question."""
        async with asyncio.timeout(_WAIT):
            async for data in self._socket:
                message = ForwardMsg()
                message.ParseFromString(bytes(data))
                if message.HasField("navigation"):
                    self._page = message.navigation.page_script_hash
                for answer in self._answers(message):
                    self._answer = answer
                    self.moments[4 * _WIDTH * answer.first :] = answer.rows
                    if answer.seq == seq:
                        return
        raise ConnectionError("the server closed the connection")

    def _answers(self, message: ForwardMsg) -> Iterator[Received]:
        element = message.delta.new_element
        component = element.bidi_component.component_name
        if element.WhichOneof("type") != "bidi_component" or component != "lrcore_player":
            return
        self._component = element.bidi_component.id
        self._fragment = message.delta.fragment_id
        yield Received.read(element.bidi_component.json, _WIDTH)
