"""Hypothesis strategies that several tests share."""

from __future__ import annotations

from hypothesis import strategies as st

from lrcore.settings import Setting, Settings, SettingsError, Value, described


def allowed_values(spec: Setting) -> st.SearchStrategy[Value]:
    """Any value that the setting may take."""
    if spec.choices is not None:
        return st.sampled_from(sorted(spec.choices()))
    if spec.kind is bool:
        return st.booleans()
    if spec.kind is int:
        return st.integers(int(spec.minimum), int(spec.maximum))
    return st.floats(spec.minimum, spec.maximum)


def values(spec: Setting) -> st.SearchStrategy[bool | int | float | str]:
    """Values that a control can show: on a logarithmic scale, those of at most twelve digits."""
    if spec.kind is not float:
        return allowed_values(spec)
    if spec.log:
        return st.floats(spec.minimum, spec.maximum).map(lambda value: float(f"{value:.12g}"))
    places = st.integers(0, round((spec.maximum - spec.minimum) / spec.step))
    return places.map(lambda place: round(spec.minimum + place * spec.step, 6))


@st.composite
def settings_of(draw: st.DrawFn, cls: type[Settings]) -> Settings:
    chosen = {name: draw(values(spec)) for name, spec in described(cls)}
    try:
        return cls(**chosen)
    except SettingsError:  # a pair that excludes each other
        return cls()
