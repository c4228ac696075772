"""Places of a graph's boxes, layer by layer, for the finished graph: nothing moves later.

Every layer is a column. Edges go from one column to the next; a longer edge has a bend in each
column between, so that it passes between the boxes. Within a column, boxes stand as near to their
neighbours as the order and their sizes allow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from itertools import pairwise

COLUMN_GAP = 16.0
ROW_GAP = 14.0
# An edge over more columns than this runs above the graph where bends would be too many.
_FAR = 8
_MOST_BENDS = 3_000
_BEND = 10.0  # the height of a bend
_LANE = 12.0  # between edges above the graph
_SWEEPS = 6
_LIGHT = 0.01  # the weight of what makes way, against 1
_SMALL = 300  # items of a graph where crossings are counted

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Item:
    """A box to be placed: its width, and how far it reaches above and below its edges' line."""

    width: float
    above: float
    below: float
    is_before_target: bool = False  # stands right before what it leads to
    is_source: bool = False


@dataclass(slots=True)
class Places:
    """Left side, column and line of each item, the bends of each edge, the size of the whole."""

    left: dict[str, float] = field(default_factory=dict)
    column: dict[str, tuple[float, float]] = field(default_factory=dict)
    line: dict[str, float] = field(default_factory=dict)
    bends: dict[tuple[str, str], list[Point]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


def place(items: Mapping[str, Item], edges: Sequence[tuple[str, str]]) -> Places:
    """Place a graph without circles; items in the order in which they were made."""
    layer = _layers(items, edges)
    everything = dict(items)
    chains = _chains(layer, edges, everything)
    columns: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for key in everything:
        columns[layer[key]].append(key)
    before: dict[str, list[str]] = {key: [] for key in everything}
    after: dict[str, list[str]] = {key: [] for key in everything}
    for (source, target), chain in chains.items():
        if chain is None:
            continue
        path = [source, *chain, target]
        for left, right in pairwise(path):
            before[right].append(left)
            after[left].append(right)
    _order(columns, before, after)
    line = _lines(columns, everything, before, after)
    return _finish(items, everything, columns, line=line, layer=layer, chains=chains)


def _layers(items: Mapping[str, Item], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The column of each item: after all that leads to it, and sources right before their use."""
    before: dict[str, list[str]] = {key: [] for key in items}
    after: dict[str, list[str]] = {key: [] for key in items}
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    order = list(TopologicalSorter(before).static_order())
    layer: dict[str, int] = {}
    for key in order:
        layer[key] = max((layer[source] + 1 for source in before[key]), default=0)
    for key in reversed(order):
        if after[key] and (items[key].is_before_target or not before[key]):
            layer[key] = min(layer[target] for target in after[key]) - 1
    return layer


def _chains(
    layer: dict[str, int], edges: Sequence[tuple[str, str]], everything: dict[str, Item]
) -> dict[tuple[str, str], list[str] | None]:
    """The bends of each edge, which become items; None for one that runs above the graph."""
    spans = {edge: layer[edge[1]] - layer[edge[0]] - 1 for edge in edges}
    is_large = sum(spans.values()) > _MOST_BENDS
    chains: dict[tuple[str, str], list[str] | None] = {}
    for (source, target), span in spans.items():
        if is_large and span > _FAR:
            chains[source, target] = None
            continue
        bends = [f"{source}>{target}>{number}" for number in range(span)]
        for number, bend in enumerate(bends, 1):
            everything[bend] = Item(0.0, _BEND / 2, _BEND / 2)
            layer[bend] = layer[source] + number
        chains[source, target] = bends
    return chains


def _order(
    columns: list[list[str]], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> None:
    """Order each column so that few edges cross: every item near the middle of its neighbours."""
    at = {key: float(number) for column in columns for number, key in enumerate(column)}
    for sweep in range(_SWEEPS):
        near, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        for column in order:
            middle = {key: _mean([at[other] for other in near[key]], at[key]) for key in column}
            column.sort(key=middle.__getitem__)
            for number, key in enumerate(column):
                at[key] = float(number) - len(column) / 2
    if len(at) > _SMALL:
        return
    best = [list(column) for column in columns]
    fewest = _crossings(columns, at, after)
    for sweep in range(2 * _SWEEPS):
        for column in columns:
            # Every other time also where it changes nothing by itself: it may let others do so.
            _uncross(column, at, (before, after), least=1 - sweep % 2)
        if (count := _crossings(columns, at, after)) < fewest:
            best, fewest = [list(column) for column in columns], count
    columns[:] = best


def _uncross(
    column: list[str], at: dict[str, float], sides: Sequence[Mapping[str, list[str]]], least: int
) -> None:
    """Let two neighbours change places where at least so many fewer of their edges cross then."""
    for number in range(len(column) - 1):
        upper, lower = column[number], column[number + 1]
        pairs = [(at[u], at[v]) for near in sides for u in near[upper] for v in near[lower]]
        if sum((u > v) - (u < v) for u, v in pairs) >= least:
            column[number : number + 2] = lower, upper
            at[upper], at[lower] = at[lower], at[upper]


def _crossings(
    columns: Sequence[Sequence[str]], at: Mapping[str, float], after: Mapping[str, list[str]]
) -> int:
    return sum(
        at[u] > at[v]
        for column in columns
        for number, upper in enumerate(column)
        for lower in column[number + 1 :]
        for u in after[upper]
        for v in after[lower]
    )


def _lines(
    columns: list[list[str]],
    items: Mapping[str, Item],
    before: Mapping[str, list[str]],
    after: Mapping[str, list[str]],
) -> dict[str, float]:
    """The line of each item: as near to its neighbours' as the items above and below it let it."""
    line: dict[str, float] = {}
    # What only sources lead to stands beside the way of what is computed, and does not bend it.
    light = {key for column in columns for key in column if not before[key]}
    for column in columns:
        light |= {key for key in column if len(before[key]) == 1 and before[key][0] in light}
    for column in columns:
        line |= _settled(column, items, dict.fromkeys(column, 0.0), light)
    for sweep in range(_SWEEPS):
        near, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        for column in order:
            wanted = {}
            for key in column:
                heavy = [line[one] for one in near[key] if one not in light]
                wanted[key] = _mean(heavy or [line[one] for one in near[key]], line[key])
            line |= _settled(column, items, wanted, light)
    return line


def _settled(
    column: Sequence[str],
    items: Mapping[str, Item],
    wanted: Mapping[str, float],
    light: Collection[str],
) -> dict[str, float]:
    """The nearest lines to those wanted, in this order and without overlap.

    Items that would overlap become a block that moves as one (pool adjacent violators); light ones
    make way.
    """
    offsets, offset = [], 0.0
    for number, key in enumerate(column):
        if number:
            gap = ROW_GAP if items[key].width and items[column[number - 1]].width else 4.0
            offset += items[column[number - 1]].below + gap + items[key].above
        offsets.append(offset)
    # Of each block the mean of what is wanted less the offset, its weight, and how many items.
    blocks: list[tuple[float, float, int]] = []
    for key, shift in zip(column, offsets, strict=True):
        mean, weight, count = wanted[key] - shift, _LIGHT if key in light else 1.0, 1
        while blocks and blocks[-1][0] > mean:
            other, heavy, size = blocks.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + size
        blocks.append((mean, weight, count))
    starts = [mean for mean, _, count in blocks for _ in range(count)]
    return {key: start + shift for key, start, shift in zip(column, starts, offsets, strict=True)}


def _finish(
    items: Mapping[str, Item],
    everything: Mapping[str, Item],
    columns: list[list[str]],
    *,
    line: Mapping[str, float],
    layer: Mapping[str, int],
    chains: Mapping[tuple[str, str], list[str] | None],
) -> Places:
    """Put columns side by side, and edges that run above the graph on lanes there."""
    sources = list(dict.fromkeys(edge[0] for edge, chain in chains.items() if chain is None))
    head = _LANE * len(sources)
    top = min((line[key] - item.above for key, item in everything.items()), default=0.0) - head
    bottom = max((line[key] + item.below for key, item in everything.items()), default=0.0)
    places = Places(height=bottom - top)
    sides: list[tuple[float, float]] = []
    for column in columns:
        left = sides[-1][1] + COLUMN_GAP if sides else 0.0
        sides.append((left, left + max(everything[key].width for key in column)))
    places.width = sides[-1][1] if sides else 0.0
    for key, item in items.items():
        left, right = places.column[key] = sides[layer[key]]
        # A source stands near its wires, which leave to the right; the others meet theirs.
        places.left[key] = right - item.width if item.is_source else left
        places.line[key] = line[key] - top
    for (source, target), chain in chains.items():
        if chain is None:
            y = head - _LANE * (sources.index(source) + 0.5)
            start = sides[layer[source]][1] + COLUMN_GAP / 2
            places.bends[source, target] = [
                (start, y),
                (sides[layer[target]][0] - COLUMN_GAP / 2, y),
            ]
        else:
            places.bends[source, target] = [
                (x, line[bend] - top) for bend in chain for x in sides[layer[bend]]
            ]
    return places


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise
