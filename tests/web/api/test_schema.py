"""Whatever a program sends, by the OpenAPI document or against it, the answer is one the document knows.

Afterwards the record is whole and nothing is left without somebody who answers for it.
"""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlmodel import select
from starlette.testclient import TestClient

from hub import checkpoints, promises
from hub.database import Database, Tx
from hub.tickets import Ticket
from tests.engines import SqliteTemplate
from tests.web.api.caller import Api, enquiry, hub_app, leak, peddlers, token_of
from web import api

BOUNDED = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


class Hub:
    """A hub with matters in every state, whose numbers the made-up requests mostly name."""

    def __init__(self, url: str, folder: Any) -> None:
        self.database = Database(url)
        self.asgi = hub_app(self.database, folder)
        self.token = token_of(self.database, "cody")
        with TestClient(self.asgi) as client:
            tickets = list(self._matters(Api(client, self.token)))
        orders = [order["number"] for ticket in tickets for order in ticket["orders"]]
        known = {"caller": leak()["caller"], "unknown": {}, "office": "LG", "item": "Tap"}
        likely = {"category": "01-03", "received_by": "gus", "received_at": None, "happened_at": None}
        self._callers = cycle([{}, known, known | likely, known | likely | {"dispatch": {"way": "rules"}}])
        self._numbers = {
            "ticket": cycle([*(t["number"] for t in tickets), None]),
            "order": cycle([*orders, None]),
        }

    def aim(self, case: schemathesis.Case) -> None:
        """Have a request that names a ticket or an order name one that is there, but for every few."""
        noun = "order" if case.path.startswith("/api/v1/orders/") else "ticket"
        if "number" in (case.path_parameters or {}) and (number := next(self._numbers[noun])):
            case.path_parameters["number"] = number
        if case.path in ("/api/v1/tickets", "/api/v1/tickets/preview") and isinstance(case.body, dict):
            case.body.update(next(self._callers))

    @staticmethod
    def _matters(desk: Api) -> Iterator[Any]:
        for said in (leak(), peddlers(), enquiry(), leak(dispatch={"way": "worker", "worker": "wes"})):
            yield desk.post("/tickets", said)
        done = desk.post("/tickets", peddlers())
        for step, body in (
            ("assignment", {"worker": "gus"}),
            ("acceptance", {}),
            ("completion", {"done": "x"}),
        ):
            desk.post(f"/orders/{done['orders'][0]['number']}/{step}", body)
        yield done


@pytest.fixture(scope="module")
def fuzzed(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("fuzzed")
    for url in sqlite_template.fresh(folder):
        made = Hub(url, folder)
        yield made
        made.database.close()


@pytest.fixture(scope="module")
def document(fuzzed: Hub) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/api/openapi.json", fuzzed.asgi)


def _operations() -> list[tuple[str, str]]:
    """Path and method of every operation, read before there is any hub."""
    bare = FastAPI()
    bare.include_router(api.router)
    paths = bare.openapi()["paths"]
    return [(path, method.upper()) for path, methods in paths.items() for method in methods]


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), _operations())
def test_every_operation_answers_as_its_document_says(
    path: str, method: str, mode: GenerationMode, fuzzed: Hub, document: schemathesis.BaseSchema
) -> None:
    operation = document[path][method]
    headers = {"authorization": f"Bearer {fuzzed.token}"}

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        fuzzed.aim(case)
        case.validate_response(case.call(headers=headers), checks=CHECKS, headers=headers)

    ask()


@pytest.mark.slow
def test_after_all_that_the_record_is_whole_and_every_open_ticket_is_somebodys(fuzzed: Hub) -> None:
    def look(tx: Tx) -> list[str]:
        assert checkpoints.verify(tx).broken is None
        left = tx.scalars(select(Ticket).where(Ticket.status != "closed")).all()
        assert left
        return [t.number for t in left if t.owner_id is None or not promises.running(tx, t.id)]

    assert fuzzed.database.read(look) == []
