"""An office learns from what was closed and corrected there, and its next judgement shows it."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from dispatch import answering, closing, experience, intake, judging, retriage, training
from dispatch.deciding import Choice
from dispatch.experience import Lesson
from dispatch.triage import Judgement
from hub import catalogue, clock, leases, models
from hub.access import Actor
from hub.database import Database, Tx
from hub.errors import BadInput, NotFound, NotNow
from hub.events import Event
from hub.models import Model
from hub.organisation import Office
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak

ODD = ("The quonk is stuck again", "Our quonk will not turn", "Quonk stuck, please come", "那个框克卡住了")
ELSE = ("Zirp hums in the hall", "The zirp hums all day", "Zirp humming since noon", "西普嗡嗡响")
DESK = Choice("desk")


def tell(hub: House, clerk: Actor, *told: tuple[str, str], times: int = 1) -> None:
    """Matters that the desk put into these categories, still open; all in one transaction."""
    office = hub.office()
    read = [(hub.look(intake.prepare, office, leak(item=text), DESK), code) for text, code in told]

    def correct(tx: Tx) -> None:
        for prepared, code in read * times:
            ticket = intake.receive(tx, clerk, prepared)
            retriage.judge_by_hand(tx, clerk, ticket, category=code)

    hub.do(correct)


def teach(hub: House, clerk: Actor, times: int = 4) -> None:
    """Enough corrected matters of two kinds whose words no rule knows."""
    tell(hub, clerk, *((text, "03-02") for text in ODD), *((text, "08-06") for text in ELSE), times=times)


def think(hub: House, text: str, **said: Any) -> Judgement:
    return hub.look(intake.prepare, hub.office(), leak(item=text, **said)).judgement


def train(hub: House, office: str | None = "LG") -> list[training.Trained]:
    return training.train(hub.database, "here", office)


def lessons(hub: House, office: str = "LG") -> list[Lesson]:
    row = hub.office(office)
    return hub.look(experience.lessons, row.company_id, row.id)


def test_what_the_desk_corrected_moves_the_next_judgement(hub: House, clara: Actor) -> None:
    assert not think(hub, "My quonk is stuck").sure
    teach(hub, clara)
    (done,) = train(hub)
    assert (done.whose, done.version, done.lessons, done.corrected, done.categories) == ("LG", 1, 32, 32, 2)
    said = think(hub, "My quonk is stuck")
    assert (said.sure, said.category, said.kind) == (True, "03-02", "repair")
    learned = said.why[0]
    assert (learned.what, learned.source) == ("category", "learned")
    assert "quonk" in learned.because
    assert vars(learned)["p"] >= 0.6


def test_the_reason_stands_on_record(hub: House, clara: Actor) -> None:
    teach(hub, clara)
    train(hub)
    ticket = hub.receive(clara, leak(item="The quonk is stuck"))
    (triaged,) = (event for event in hub.events(ticket) if event.kind == "triaged")
    (why,) = (why for why in triaged.said["why"] if why["source"] == "learned")
    assert "quonk" in why["because"] and why["p"] >= 0.6
    assert triaged.said["category"] == "03-02"


def test_words_that_were_always_wrong_here_are_overruled(hub: House, clara: Actor) -> None:
    text = "Kitchen tap leaks"
    assert think(hub, text).category == "01-03"
    tell(hub, clara, (text, "01-06"), ("The zirp hums", "08-06"), times=20)
    train(hub)
    assert think(hub, text).category == "01-06"
    assert think(hub, "Peddlers knock at every door").category == "06-09"  # of this nothing was learned


def test_what_earlier_matters_leave_open_goes_to_the_desk(hub: House, clara: Actor) -> None:
    tell(hub, clara, ("The quonk is stuck", "03-02"), ("The quonk is stuck", "08-06"), times=16)
    train(hub)
    said = think(hub, "The quonk is stuck")
    assert (said.sure, said.category, said.priority) == (False, None, "P3")
    assert "learned unsure" in {why.source for why in said.why}
    assert {code for code, _ in said.runners_up[:2]} == {"03-02", "08-06"}


@pytest.mark.parametrize("text", ["Fire! smoke everywhere", "有人被困电梯", "I smell gas in the kitchen"])
def test_an_emergency_is_never_played_down(hub: House, clara: Actor, text: str) -> None:
    before = think(hub, text)
    assert before.priority == "P1"
    tell(hub, clara, (text, "13-01"), ("The zirp hums", "08-06"), times=20)
    train(hub)
    assert think(hub, text) == before


def test_a_matter_that_is_urgent_by_its_words_stays_urgent(hub: House, clara: Actor) -> None:
    text = "There is no water in the whole flat"
    assert (think(hub, text).category, think(hub, text).priority) == ("01-02", "P1")
    tell(hub, clara, (text, "01-06"), ("The zirp hums", "08-06"), times=20)
    train(hub)
    said = think(hub, text)
    assert (said.category, said.priority) == ("01-06", "P1")
    assert ("priority", "01-02", "stays urgent") in {(w.what, w.because, w.source) for w in said.why}


def test_what_the_desk_says_itself_is_not_weighed(hub: House, clara: Actor) -> None:
    teach(hub, clara)
    train(hub)
    said = think(hub, "The quonk is stuck", category="01-03")
    assert (said.category, said.why[0].source) == ("01-03", "desk")


def test_what_the_caller_said_narrows_what_was_learned(hub: House, clara: Actor) -> None:
    teach(hub, clara)
    train(hub)
    assert think(hub, "The quonk is stuck", kind="complaint").category != "03-02"


def test_a_bound_of_the_office_policy_holds(hub: House, clara: Actor) -> None:
    teach(hub, clara)
    train(hub)
    hub.do(_set_policy, triage_p=0.999)
    assert think(hub, "My quonk is stuck").category is None


def _set_policy(tx: Tx, **said: Any) -> None:
    office = tx.scalars(select(Office).where(Office.code == "LG")).one()
    office.policy = office.policy | said


# ---------------------------------------------------------------- who teaches


def test_closed_matters_teach_and_open_or_withdrawn_ones_do_not(hub: House, clara: Actor) -> None:
    kept = [hub.receive(clara, leak(item=text, category="13-01"), DESK) for text in ODD]
    assert lessons(hub) == []
    for ticket in kept[:2]:
        assert hub.do(answering.answer, clara, ticket, "It was explained").status == "closed"
    hub.do(closing.close, clara, kept[2], "withdrawn")
    assert [(one.item, one.category, one.corrected, one.weight) for one in lessons(hub)] == [
        (ODD[0], "13-01", False, 1.0),
        (ODD[1], "13-01", False, 1.0),
    ]


def test_an_open_matter_put_right_teaches_more(hub: House, clara: Actor) -> None:
    tell(hub, clara, *((text, "03-02") for text in ODD[:2]))
    assert [(one.corrected, one.weight) for one in lessons(hub)] == [(True, 3.0)] * 2


def test_another_priority_alone_is_no_correction(hub: House, clara: Actor) -> None:
    for text in ODD[:2]:
        ticket = hub.receive(clara, leak(item=text, category="03-02"), DESK)
        hub.do(retriage.judge_by_hand, clara, ticket, priority="P1")
    assert lessons(hub) == []


def test_a_category_seen_once_is_not_learned(hub: House, clara: Actor) -> None:
    tell(hub, clara, (ODD[0], "03-02"))
    assert lessons(hub) == []


def test_imported_matters_teach_nobody(hub: House, clara: Actor) -> None:
    teach(hub, clara, times=1)
    assert len(lessons(hub)) == 8
    hub.do(_set_all, is_imported=True)
    assert lessons(hub) == []


def test_a_demo_office_learns_alone_and_a_replayed_one_not_at_all(hub: House, clara: Actor) -> None:
    teach(hub, clara)
    company = hub.office().company_id
    assert len(hub.look(experience.lessons, company, None)) == 32
    hub.do(_mark, is_demo=True)
    assert hub.look(experience.lessons, company, None) == []
    assert [done.whose for done in train(hub)] == ["LG"]
    hub.do(_mark, is_demo=False, is_replay=True)
    assert not think(hub, "My quonk is stuck").sure
    with pytest.raises(BadInput, match="replayed office"):
        train(hub)
    assert train(hub, None) == []


def test_an_office_with_too_little_judges_by_what_its_company_learned(
    hub: House, clara: Actor, mia: Actor
) -> None:
    teach(hub, clara)
    assert [done.whose for done in train(hub, None)] == ["LG", "Harbour Property"]
    maple = hub.office("MC")
    said = hub.look(intake.prepare, maple, leak(item="Our quonk is stuck", room="M-0101")).judgement
    assert said.category == "03-02"


def test_erased_words_teach_nothing(hub: House, clara: Actor) -> None:
    teach(hub, clara, times=1)
    hub.do(_set_all, item="", description="")
    assert lessons(hub) == []


def _set_all(tx: Tx, **said: Any) -> None:
    for ticket in tx.scalars(select(Ticket)):
        for name, value in said.items():
            setattr(ticket, name, value)


def _mark(tx: Tx, **said: bool) -> None:
    office = tx.scalars(select(Office).where(Office.code == "LG")).one()
    for name, value in said.items():
        setattr(office, name, value)
    catalogue.changed(tx, office.company_id)


# ---------------------------------------------------------------- when, and by whom


def test_by_night_an_office_learns_when_anything_is_new(hub: House, time: Clock, clara: Actor) -> None:
    teach(hub, clara, times=2)  # 16 corrections: not enough to learn by day
    company, office = hub.office().company_id, hub.office().id
    assert (company, office) not in hub.look(training.due)
    time.set(datetime(2026, 3, 3, 18, 30, tzinfo=UTC))  # half past two at night in Hong Kong
    assert (company, office) in hub.look(training.due)
    assert (company, hub.office("MC").id) not in hub.look(training.due)


def test_by_day_it_learns_when_much_is_new(hub: House, time: Clock, clara: Actor) -> None:
    teach(hub, clara)
    due = hub.look(training.due)
    assert (hub.office().company_id, hub.office().id) in due
    time.forward(minutes=1)
    assert {done.whose for done in training.train_due(hub.database, "here")} >= {"LG"}
    time.forward(minutes=1)
    assert hub.look(training.due) == []


def test_too_little_is_not_learned_from(hub: House, clara: Actor) -> None:
    teach(hub, clara, times=1)
    assert train(hub) == []
    assert hub.look(models.in_force, hub.office()) is None


def test_an_unknown_office_is_refused(hub: House) -> None:
    with pytest.raises(NotFound, match="no such office"):
        train(hub, "XX")


def test_while_one_process_learns_another_is_told_so(hub: House) -> None:
    assert hub.do(leases.take, training.LEASE, "there", 60)
    with pytest.raises(NotNow, match="another process"):
        train(hub)
    assert training.train_due(hub.database, "here") == []


def test_when_it_has_learned_the_next_process_may(hub: House, clara: Actor) -> None:
    teach(hub, clara)
    assert train(hub)[0].version == 1
    assert training.train(hub.database, "there", "LG")[0].version == 2


def test_of_two_processes_that_learn_at_once_one_does(url: str, hub: House, clara: Actor) -> None:
    teach(hub, clara)
    other = Database(url)
    begun, go_on = threading.Event(), threading.Event()

    def slowly(given: Sequence[Lesson]) -> bytes:
        begun.set()
        assert go_on.wait(30)
        return training.study(given)

    moment = clock.now()

    def at_this_time() -> list[training.Trained]:
        with clock.at(moment):
            return training.train(hub.database, "here", "LG", slowly)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(at_this_time)
        assert begun.wait(30)
        with pytest.raises(NotNow):
            training.train(other, "there", "LG")
        # and nobody who writes has to wait for the one that learns
        hub.receive(clara, leak(item="Meanwhile"))
        go_on.set()
        assert [done.version for done in first.result(30)] == [1]
    other.close()


def test_one_that_was_too_slow_lets_its_own_go(hub: House, clara: Actor) -> None:
    teach(hub, clara)

    def overtaken(given: Sequence[Lesson]) -> bytes:
        hub.do(_keep_another)
        return training.study(given)

    assert training.train(hub.database, "here", "LG", overtaken) == []
    assert hub.look(_versions) == [1]


def test_another_process_takes_the_new_model_up(url: str, hub: House, clara: Actor) -> None:
    teach(hub, clara)
    other = House(Database(url))
    assert not think(other, "My quonk is stuck").sure
    train(hub)
    assert think(other, "My quonk is stuck").category == "03-02"
    other.database.close()


def test_old_versions_are_let_go_and_each_training_is_on_record(hub: House, clara: Actor) -> None:
    teach(hub, clara)
    for _ in range(models.KEPT + 2):
        train(hub)
    assert hub.look(_versions) == [3, 4, 5]
    facts = hub.look(lambda tx: [event.said for event in tx.scalars(_TRAINED)])
    assert [one["version"] for one in facts] == [1, 2, 3, 4, 5]
    assert (facts[0]["examples"], facts[0]["corrected"], facts[0]["categories"]) == (32, 32, 2)
    assert hub.verify().broken is None


def test_a_model_too_large_to_hold_is_refused(hub: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "LARGEST", 3)
    with pytest.raises(BadInput, match="too large"):
        hub.do(_keep_another)


def test_a_process_holds_a_few_models_only(hub: House, clara: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST_AT_HAND", 1)
    teach(hub, clara)
    train(hub, None)
    think(hub, "My quonk is stuck")
    hub.look(intake.prepare, hub.office("MC"), leak(room="M-0101"))
    held = [key for key, value in hub.database.cache.items() if key[0] == "learned" and value[2]]
    assert held == [("learned", hub.office("MC").id)]
    assert think(hub, "My quonk is stuck").sure


_TRAINED = select(Event).where(Event.kind == "trained").order_by(col(Event.id))


def _keep_another(tx: Tx) -> None:
    office = tx.scalars(select(Office).where(Office.code == "LG")).one()
    models.keep(tx, office.company_id, office.id, models.Learned("by hand", 1, 0, {}, b"blob"))


def _versions(tx: Tx) -> list[int]:
    return list(tx.scalars(select(Model.version).order_by(col(Model.version))))
