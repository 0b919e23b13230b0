"""Slow thinking beside the desk: in a process of its own that lets everybody else run first."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NICE = 10


def aside(think: Callable[P, T]) -> Callable[P, T]:
    """`think` as a function that runs in another process; it and what it is given must be picklable.

    In this process it would hold the interpreter and every page would wait for its turn.
    """

    def elsewhere(*args: P.args, **said: P.kwargs) -> T:
        with ProcessPoolExecutor(1, get_context("spawn"), initializer=_step_back) as pool:
            return pool.submit(think, *args, **said).result()

    return elsewhere


def _step_back() -> None:
    if hasattr(os, "nice"):
        os.nice(NICE)
