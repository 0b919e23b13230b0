"""The benchmarks: each measured as a ratio to the raw floor of the same run."""
