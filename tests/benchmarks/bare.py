"""A bare Streamlit page, one slider and one text: what ours is measured against."""

import streamlit as st

st.write("The value is", st.slider("Value", 0, 100, 50))
