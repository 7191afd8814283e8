"""Benchmarks: ratios within one run, medians of several; figures, never pass or fail."""
