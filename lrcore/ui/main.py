"""The pages: Streamlit runs this for each page at each change."""

from functools import partial

import streamlit as st

from lrcore.ui import stories, training
from lrcore.ui.autograd import page as autograd

st.set_page_config(
    page_title="Logistic regression, live",
    layout="wide",
    initial_sidebar_state="auto",
)
_training = st.Page(training.page, title="Training", url_path="training", default=True)
_pages = [
    _training,
    st.Page(autograd.page, title="Autograd", url_path="autograd"),
    st.Page(partial(stories.page, _training), title="Stories", url_path="stories"),
]
_shown = st.navigation(_pages, position="hidden")
# Streamlit's own links hide in a menu where the window is narrow.
with st.container(key="pages", horizontal=True):
    for _page in _pages:
        st.page_link(_page)
_shown.run()
