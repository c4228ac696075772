"""Runs the scripts that it reads, one process for all: to import torch takes two seconds each time.

A line of standard input is a script as JSON; a line of standard output is [what it printed, the
last line of its traceback or ""].
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from code import InteractiveInterpreter

import torch


def run(script: str) -> tuple[str, str]:
    """Run a script with globals of its own, as `python -c` does."""
    printed, traceback = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(traceback):
        # It writes the traceback of any exception, as Python itself does, and goes on.
        InteractiveInterpreter({"__name__": "__main__"}).runcode(
            compile(script, "<string>", "exec")
        )
    torch.set_default_dtype(torch.float32)  # a script may have set another one
    *_, error = traceback.getvalue().strip().splitlines() or [""]
    return printed.getvalue().strip(), error


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
