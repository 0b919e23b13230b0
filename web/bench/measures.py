"""What a bench answers, and how a table of it is drawn."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure in `unit`, with the raw floor of the same run in the same unit (None: there is none).

    `times` are seconds per answer where there were several; `limit` is what was asked for, as text;
    `is_met` whether it holds, None where nothing was asked.
    """

    bench: str
    engine: str
    what: str
    value: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    times: Sequence[float] = ()
    limit: str = ""
    is_met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None


@dataclass(frozen=True)
class Left:
    """What was not measured, and why."""

    bench: str
    engine: str
    why: str


def percentile(times: Sequence[float], share: float) -> float:
    """The value at ceil(share x n) of the sorted times; 0 where there are none."""
    ranked = sorted(times)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else 0.0


def table(measures: Iterable[Measure]) -> list[str]:
    """The measures as the lines of a Markdown table."""
    lines = [
        "| bench | engine | what | figure | p50 ms | p99 ms | floor | ratio | asked | |",
        "|---|---|---|---:|---:|---:|---|---:|---|---|",
    ]
    return lines + [_line(measure) for measure in measures]


def brief(measure: Measure) -> str:
    """One line for the terminal."""
    spread = f", p50 {_ms(measure.times, 0.5)} ms, p99 {_ms(measure.times, 0.99)} ms" if measure.times else ""
    ratio = f", {_number(measure.ratio)} x {measure.floor_name}" if measure.ratio is not None else ""
    asked = f" (asked {measure.limit}: {_verdict(measure)})" if measure.limit else ""
    note = f"; {measure.note}" if measure.note else ""
    figure = f"{measure.engine}: {measure.what}: {_number(measure.value)} {measure.unit}"
    return figure + spread + ratio + asked + note


def _line(measure: Measure) -> str:
    floor = f"{_number(measure.floor)} ({measure.floor_name})" if measure.floor is not None else ""
    cells = (
        measure.bench,
        measure.engine,
        measure.what + (f"; {measure.note}" if measure.note else ""),
        f"{_number(measure.value)} {measure.unit}",
        _ms(measure.times, 0.5),
        _ms(measure.times, 0.99),
        floor,
        _number(measure.ratio),
        measure.limit,
        _verdict(measure),
    )
    return f"| {' | '.join(cells)} |"


def _verdict(measure: Measure) -> str:
    return {None: "", True: "met", False: "**not met**"}[measure.is_met]


def _ms(times: Sequence[float], share: float) -> str:
    return f"{percentile(times, share) * 1_000:.1f}" if times else ""


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
