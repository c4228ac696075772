"""Measure and print one table: `python -m tests.benchmarks [part ...]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from tests.benchmarks import browser, core, ratios, server
from tests.benchmarks.common import Row, machine, others


def main() -> None:
    """Print the machine, then the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--device", default="cpu", help="for the core part, for example cuda:0")
    parser.add_argument("--repeat", type=int, default=9, help="pairs of measurements in core")
    known = ("core", "frames", "fastest", "latency", "ratios", "server")
    parser.add_argument("parts", nargs="*", choices=(*known, []), help="all if none is named")
    arguments = parser.parse_args()
    parts: Mapping[str, Callable[[], list[Row]]] = {
        "core": lambda: core.rows(arguments.device, arguments.repeat),
        "frames": browser.frames,
        "fastest": browser.fastest,
        "latency": browser.latency,
        "ratios": ratios.rows,
        "server": server.rows,
    }
    print(f"{machine()}; {others()}\n")
    print("| what | measured | asked | met |\n|---|---|---|---|")
    for name in arguments.parts or known:
        for row in parts[name]():
            met = "yes" if row.met else "no"
            print(f"| {row.what} | {row.measured} | {row.asked} | {met} |", flush=True)


if __name__ == "__main__":
    main()
