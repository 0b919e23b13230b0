"""Whether a person may do this work: the certificate and the passed test that its category asks for.

Required and not in order: refused, wherever an order gets a worker. Advised: let pass, and on record.
Source: seed P4.2.2b (特殊工種持證上崗、專項測驗), D8.
"""

from typing import Any

from dispatch.case import Case
from hub import clock, papers, roster
from hub.access import Actor
from hub.errors import BadInput
from hub.organisation import Staff
from hub.papers import EXPIRED, NOT_YET, UNTESTED, VALID
from hub.roster import Member


def check(case: Case, actor: Actor, worker: Staff | Member, where: str = "worker") -> dict[str, str]:
    """What is to be put on record of this worker's certificate for this work; nothing when it is in order.

    Raises BadInput, naming the field `where`, when the work requires what the worker does not have.
    """
    if case.is_told_by_file(actor):
        return {}
    paper = roster.of(case.tx, case.office).paper(worker.id, case.category, clock.now())
    if papers.refuses(case.category, paper):
        raise _refusal(where, paper, worker.name)
    return {} if paper == VALID or case.category is None else {"trade": case.category.trade, "paper": paper}


def _refusal(where: str, paper: str, name: str) -> BadInput:
    if paper == EXPIRED:
        return BadInput(where, "the certificate of %(name)s for this work has run out", name=name)
    if paper == NOT_YET:
        return BadInput(where, "the certificate of %(name)s for this work is not valid yet", name=name)
    if paper == UNTESTED:
        return BadInput(where, "%(name)s has not passed the test that this work requires", name=name)
    return BadInput(where, "%(name)s has no certificate for this work, which requires one", name=name)


def facts(paper: dict[str, str]) -> dict[str, Any]:
    """The same as facts of an event: left out where there is nothing to warn of."""
    return {"unqualified": paper} if paper else {}
