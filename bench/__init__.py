"""Benchmarks: ours side by side, in one run, with what a user would use instead."""
