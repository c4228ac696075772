"""What happens when the server starts, beside answering: imports, and the browser opens."""

from __future__ import annotations

import gc
import socket
import time
import webbrowser
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib import import_module
from threading import Thread

import streamlit as st
from streamlit.net_util import get_internal_ip

from lrcore.ui.server.files import base_path

# Seconds that the first page may have both cores to itself, before anything is done that can wait.
_FIRST_PAGE = 5
_PATIENCE = 60  # seconds until the server answers

# One thread for what can wait; the imports come first.
SPARE = ThreadPoolExecutor(1, "spare")


@asynccontextmanager
async def starting(app: st.App) -> AsyncIterator[None]:
    """Import torch and the first page while the server already answers, and open the browser."""
    del app
    _send_at_once()
    SPARE.submit(_warm_up)
    if not st.get_option("server.headless"):
        Thread(target=_open_browser, daemon=True).start()
    yield
    SPARE.shutdown(wait=False, cancel_futures=True)


def _send_at_once() -> None:
    """Have the system send what is written, and not hold a small message back until the one before
    it is confirmed: up to 40 ms each.

    Asyncio sees to it for sockets that it makes itself, but Streamlit makes this one, and keeps it
    to itself. Connections take the option over from the socket that they come by.
    """
    for found in gc.get_objects():
        if type(found) is socket.socket and _is_listening(found):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_listening(found: socket.socket) -> bool:
    return found.fileno() != -1 and bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _warm_up() -> None:
    import_module("torch")
    _leave_compiler_out()
    import_module("lrcore.ui.training")
    time.sleep(_FIRST_PAGE)


def _leave_compiler_out() -> None:
    """Torch's optimisers import its compiler, only to be told to leave them alone: a second.

    Each of these methods keeps the version of itself that the compiler leaves alone; here that is
    the method as it stands.
    """
    optimizer = import_module("torch.optim").Optimizer
    for method in vars(optimizer).values():
        plain = getattr(method, "__wrapped__", None)
        if plain is not None:
            plain.__dynamo_disable = plain


def _open_browser() -> None:
    """Open the page once the server answers: Streamlit does so for plain scripts alone.

    Where others may open it, at an address that is theirs too: links are copied from this page.
    """
    host = str(st.get_option("server.address") or "localhost")
    host = (get_internal_ip() or "localhost") if host in {"0.0.0.0", "::"} else host
    port = int(st.get_option("server.port"))
    deadline = time.monotonic() + _PATIENCE
    while not _answers(host, port):
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    webbrowser.open(f"{scheme}://{host}:{port}{base_path()}")


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
