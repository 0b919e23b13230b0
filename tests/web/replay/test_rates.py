"""On real files: the on-time rates by department are those computed straight from the file."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.access import HUB
from hub.database import Database
from hub.organisation import office_by_code
from hub.statistics.indicators import figures
from hub.statistics.scope import Scope
from tests.engines import SqliteTemplate
from tests.web.replay.real import real
from web.replay import profile
from web.replay.case import read
from web.replay.play import play

ROWS = 1_500
ZONE = ZoneInfo("America/New_York")
# the file, and its columns: opened, target, closed, department
FILES = {
    "boston": ("311/boston_2015_24000.csv.gz", ("OPEN_DT", "TARGET_DT", "CLOSED_DT", "Department")),
    "baltimore": ("311/baltimore_311_10000.csv", ("CreatedDate", "DueDate", "CloseDate", "Agency")),
}
NOT_COUNTED = ("Duplicate", "Canceled", "Transferred")


@pytest.fixture
def empty(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Database]:
    for url in sqlite_template.fresh(tmp_path):
        database = Database(url)
        yield database
        database.close()


@pytest.mark.slow
@pytest.mark.parametrize("city", FILES)
def test_on_time_by_department_is_what_the_file_itself_says(city: str, empty: Database) -> None:
    path, columns = real(FILES[city][0]), FILES[city][1]
    straight, first, as_of = rates(path, columns)
    known = profile.load(city)
    play(empty, HUB, list(islice(read(path, known, as_of), ROWS)), known, "CITY")
    place = empty.read(lambda tx: office_by_code(tx, "CITY"))
    scope = Scope((place.id,), first, as_of + timedelta(seconds=1), as_of)
    found = {
        row.label: (row.counts["due_resolve"], row.counts["late_resolve"])
        for row in empty.read(lambda tx: figures(tx, scope, "department"))
        if row.counts["due_resolve"]
    }
    assert len(straight) > 4 and any(late for _, late in straight.values())
    assert found == straight


def rates(path: Path, columns: tuple[str, ...]) -> tuple[dict[str, tuple[int, int]], datetime, datetime]:
    """(due, late) of each department by the file alone, its first moment and its last."""
    opened, target, closed, department = columns
    opens = gzip.open if path.suffix == ".gz" else open
    with opens(path, "rt", encoding="utf-8-sig") as file:
        rows = list(islice(csv.DictReader(file), ROWS))
    moments = [at for row in rows for at in (moment(row[opened]), moment(row[closed])) if at]
    first, as_of = min(moments), max(moments)
    due: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for row in rows:
        by, end = moment(row[target]), moment(row[closed])
        left_out = any(word in row.get("SRStatus", "") for word in NOT_COUNTED)
        if by is None or not first <= by < as_of or left_out:
            continue
        due[row[department]] += 1
        late[row[department]] += end is None or end > by
    return {name: (count, late[name]) for name, count in due.items()}, first, as_of


def moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=ZONE) if text else None
