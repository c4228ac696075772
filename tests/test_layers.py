"""Each file imports only what its layer may."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LRCORE = ROOT / "lrcore"
SOURCES = sorted([*LRCORE.rglob("*.py"), ROOT / "app.py"])
CORE_LIBRARIES = {"torch", "numpy", "lrcore", *sys.stdlib_module_names}
# A module may import those of earlier rows; modules that are not named stand anywhere.
ORDER = (
    {"settings"},
    {"devices"},
    {"data"},
    {"theory", "features", "split", "batches", "model"},
    {"optim"},
    {"config"},
    {"stories"},
    {"engine", "history", "scene", "palette"},
    {"training"},
    {"generator", "reach"},
    {"figures"},
    {"ui"},
)
PLACE = {name: place for place, names in enumerate(ORDER) for name in names}

every_source = pytest.mark.parametrize(
    "path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Full names of all modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of_lrcore(name: str) -> str | None:
    """`lrcore.ui.film` belongs to the part `ui`."""
    parts = name.split(".")
    return parts[1] if parts[0] == "lrcore" and len(parts) > 1 else None


@every_source
def test_only_the_pages_import_streamlit(path: Path) -> None:
    name = module_name(path)
    if name != "app" and part_of_lrcore(name) != "ui":
        assert not [found for found in imported(path) if found.split(".")[0] == "streamlit"]


@every_source
def test_only_the_figures_import_plotly(path: Path) -> None:
    name = module_name(path)
    found = [found for found in imported(path) if found.split(".")[0] == "plotly"]
    if name == "lrcore.ui.stage":
        assert found == ["plotly"], "the player takes the path of Plotly's JavaScript alone"
    elif part_of_lrcore(name) != "figures":
        assert not found


@every_source
def test_core_imports_torch_and_numpy_alone(path: Path) -> None:
    name = module_name(path)
    if name != "app" and part_of_lrcore(name) not in ("ui", "figures"):
        assert {found.split(".")[0] for found in imported(path)} <= CORE_LIBRARIES


@every_source
def test_no_module_imports_one_of_a_later_layer(path: Path) -> None:
    own = part_of_lrcore(module_name(path))
    for found in imported(path):
        other = part_of_lrcore(found)
        if own in PLACE and other in PLACE and own != other:
            assert PLACE[other] < PLACE[own], f"{own} imports {other}"
        if own is not None and own != "ui":
            assert other not in ("ui", "app")


def test_every_module_of_the_order_exists() -> None:
    names = {path.stem for path in LRCORE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert set(PLACE) <= names


def test_core_loads_neither_streamlit_nor_plotly() -> None:
    code = "import sys, lrcore; print(*{'streamlit', 'plotly', 'pandas'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""


def test_every_public_name_can_be_imported() -> None:
    code = "from lrcore import *; import lrcore; print(set(lrcore.__all__) - set(dir()))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
