"""The benchmarks: one file each, every figure beside the raw floor measured in the same run.

A bench takes a `Place` (one engine, filled) and answers `Measure`s; `run` plays them in turn.
"""
