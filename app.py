"""Logistic regression and autograd, live: `streamlit run app.py`."""

import streamlit as st

from lrcore.ui import training

st.set_page_config(
    page_title="Logistic regression, live",
    layout="wide",
    initial_sidebar_state="expanded",
)
st.navigation(
    [st.Page(training.page, title="Training", url_path="training", default=True)], position="top"
).run()
