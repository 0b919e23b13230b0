"""The office's own judgement: what the category words say, and what it has learned over them.

The words speak first; what was learned corrects them, as far as it was right before. Where both leave doubt
the desk decides, and a possible emergency is never played down.
Source: issue "Judgement and speed" (triage that learns); domain.md §4.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dispatch import deciding, learning, triage
from dispatch.complaint import Complaint
from dispatch.learning import Learned, Opinion
from dispatch.triage import EMERGENCY, ENOUGH, URGENT, Judgement, Why
from hub import models
from hub.catalogue import Catalogue, Category
from hub.database import Tx
from hub.models import Model
from hub.organisation import Office

_log = logging.getLogger(__name__)

LEAST_P, LEAST_MARGIN = 0.6, 0.2  # of an office whose policy does not say
CHOSEN = 1.0  # what the words' own verdict counts as a hint; a leaf they only mention counts half at most
MENTIONED = 0.5
ALARM = 0.2  # an emergency this likely is looked at as one
MOST_AT_HAND = 8  # models that one process holds


@dataclass(frozen=True)
class Likely(Why):
    """A reason out of what was learned: `p` is how likely it makes the category.

    `source`: learned | learned unsure. A Why of source "stays urgent" names the category whose urgency stays.
    """

    p: float = 0.0

    def as_fact(self) -> dict[str, Any]:
        return {**super().as_fact(), "p": self.p}


def judge(tx: Tx, office: Office, book: Catalogue, said: Complaint) -> Judgement:
    """Kind, category and priority of a matter told to this office, each with its reason. Reads only."""
    heard = triage.judge(
        deciding.wordbook(tx, book), said.item, said.description, kind=said.kind, category=said.category
    )
    learned = None if said.category is not None else at_hand(tx, office, book)
    if learned is None or is_alarm(heard):
        return heard
    fitting = {code for code, leaf in book.categories.items() if said.kind in (None, leaf.kind)}
    opinion = learned.weigh(said.item, said.description, hints(heard), fitting or book.categories.keys())
    return weigh(heard, opinion, book.categories, said.kind, *bounds(office))


def bounds(office: Office) -> tuple[float, float]:
    """How likely, and how far ahead, a category must be for the hub to decide it without the desk."""
    policy = office.policy
    return float(policy.get("triage_p", LEAST_P)), float(policy.get("triage_margin", LEAST_MARGIN))


def at_hand(tx: Tx, office: Office, book: Catalogue) -> Learned | None:
    """What the office has learned, else what its company has; read anew when the catalogue's version moves.

    A training moves that version, so every process takes the new model up with its next matter.
    """
    if office.is_replay:
        return None
    known = tx.database.cache.get(("learned", office.id))
    if known is not None and known[0] == book.version:
        held: Learned | None = known[2]
        return held
    newest = models.in_force(tx, office)
    learned = known[2] if known is not None and known[1] == newest else _load(tx, newest)
    _hold(tx, office, (book.version, newest, learned))
    return learned


def hints(heard: Judgement) -> dict[str, float]:
    """What the words' verdict counts for each category they spoke of."""
    found = {code: MENTIONED * min(score / ENOUGH, 1.0) for code, score in heard.runners_up}
    return found | ({heard.category: CHOSEN} if heard.category else {})


def is_alarm(heard: Judgement) -> bool:
    """Whether the words make it an emergency, or leave it open that it is one."""
    return heard.kind == EMERGENCY or any(why.source == "maybe emergency" for why in heard.why)


def weigh(
    heard: Judgement,
    opinion: Opinion,
    leaves: Mapping[str, Category],
    kind: str | None,
    least_p: float,
    least_margin: float,
) -> Judgement:
    """The words' verdict, corrected by an opinion. `kind` is what the caller said it was.

    An opinion without words of its own knows nothing of this text and changes nothing.
    """
    if not opinion.words or opinion.label is None:
        return heard
    alarm = next((c for c, p in opinion.ranked if p >= ALARM and leaves[c].kind == EMERGENCY), None)
    sure = opinion.is_sure(least_p, least_margin)
    if sure and (alarm is None or alarm == opinion.label):
        return _decided(heard, opinion, leaves[opinion.label], kind)
    return _undecided(heard, opinion, kind, alarm)


def _decided(heard: Judgement, opinion: Opinion, leaf: Category, kind: str | None) -> Judgement:
    learned = Likely("category", ", ".join(opinion.words), "learned", round(opinion.p, 2))
    others = tuple((code, round(p, 2)) for code, p in opinion.ranked[1:4])
    if leaf.code == heard.category:
        return replace(heard, why=(heard.why[0], learned, *heard.why[1:]), runners_up=others)
    said = Why("kind", kind, "caller") if kind else Why("kind", leaf.code, "category")
    priority, because = leaf.priority, Why("priority", leaf.code, "category")
    if heard.priority == URGENT and priority != URGENT:
        priority, because = URGENT, Why("priority", heard.category or "", "stays urgent")
    why = (learned, said, because)
    return Judgement(kind or leaf.kind, leaf.code, priority, True, why, others)


def _undecided(heard: Judgement, opinion: Opinion, kind: str | None, alarm: str | None) -> Judgement:
    """The desk decides; it is shown what is likely, and the priority does not fall meanwhile."""
    likely = "; ".join(f"{code}: {p:.0%}" for code, p in opinion.ranked[:2])
    why: list[Why] = [Likely("category", likely, "learned unsure", round(opinion.p, 2))]
    if not heard.sure:
        why = [*(one for one in heard.why if one.what == "category"), *why]
    why += [one for one in heard.why if one.what != "category" and not (heard.sure and one.what == "kind")]
    priority = heard.priority
    if alarm is not None:
        priority = URGENT
        said = Why("priority", f"{alarm}: {', '.join(opinion.words)}", "maybe emergency")
        why = [*(one for one in why if one.what != "priority"), said]
    others = tuple((code, round(p, 2)) for code, p in opinion.ranked[:3])
    return Judgement(kind if heard.sure else heard.kind, None, priority, False, tuple(why), others)


def _load(tx: Tx, model_id: int | None) -> Learned | None:
    """The model, or None where another version of the hub wrote it: no matter is lost over that."""
    if model_id is None:
        return None
    try:
        return learning.load(tx.get_one(Model, model_id).blob)
    except ValueError as unreadable:
        _log.warning("model %s: %s; the category words decide until the next training", model_id, unreadable)
        return None


def _hold(tx: Tx, office: Office, held: tuple[int, int | None, Learned | None]) -> None:
    """Keep it at hand; the office asked for longest ago makes room, so that many offices do not fill it."""
    cache = tx.database.cache
    full = [key for key, value in list(cache.items()) if key[0] == "learned" and value[2] is not None]
    if ("learned", office.id) not in full and len(full) >= MOST_AT_HAND:
        cache.pop(full[0], None)
    cache.pop(("learned", office.id), None)
    cache[("learned", office.id)] = held
