"""Benchmarks: our function against one that does nothing, in one run, since machines are noisy."""
