"""Logistic regression and autograd, live: `streamlit run app.py`."""

import streamlit as st

from lrcore.ui import training
from lrcore.ui.autograd import page as autograd

st.set_page_config(
    page_title="Logistic regression, live",
    layout="wide",
    initial_sidebar_state="expanded",
)
st.navigation(
    [
        st.Page(training.page, title="Training", url_path="training", default=True),
        st.Page(autograd.page, title="Autograd", url_path="autograd"),
    ],
    position="top",
).run()
