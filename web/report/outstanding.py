"""Findings on what is left and what comes: complaints not closed, matters overdue, the month to come."""

from collections.abc import Iterator

from web.report.finding import BAD, WARN, Facts, Finding, either
from web.words import N_

UNSTATED = "unstated"


def unclosed(facts: Facts) -> Iterator[Finding]:
    if facts["unclosed"]:
        oldest = facts["unclosed"][0]
        yield Finding(
            either(
                len(facts["unclosed"]),
                N_("1 complaint is not closed: %(number)s, open for %(age)s."),
                N_("%(count)s complaints are not closed; the oldest, %(number)s, has been open for %(age)s."),
            ),
            "unclosed",
            {
                "count": len(facts["unclosed"]),
                "number": oldest["number"],
                "age": {"between": [oldest["received_at"], facts["as_of"]]},
            },
            WARN,
        )


def late_why(facts: Facts) -> Iterator[Finding]:
    causes: dict[str, int] = {}
    for one in facts["overdue"]:
        causes[one["cause"]] = causes.get(one["cause"], 0) + 1
    if causes:
        cause, most = max(causes.items(), key=lambda one: (one[1], one[0]))
        values = {"count": len(facts["overdue"]), "cause": {"code": ["cause", cause]}, "most": most}
        says = either(
            len(facts["overdue"]),
            N_("1 matter is overdue: %(cause)s."),
            N_("%(count)s matters are overdue; the most frequent cause is %(cause)s (%(most)s)."),
        )
        if cause == UNSTATED and most > 1:
            says = N_("%(count)s matters are overdue; for %(most)s of them no cause is on record.")
        asks = N_("Go through the overdue matters by cause, the longest first.")
        yield Finding(says, "causes", values, BAD, asks)


def to_come(facts: Facts) -> Iterator[Finding]:
    whole = next((one for one in facts["forecast"] if not one["group"]), None)
    if whole is None:
        return
    values = {"value": round(whole["value"]), "last": whole["last"]}
    if whole["error"] is None:
        yield Finding(N_("About %(value)s matters are to be expected next month."), "forecast", values)
    else:
        yield Finding(
            N_("About %(value)s matters are to be expected next month ± %(error)s (last: %(last)s)."),
            "forecast",
            values | {"error": round(whole["error"])},
        )
