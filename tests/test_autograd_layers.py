"""The lab below the page works in a notebook: without Streamlit, and without Plotly."""

import subprocess
import sys

MODULES = """
import sys
import lrcore.dot, lrcore.expression, lrcore.graph, lrcore.passes, lrcore.program
import lrcore.lab.backward, lrcore.lab.derivatives, lrcore.lab.differentiate, lrcore.lab.dynamic
import lrcore.lab.leaves, lrcore.lab.run_graph, lrcore.lab.snippet, lrcore.lab.steps
print(sorted({"streamlit", "plotly"} & set(sys.modules)))
"""


def test_the_lab_needs_torch_and_numpy_alone() -> None:
    command = [sys.executable, "-c", MODULES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
