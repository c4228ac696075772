"""Logistic regression and autograd, live: `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lrcore.ui.server.early import Early
from lrcore.ui.server.failure import on_failure
from lrcore.ui.server.files import Files
from lrcore.ui.server.headers import SafetyHeaders, framed_by, hosts
from lrcore.ui.server.start import SPARE, starting

app = st.App(
    "lrcore/ui/main.py",
    lifespan=starting,
    middleware=[
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts(), www_redirect=False),
        Middleware(SafetyHeaders, framed_by=framed_by()),
        Middleware(Files, spare=SPARE),
        Middleware(Early),
    ],
    on_script_error=on_failure,
)
