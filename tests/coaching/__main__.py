"""`python -m tests.coaching 2000`: how often each rule speaks, and keeps its word."""

from __future__ import annotations

import argparse

from lrcore.coach import RULES
from tests.coaching import look_at

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("cases", type=int)
parser.add_argument("first", type=int, nargs="?", default=0)
arguments = parser.parse_args()
found = look_at(range(arguments.first, arguments.first + arguments.cases))
for name in RULES:
    row = f"said {found.said[name]:5d}  tries {found.offered[name]:5d}"
    print(f"{name:28s} {row}  kept {found.kept[name]:5d}  broken {found.broken.get(name, [])}")
