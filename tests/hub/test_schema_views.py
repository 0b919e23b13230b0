"""The views for outside tools: there on both engines, without personal words, and in nobody's way."""

from sqlalchemy import inspect, text

from hub import schema_views
from hub.access import Actor
from tests.conftest import Clock
from tests.house import House, leak, peddlers

PERSONAL = {
    "item",
    "description",
    "caller_name",
    "caller_phone",
    "answer",
    "words",
    "instruction",
    "comment",
    "facts",
}


def rows(hub: House, query: str) -> list[dict[str, object]]:
    return hub.look(lambda tx: [dict(row) for row in tx.execute(text(query)).mappings()])


def test_every_view_is_there_and_answers(hub: House, clara: Actor) -> None:
    hub.receive(clara, leak())
    hub.receive(clara, peddlers())
    with hub.database.connection() as connection:
        assert set(schema_views.VIEWS) <= set(inspect(connection).get_view_names())
    for name in schema_views.VIEWS:
        if name != "bi_callback":
            assert rows(hub, f"SELECT * FROM {name}"), name
    found = rows(hub, "SELECT ticket, office, kind, room, is_matter FROM bi_ticket ORDER BY ticket")
    assert [(row["office"], row["kind"], row["room"], row["is_matter"]) for row in found] == [
        ("LG", "repair", "A-1203", 1),
        ("LG", "complaint", "A-0501", 1),
    ]


def test_no_view_shows_what_is_personal(hub: House) -> None:
    with hub.database.connection() as connection:
        for name in schema_views.VIEWS:
            columns = {column["name"] for column in inspect(connection).get_columns(name)}
            assert columns and not columns & PERSONAL, name


def test_the_documented_query_finds_what_the_figures_find(hub: House, clara: Actor, time: Clock) -> None:
    hub.receive(clara, leak())
    time.forward(days=20)
    late = rows(
        hub,
        "SELECT count(*) AS due FROM bi_promise p JOIN bi_ticket t ON t.ticket = p.ticket "
        "WHERE p.promise = 'resolve' AND p.ended_at IS NULL AND t.is_counted = 1 AND p.kept_at IS NULL",
    )
    assert late == [{"due": 1}]
