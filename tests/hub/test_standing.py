"""What stands above the matters is never older than the last change of it."""

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from hub import clock, founding, standing
from hub.database import Tx
from hub.organisation import Role, Staff
from hub.standing import Standing
from tests.house import House


def now(hub: House) -> Standing:
    return hub.look(standing.of)


def test_it_is_read_once_while_nothing_changes(hub: House) -> None:
    assert now(hub) is now(hub)


def test_a_new_department_is_there_at_once(hub: House) -> None:
    office, before = hub.office(), now(hub)
    assert (office.id, "LAKE") not in before.departments
    hub.do(founding.add_department, office, "LAKE", "Lake and boats")
    assert now(hub).version > before.version
    assert now(hub).departments[office.id, "LAKE"].name == "Lake and boats"


def test_who_left_answers_for_nothing_more(hub: House) -> None:
    office = hub.office()
    assert now(hub).owners[office.id] == hub.staff("cody").id

    def leave(tx: Tx) -> None:
        tx.get_one(Staff, hub.staff("cody").id).ended_at = clock.now()

    hub.do(leave)
    assert now(hub).owners[office.id] == hub.staff("dora").id


def test_a_bulk_statement_moves_the_version_too(hub: House) -> None:
    office, cody = hub.office(), hub.staff("cody").id
    hub.do(lambda tx: tx.execute(update(Role).where(col(Role.staff_id) == cody).values(ended_at=clock.now())))
    assert now(hub).owners[office.id] == hub.staff("dora").id


def test_what_was_taken_back_is_kept_for_nobody(hub: House) -> None:
    before = now(hub)

    def breaks(tx: Tx) -> None:
        tx.scalars(select(Staff).where(Staff.login == "clara")).one().login = "clarissa"
        tx.flush()
        assert "clarissa" in standing.of(tx).names.values()
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        hub.do(breaks)
    assert now(hub).names == before.names
