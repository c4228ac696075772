"""What a page says if something fails that nothing else has caught."""

from __future__ import annotations

import logging

import streamlit as st

_LOG = logging.getLogger(__name__)


def on_failure(error: Exception) -> bool:
    """Say so in a sentence, and write the traceback to the log.

    Returns:
        True: Streamlit is to add nothing.
    """
    _LOG.error("A page failed.", exc_info=error)
    st.error(
        "Something went wrong here. Reload the page: its settings are in the address. The details "
        "are in the window where the server was started.",
        icon=":material/error:",
    )
    return True
