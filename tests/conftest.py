"""For all tests: a machine may be busy with other work, so no example has to be quick."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
