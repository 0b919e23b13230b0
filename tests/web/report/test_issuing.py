"""Issuing: on the first at six, once however many nodes, late rather than never, corrected anew."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from hub import clock, deliveries, reports
from hub.access import HUB, Actor
from hub.database import Database, Tx
from hub.errors import BadInput, Forbidden, NotFound, NotNow
from hub.events import Event
from hub.reports import Receipt, Report
from notifications import outbox
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from tests.web.report.making import facts_of
from web.report import issuing
from web.report.reading import moment

SIX = datetime(2026, 3, 31, 22, tzinfo=UTC)  # six in the morning of 1 April in Hong Kong


def issued(hub: House) -> list[Report]:
    """The office's own reports; the company's are looked at where they matter."""
    query = select(Report).where(col(Report.office_id).is_not(None)).order_by(col(Report.id))
    return hub.look(lambda tx: list(tx.scalars(query)))


def run(hub: House) -> int:
    return issuing.run(hub.database)


@pytest.mark.seed("K2.3", "K6.5")
def test_the_months_report_goes_out_at_six_on_the_first_to_those_who_decide(
    hub: House, time: Clock, clara: Actor
) -> None:
    hub.receive(clara, peddlers())
    time.set(SIX - timedelta(minutes=1))
    assert run(hub) == 0
    time.set(SIX)
    assert run(hub) == 4  # the month's and the first quarter's, of the office and of the company
    assert {one.period for one in issued(hub)} == {"2026-03", "2026-Q1"}
    time.forward(minutes=10)
    assert run(hub) == 0
    outbox.drain(hub.database)
    for login in ("dora", "cody"):
        (first, second) = hub.look(deliveries.unread, hub.staff(login).id)
        assert {first.params["period"], second.params["period"]} == {"2026-03", "2026-Q1"}
        assert first.params["place"] == "Lotus Garden"
    told = hub.look(deliveries.unread, hub.staff("quinn").id)
    assert sorted(one.params["place"] for one in told) == ["Harbour Property"] * 2 + ["Lotus Garden"] * 2
    assert hub.look(deliveries.unread, hub.staff("clara").id) == []
    assert hub.verify().broken is None


def test_a_hub_that_was_down_issues_late_what_it_missed(hub: House, time: Clock, clara: Actor) -> None:
    hub.receive(clara, leak())
    time.set(datetime(2026, 6, 11, tzinfo=UTC))
    run(hub)
    assert [one.period for one in issued(hub)] == ["2026-03", "2026-04", "2026-05", "2026-Q1"]
    march = issued(hub)[0]
    assert march.as_of == datetime(2026, 3, 31, 16, tzinfo=UTC)  # as it stood at the end, not today
    assert march.said["whole"]["counts"]["received"] == 1


def test_two_nodes_at_once_issue_it_once(hub: House, time: Clock, clara: Actor) -> None:
    hub.receive(clara, peddlers())
    time.set(SIX)
    other = Database(hub.database.url.render_as_string(hide_password=False))
    barrier, counts = threading.Barrier(2), []

    def node(database: Database) -> None:
        with clock.at(SIX):
            barrier.wait()
            counts.append(issuing.run(database))

    threads = [threading.Thread(target=node, args=(database,)) for database in (hub.database, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sum(counts) == 4 and len(issued(hub)) == 2
    told = hub.look(lambda tx: list(tx.scalars(select(Event).where(Event.kind == "reported"))))
    assert len(told) == 4


def test_a_correction_is_a_further_version_with_its_reason_and_the_first_stays(
    hub: House, time: Clock, clara: Actor, dora: Actor
) -> None:
    hub.receive(clara, peddlers())
    time.set(SIX)
    run(hub)
    office, found = hub.office(), facts_of(hub, "2026-03")
    first = hub.look(reports.latest, office, "monthly", "2026-03")
    assert first is not None and first.is_whole
    with pytest.raises(NotNow, match="issued already"):
        hub.do(reports.issue, dora, office, "monthly", "2026-03", found, moment(found["as_of"]))
    second = hub.do(
        reports.issue, dora, office, "monthly", "2026-03", found, moment(found["as_of"]), "a letter was found"
    )
    assert (second.version, second.correction) == (2, "a letter was found")
    assert hub.again(first).facts == first.facts
    assert [one.version for one in hub.look(reports.versions, second)] == [1, 2]


def test_there_is_nothing_to_correct_before_the_first_version(hub: House, time: Clock, dora: Actor) -> None:
    time.set(SIX)
    with pytest.raises(BadInput, match="nothing to correct"):
        hub.do(reports.issue, dora, hub.office(), "monthly", "2026-03", {}, SIX, "a slip")


def test_only_those_who_answer_for_it_issue_a_report(
    hub: House, time: Clock, clara: Actor, max: Actor
) -> None:
    for stranger in (clara, max):
        with pytest.raises(Forbidden):
            hub.do(reports.issue, stranger, hub.office(), "monthly", "2026-03", {}, SIX)


def test_opening_a_report_leaves_the_recipients_receipt_once(
    hub: House, time: Clock, clara: Actor, dora: Actor, max: Actor
) -> None:
    report = hub.do(reports.issue, HUB, hub.office(), "monthly", "2026-02", {"a": 1}, SIX)
    hub.do(reports.mark_read, dora, report.id)
    opened = clock.now()
    time.forward(hours=3)
    hub.do(reports.mark_read, dora, report.id)
    hub.do(reports.mark_read, clara, report.id)
    read = {name: read_at for name, _, read_at in hub.look(reports.receipts, report.id)}
    assert read == {"Dora Director": opened, "Cody Customer-Director": None, "Quinn Quality": None}
    assert hub.look(reports.seen, dora, report.id).period == "2026-02"
    with pytest.raises(NotFound):
        hub.look(reports.seen, max, report.id)


def test_facts_that_were_changed_no_longer_fit_their_hash(hub: House, time: Clock) -> None:
    report = hub.do(reports.issue, HUB, hub.office(), "monthly", "2026-02", {"received": 1}, SIX)
    assert report.is_whole

    def change(tx: Tx) -> None:
        tx.get_one(Report, report.id).facts = '{"received":2}'

    hub.do(change)
    assert not hub.again(report).is_whole


def test_a_frozen_report_holds_no_residents_words(hub: House, time: Clock, clara: Actor) -> None:
    hub.receive(clara, peddlers(item="The secret of Ms Li", name="李小红"))
    time.set(SIX)
    run(hub)
    for report in issued(hub):
        assert "secret" not in report.facts and "李小红" not in report.facts
    assert hub.look(lambda tx: tx.scalars(select(Receipt.report_id)).all())
