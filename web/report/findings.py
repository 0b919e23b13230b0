"""Findings (結論): what the facts mean, each a plain sentence backed by one figure of the report.

A finding is a message with its values, not a text: it is frozen with the facts and said in the reader's
language. A rule looks at the facts and finds something or nothing. Source: domain.md §7-2; screens.md (what
changed since last month and why).
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from hub.statistics import control
from web.report import outstanding
from web.report.finding import (
    BAD,
    GOOD,
    WARN,
    Facts,
    Finding,
    change,
    count,
    either,
    finest,
    most_moved,
    share,
)
from web.words import N_


def find(facts: Facts) -> list[dict[str, Any]]:
    """All findings of these facts, as plain values in the order of the report."""
    return [asdict(one) for rule in RULES for one in rule(facts)]


# --- how much -------------------------------------------------------------------


def volume(facts: Facts) -> Iterator[Finding]:
    received = count(facts["whole"], "received")
    if not received:
        yield Finding(N_("Nothing was received in this period."), "headline")
        return
    before = facts["before"]
    if before is None:
        says = either(received, N_("1 matter was received."), N_("%(count)s matters were received."))
        yield Finding(says, "intake", {"count": received})
        return
    was = count(before, "received")
    values = {"count": received, "was": was, "change": change(received, was)}
    says = either(
        received,
        N_("1 matter was received, %(change)s against the %(was)s of the period before."),
        N_("%(count)s matters were received, %(change)s against the %(was)s of the period before."),
    )
    yield Finding(says, "intake", values)


def opened(facts: Facts) -> Iterator[Finding]:
    first = facts["subject"]["first_matter"]
    if first is not None and facts["first"] < first < facts["after"]:
        yield Finding(
            N_("The first matter on record is of %(day)s: the figures cover the time since then."),
            "intake",
            {"day": {"day": first}},
        )


def really_changed(facts: Facts) -> Iterator[Finding]:
    weeks = facts["weeks"]
    chart = control.xmr(
        [week["key"] for week in weeks], [week["counts"].get("received", 0) for week in weeks]
    )
    signals = [point for point in chart.points[-5:] if point.signal]
    if chart.centre is None or not count(facts["whole"], "received"):
        return
    if signals:
        yield Finding(
            either(
                len(signals),
                N_("The weekly volume really changed: 1 of the last five weeks is unlike the others."),
                N_(
                    "The weekly volume really changed: "
                    "%(weeks)s of the last five weeks are unlike the others."
                ),
            ),
            "control-received",
            {"weeks": len(signals)},
            WARN,
        )
    else:
        yield Finding(
            N_("The weekly volume moves within its usual limits: what differs is chance, not change."),
            "control-received",
        )


def growing(facts: Facts) -> Iterator[Finding]:
    by, figure = finest(facts)
    best = most_moved(facts, by, "received")
    if best is None:
        return
    key, now, was = best
    says = (
        N_("Most of the rise is in %(group)s: %(now)s after %(was)s.")
        if now > was
        else N_("Most of the fall is in %(group)s: %(now)s after %(was)s.")
    )
    yield Finding(says, figure, {"group": {"name": [by, key]}, "now": now, "was": was})


# --- how well -------------------------------------------------------------------


def against_targets(facts: Facts) -> Iterator[Finding]:
    spoken = {
        "on_time_response": N_("Answered in time: %(share)s, target %(target)s."),
        "on_time_completion": N_("Completed in time: %(share)s, target %(target)s."),
        "satisfaction": N_("Satisfied customers: %(share)s of those reached, target %(target)s."),
    }
    for name, says in spoken.items():
        part, whole = share(facts["whole"], name)
        if not whole:
            continue
        target, _ = facts["targets"][name]
        lacks = target - part / whole
        tone = GOOD if lacks <= 0 else WARN if lacks <= 0.05 else BAD
        values = {"share": {"share": [part, whole]}, "target": {"percent": target}}
        yield Finding(says, f"tile-{name}", values, tone)


def why_late(facts: Facts) -> Iterator[Finding]:
    """Where the late ones came from, and whether that is more than before."""
    by, figure = finest(facts)
    best = most_moved(facts, by, "late_resolve")
    late = count(facts["whole"], "late_resolve")
    if best is not None and late:
        key, now, was = best
        says = (
            N_("Late completions rose most in %(group)s: %(now)s after %(was)s.")
            if now > was
            else N_("Late completions fell most in %(group)s: %(now)s after %(was)s.")
        )
        values = {"group": {"name": [by, key]}, "now": now, "was": was}
        yield Finding(says, figure, values, WARN if now > was else GOOD)
    worst = max(facts["divisions"]["department"], key=lambda one: count(one, "late_resolve"), default=None)
    if worst is None or not count(worst, "late_resolve") or not late:
        return
    yield Finding(
        either(
            late,
            N_("The one late completion comes from %(department)s."),
            N_("%(late)s of the %(all)s late completions come from %(department)s."),
        ),
        "departments",
        {
            "late": count(worst, "late_resolve"),
            "all": late,
            "department": {"name": ["department", worst["key"]]},
        },
        WARN,
        asks=N_("Decide whether %(department)s gets more hands or other deadlines."),
    )


def backlog(facts: Facts) -> Iterator[Finding]:
    now, was = count(facts["whole"], "open"), count(facts["whole"], "carried_over")
    if now or was:
        yield Finding(
            either(
                now,
                N_("1 matter stands open at the end, %(was)s at the beginning."),
                N_("%(now)s matters stand open at the end, %(was)s at the beginning."),
            ),
            "flow",
            {"now": now, "was": was},
            WARN if now > was else GOOD,
        )


def unhappy(facts: Facts) -> Iterator[Finding]:
    dissatisfied, reached = count(facts["whole"], "dissatisfied"), count(facts["whole"], "reached")
    if dissatisfied:
        worst = max(facts["divisions"]["group"], key=lambda one: count(one, "dissatisfied"))
        yield Finding(
            either(
                dissatisfied,
                N_("1 of %(reached)s customers reached was dissatisfied, in %(group)s."),
                N_(
                    "%(count)s of %(reached)s customers reached were dissatisfied, most of them in %(group)s."
                ),
            ),
            "quality-groups",
            {"count": dissatisfied, "reached": reached, "group": {"name": ["group", worst["key"]]}},
            WARN,
        )


# --- where and what comes back -----------------------------------------------------


def hot_spot(facts: Facts) -> Iterator[Finding]:
    known = [one for one in facts["heat"] if one[0] and one[2]]
    if not known:
        return
    code, name, group, most = max(known, key=lambda one: (one[3], one[0], one[2]))
    if most > 1:
        yield Finding(
            N_("The hottest spot is %(building)s, %(group)s: %(count)s matters."),
            "heat",
            {"building": name or code, "group": {"name": ["group", group]}, "count": most},
        )


def comes_back(facts: Facts) -> Iterator[Finding]:
    if facts["rooms"]:
        room, category, times, _ = facts["rooms"][0]
        yield Finding(
            either(
                len(facts["rooms"]),
                N_("Room %(room)s complained of the same again: %(category)s, %(times)s times."),
                N_(
                    "%(rooms)s rooms complained of the same again; %(room)s most: %(category)s, "
                    "%(times)s times."
                ),
            ),
            "rooms",
            {
                "rooms": len(facts["rooms"]),
                "room": room,
                "category": {"name": ["category", category]},
                "times": times,
            },
            WARN,
            asks=N_("Order a lasting remedy for %(room)s (%(category)s)."),
        )
    if facts["topics"]:
        category, households, matters = facts["topics"][0]
        yield Finding(
            N_("%(households)s households reported %(category)s (%(count)s matters)."),
            "topics",
            {"households": households, "category": {"name": ["category", category]}, "count": matters},
            asks=N_("Look for the common cause of %(category)s and say it to the residents."),
        )


def wandered(facts: Facts) -> Iterator[Finding]:
    wrong, often = facts["wandering"]["wrong"], facts["wandering"]["ping_pong"]
    says = {
        (True, True): N_(
            "%(wrong)s matters went to the wrong department first and %(often)s came back twice or more."
        ),
        (True, False): N_("Matters sent to the wrong department first: %(wrong)s."),
        (False, True): N_("Matters returned twice or more: %(often)s."),
    }.get((bool(wrong), bool(often)))
    if says is not None:
        values = {"wrong": wrong, "often": often}
        asks = N_("Settle which department leads where orders were passed to and fro.")
        yield Finding(says, "routes", values, WARN, asks)


RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    volume,
    opened,
    against_targets,
    really_changed,
    growing,
    why_late,
    backlog,
    unhappy,
    hot_spot,
    comes_back,
    wandered,
    outstanding.unclosed,
    outstanding.late_why,
    outstanding.to_come,
)
