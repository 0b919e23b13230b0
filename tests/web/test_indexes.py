"""No question of the working day reads a big table from end to end: what is asked of SQLite is explained.

Every statement is caught as it is sent, by a whole matter, by the screens, the API and the clockwork.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from dispatch import followup, survey, work
from hub.database import Database
from notifications import outbox
from tests.house import House, leak
from tests.overhearing import overheard
from tests.web.pages.visiting import Visitor
from web import reactions
from web.pages import queues

# what grows with every matter, and what grows with the estate
BIG = ("ticket", "work_order", "promise", "event", "event_words", "delivery", "callback", "hold", "party")
BIG += ("room", "contact_point", "party_contact", "occupancy", "follower", "link", "attachment", "inbound")
Asked = dict[str, Any]


@contextmanager
def heard(database: Database) -> Iterator[Asked]:
    """Every question that is sent meanwhile, with the values of its first time."""
    asked: Asked = {}
    with overheard(database._read_engine, database._write_engine) as sent:
        yield asked
    for statement, values in sent:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            asked.setdefault(statement, tuple(values) if isinstance(values, list) else values)


def scans(database: Database, asked: Asked) -> list[str]:
    """The questions that read a big table whole, each with what SQLite says of it."""
    found = []
    with database.connection() as connection:
        for statement, values in asked.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            for *_, step in plan:
                table = re.match(r"SCAN (\w+)(?! USING)(?!.*VIRTUAL)", step)
                if table and table[1] in BIG and " USING " not in step:
                    found.append(f"{step}: {' '.join(statement.split())[:300]}")
    return found


def a_day(house: House, folder: Path) -> None:
    """Matters from the door to the closing, everybody's screens, and the clockwork."""
    clara, wes = house.actor("clara"), house.actor("wes")
    for n in range(3):
        ticket = house.receive(clara, leak(description=str(n)))
    order = house.orders(ticket)[0]
    house.do(work.assign, house.actor("sue"), order, house.staff("wes"))
    for verb in (work.accept, work.arrive):
        house.do(verb, wes, order)
    with Visitor(house, folder, "clara") as browser:
        for queue in queues.QUEUES:
            browser.see(f"/desk?queue={queue.name}")
        for path in (
            "/desk?q=tap",
            "/desk/found?q=chan",
            "/desk/found?q=2345",
            "/desk/new",
            "/desk/new/caller?phone=23456789",
            f"/t/{ticket.number}",
        ):
            browser.see(path)
    with Visitor(house, folder, "sue") as browser:
        browser.see("/team")
    with Visitor(house, folder, "wes") as browser:
        browser.see("/mine")
    with Visitor(house, folder, "dora") as browser:
        for path in ("/office", "/office/wall", "/office/reports"):
            browser.see(path)
    for tick in (followup.tick, outbox.drain, reactions.drain, survey.tick):
        tick(house.database)


def test_no_question_of_the_day_reads_a_big_table_whole(house: House, tmp_path: Path) -> None:
    with heard(house.database) as asked:
        a_day(house, tmp_path / "data")
    assert len(asked) > 100
    found = scans(house.database, asked)
    assert not found, "\n".join(found)


def test_a_question_without_an_index_is_noticed(house: House) -> None:
    with heard(house.database) as asked:
        house.look(
            lambda tx: tx.execute(text("SELECT id FROM ticket WHERE item = :item"), {"item": "x"}).all()
        )
    assert len(scans(house.database, asked)) == 1
