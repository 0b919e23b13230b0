"""Finding matters by their words: the same answers on both engines, newest first, and nothing erased."""

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import erasure
from hub import finding, search, words
from hub.access import Actor
from hub.search import Entry
from hub.tickets import Ticket
from tests.house import House, leak

SAID = ("Kitchen tap leaks", "厨房水龙头漏水", "The lift stops", "电梯坏了，漏电", "Leak in the lift")


def found(hub: House, me: Actor, q: str, before: int | None = None, limit: int = 50) -> list[int]:
    return hub.look(finding.saying, me, q, before, limit)


@pytest.fixture
def five(hub: House, clara: Actor) -> list[Ticket]:
    return [hub.receive(clara, leak(item=item)) for item in SAID]


@pytest.mark.parametrize(
    ("asked", "which"),
    [
        ("leak", [4, 0]),
        ("LEAKING", [4, 0]),
        ("lift", [4, 2]),
        ("lift leaks", [4]),
        ("漏水", [1]),
        ("漏", []),
        ("漏電", [3]),
        ("水龙头", [1]),
        ("龙头漏水", [1]),
        ("水漏", []),
        ("A-1203", [4, 3, 2, 1, 0]),
        ("a1203", [4, 3, 2, 1, 0]),
        ("6789", [4, 3, 2, 1, 0]),
        ("2345 6789", [4, 3, 2, 1, 0]),
        ("+852 2345-6789", [4, 3, 2, 1, 0]),
        ("siu ming chan", [4, 3, 2, 1, 0]),
        ('"lift" OR leak', []),
        ("'; DROP TABLE ticket_words; --", []),
        ("o1", []),
        ("", []),
    ],
)
def test_words_phone_and_room_are_found_newest_first(
    hub: House, clara: Actor, five: list[Ticket], asked: str, which: list[int]
) -> None:
    assert found(hub, clara, asked) == [five[n].id for n in which]


@pytest.mark.parametrize(
    ("typed", "which"),
    [
        ("lea", [4, 0]),
        ("kitchen t", []),
        ("kitchen ta", []),
        ("kitchen tap", [0]),
        ("kitchen le", []),
        ("kitchen lea", [0]),
        ("li", []),
        ("lif", [4, 2]),
        ("a-12", [4, 3, 2, 1, 0]),
        ("A120", [4, 3, 2, 1, 0]),
        ("a-13", []),
        ("2345", [4, 3, 2, 1, 0]),
        ("34567", [4, 3, 2, 1, 0]),
        ("9999", []),
        ("csm", [4, 3, 2, 1, 0]),
        ("csm lif", [4, 2]),
        ("lea *", []),
        ("漏水", [1]),
        ("", []),
    ],
)
def test_the_last_word_may_go_on_while_it_is_typed(
    hub: House, clara: Actor, five: list[Ticket], typed: str, which: list[int]
) -> None:
    assert hub.look(_typed, clara, typed) == [five[n].id for n in which]


@pytest.mark.parametrize("most", [0, 1, 64])
def test_a_beginning_is_found_however_many_words_begin_like_it(
    hub: House, clara: Actor, five: list[Ticket], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(search, "MOST_ENDINGS", most)
    lean = hub.receive(clara, leak(item="The lamp leans over"))
    for typed in ("lea", "kitchen lea", "csm lea", "a-12"):
        found = hub.look(_typed, clara, typed)
        assert (lean.id in found, five[0].id in found) == (typed != "kitchen lea", True), typed
    assert hub.look(_typed, clara, "kitchen zzz") == []


def _typed(tx: object, me: Actor, q: str) -> list[int]:
    return finding.saying(tx, me, q, None, 50, is_typing=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["王小明", "王曉明", "Wong Xiu Man"])
def test_a_caller_is_found_by_the_initials_of_the_name(hub: House, clara: Actor, name: str) -> None:
    ticket = hub.receive(clara, leak(name=name))
    assert found(hub, clara, "wxm") == [ticket.id]
    assert found(hub, clara, "wxm leak") == [ticket.id]
    assert found(hub, clara, "xmw") == []


def test_a_number_and_an_orders_number_find_their_ticket(
    hub: House, clara: Actor, five: list[Ticket]
) -> None:
    number = five[2].number
    for asked in (number, f"{number}-1", f" {number} "):
        assert found(hub, clara, asked) == [five[2].id]
    assert set(found(hub, clara, number[:5])) == {ticket.id for ticket in five}


def test_pages_go_back_without_gap_or_repeat(hub: House, clara: Actor, five: list[Ticket]) -> None:
    first = found(hub, clara, "A-1203", None, 2)
    second = found(hub, clara, "A-1203", first[-1], 2)
    third = found(hub, clara, "A-1203", second[-1], 2)
    assert first + second + third == [ticket.id for ticket in reversed(five)]


def test_another_office_finds_nothing_of_ours(
    hub: House, mia: Actor, quinn: Actor, five: list[Ticket]
) -> None:
    assert found(hub, mia, "leak") == []
    assert len(found(hub, quinn, "leak")) == 2


def test_the_field_finds_its_own_work_only(hub: House, wes: Actor, gus: Actor, tap_leaks: Ticket) -> None:
    assert found(hub, wes, "tap") == [tap_leaks.id]
    assert found(hub, gus, "tap") == []


def test_what_is_erased_is_not_found(hub: House, clara: Actor, dora: Actor, tap_leaks: Ticket) -> None:
    hub.do(_close, tap_leaks)
    assert found(hub, clara, "tap") == [tap_leaks.id]
    hub.do(erasure.erase, dora, tap_leaks, "asked by the customer")
    for asked in ("tap", "Chan", "23456789", "A-1203"):
        assert found(hub, clara, asked) == []


def _close(tx: object, ticket: Ticket) -> None:
    row = tx.get_one(Ticket, ticket.id)  # type: ignore[attr-defined]
    row.status, row.outcome, row.callback = "closed", "withdrawn", "not_owed"


def test_a_rebuilt_index_answers_as_before(hub: House, clara: Actor, five: list[Ticket]) -> None:
    before = [found(hub, clara, asked) for asked in ("leak", "漏水", "6789", "a1203", five[0].number)]
    hub.do(lambda tx: search.rebuild(tx.connection()))
    assert before == [found(hub, clara, asked) for asked in ("leak", "漏水", "6789", "a1203", five[0].number)]


def test_a_refused_intake_leaves_no_words(hub: House, clara: Actor) -> None:
    def breaks(tx: object) -> None:
        search.add(tx, Entry(9_999, 1, "1", "unheard", None, None))  # type: ignore[arg-type]
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        hub.do(breaks)
    assert hub.look(_ids, "unheard") == []


@given(st.integers(-1, 1 << 27))
def test_the_stretches_back_cover_every_id_once_and_are_short(newest: int) -> None:
    upper = newest
    for number, (bits, blocks) in enumerate(search._stretches(newest)):
        assert 1 <= len(blocks) <= search.EIGHT and (number or len(blocks) == 1)
        for block in blocks:
            assert upper >> bits == block, "it begins where the last one ended"
            upper = (block << bits) - 1
    assert upper == -1


def test_matters_of_long_ago_are_found_too(hub: House) -> None:
    """On PostgreSQL the look-up goes back in strides: none may be left out, wherever a matter lies."""
    far = [1 << bit for bit in range(1, 24)]
    hub.do(lambda tx: [search.add(tx, Entry(id, 1, str(id), "hornet", None, None)) for id in far])
    assert hub.look(_ids, "hornet") == sorted(far, reverse=True)
    assert hub.look(_ids, "hornet", before=1 << 13) == [1 << bit for bit in range(12, 0, -1)]


TEXT = st.text(alphabet="漏水电梯lift leak-'3坏", max_size=12)


@given(said=st.lists(TEXT, min_size=1, max_size=6), asked=TEXT)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_finds_what_reading_every_text_finds(hub: House, said: list[str], asked: str) -> None:
    def put(tx: object) -> None:
        search.rebuild(tx.connection())  # type: ignore[attr-defined]
        for number, text in enumerate(said, 1):
            search.add(tx, Entry(number, 1, f"n{number}", words.fold(text), None, None))  # type: ignore[arg-type]

    hub.do(put)
    indexed = hub.look(_ids, asked)
    wanted = set(words.bigrams(asked))
    read = [n for n, text in enumerate(said, 1) if wanted and wanted <= set(words.bigrams(text))][::-1]
    assert set(read) <= set(indexed)
    assert [one for one in indexed if one in read] == read


def _ids(tx: object, asked: str, before: int | None = None) -> list[int]:
    batches: Iterable[list[int]] = search.newest(tx, search.question(asked), [1], before)  # type: ignore[arg-type]
    return [one for batch in batches for one in batch]
