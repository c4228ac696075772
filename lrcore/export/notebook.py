"""A run as a Jupyter notebook: plain JSON, so that it needs no other package."""

from __future__ import annotations

import json

from lrcore.export.script import blocks
from lrcore.training import Run


def notebook(run: Run, *, until: int | None = None, title: str = "") -> str:
    """The script of a run with a cell for each part, in the format 4.5 of Jupyter.

    Source: nbformat, "The Notebook file format".

    Args:
        run, until, title: as for `lrcore.export.script`.
    """
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"part-{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": [f"{line}\n" for line in block[:-1]] + block[-1:],
        }
        for number, block in enumerate(blocks(run, until, title), start=1)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
