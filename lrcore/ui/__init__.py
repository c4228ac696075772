"""The pages: the only part of lrcore that imports Streamlit."""
