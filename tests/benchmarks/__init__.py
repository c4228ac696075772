"""Benchmarks: `python -m tests.benchmarks` measures everything the README quotes."""
