"""The house as the design draws it: each module imports only from rows above its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
LRCORE = ROOT / "lrcore"
CORE_LIBRARIES = {"torch", "numpy", "lrcore", *sys.stdlib_module_names}
ORDER = (
    {"settings"},
    {"devices", "metrics", "palette"},
    {"data"},
    {"features", "model", "optim"},
    {"training"},
    {"limits", "stories"},
    {"landscape", "export"},
    {"autograd", "insight"},
    {"coach", "figures"},
    {"ui"},
)
PLACE = {name: place for place, names in enumerate(ORDER) for name in names}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in [*LRCORE.rglob("*.py"), ROOT / "app.py"]}


def imported(name: str) -> Iterator[str]:
    """Full names of all that a module imports, wherever in its file."""
    for node in ast.walk(ast.parse(SOURCES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(name: str) -> str:
    """`lrcore.ui.controls` belongs to the part `ui`; the public face and app.py are parts too."""
    return name.split(".")[1] if name.startswith("lrcore.") else name


def offenders(forbidden: Callable[[str, str], bool]) -> list[str]:
    """Each import, as "importer -> imported", that is forbidden."""
    return [
        f"{name} -> {found}"
        for name in sorted(SOURCES)
        for found in imported(name)
        if forbidden(name, found)
    ]


def library(found: str) -> str:
    return found.split(".", maxsplit=1)[0]


def test_every_part_has_a_row() -> None:
    assert {part_of(name) for name in SOURCES} == {*PLACE, "lrcore", "app"}


def test_no_import_runs_upward() -> None:
    def upward(name: str, found: str) -> bool:
        own, other = part_of(name), part_of(found)
        return own in PLACE and other in PLACE and own != other and PLACE[other] >= PLACE[own]

    assert offenders(upward) == []


def test_no_module_of_the_house_imports_its_public_face() -> None:
    assert offenders(lambda name, found: found == "lrcore" and name != "app") == []


def test_only_the_pages_import_streamlit() -> None:
    assert not offenders(
        lambda name, found: library(found) == "streamlit" and part_of(name) not in ("ui", "app")
    )


def test_only_the_figures_import_plotly() -> None:
    # The player takes the path of Plotly's JavaScript alone.
    assert offenders(
        lambda name, found: library(found) == "plotly" and part_of(name) != "figures"
    ) == ["lrcore.ui.server.files -> plotly"]


def test_core_imports_torch_and_numpy_alone() -> None:
    def foreign(name: str, found: str) -> bool:
        return part_of(name) not in ("ui", "figures", "app") and (
            library(found) not in CORE_LIBRARIES
        )

    assert offenders(foreign) == []


def test_there_is_no_circle() -> None:
    graph = {
        name: {
            module
            for found in imported(name)
            for module in (found, found.rpartition(".")[0])
            if module in SOURCES and module != name
        }
        for name in SOURCES
        if SOURCES[name].name != "__init__.py"  # a package's face hands on what lies inside
    }
    TopologicalSorter(graph).prepare()


def test_core_loads_neither_streamlit_nor_plotly() -> None:
    core = [name for name in sorted(SOURCES) if part_of(name) not in ("ui", "figures", "app")]
    code = (
        f"import sys, {', '.join(core)}\n"
        "from lrcore import *\n"
        "print(sorted({'streamlit', 'plotly', 'pandas'} & set(sys.modules)))\n"
        "print(sorted(set(lrcore.__all__) - set(dir())))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["[]", "[]"]
