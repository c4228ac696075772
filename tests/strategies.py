"""Hypothesis strategies that several tests share."""

from __future__ import annotations

from hypothesis import strategies as st

from lrcore.settings import Setting, Value


def allowed_values(spec: Setting) -> st.SearchStrategy[Value]:
    """Any value that the setting may take."""
    if spec.choices is not None:
        return st.sampled_from(sorted(spec.choices()))
    if spec.kind is bool:
        return st.booleans()
    if spec.kind is int:
        return st.integers(int(spec.minimum), int(spec.maximum))
    return st.floats(spec.minimum, spec.maximum)
