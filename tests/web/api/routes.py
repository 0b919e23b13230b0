"""Every operation of the API with a body it takes; {ticket}, {order} and {row} stand for what is there."""

from dataclasses import dataclass
from typing import Any

from tests.web.api.caller import leak


@dataclass(frozen=True)
class Route:
    """`cashier` is what the cashier, who sees all but dispatches nothing, is told."""

    method: str
    path: str
    body: Any = None
    cashier: int = 200

    def at(self, ticket: str, order: str, row: str = "1") -> str:
        return self.path.format(ticket=ticket, order=order, row=row, login="wes", role="worker")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _get(path: str) -> Route:
    return Route("GET", path)


def _post(path: str, body: Any = None, cashier: int = 403) -> Route:
    return Route("POST", path, body, cashier)


BROWSER = {"endpoint": "https://push.example/1", "keys": {"p256dh": "B" * 87, "auth": "a" * 22}}

OF_TICKET = (
    _get("/tickets/{ticket}"),
    _get("/tickets/{ticket}/events"),
    _get("/tickets/{ticket}/attachments"),
    _get("/tickets/{ticket}/attachments/{row}"),
    _post("/tickets/{ticket}/orders", {"to": {"department": "ENG"}}),
    _post("/tickets/{ticket}/answers", {"text": "From nine to five"}, cashier=200),
    _post("/tickets/{ticket}/notes", {"text": "She rings after six"}, cashier=200),
    _post("/tickets/{ticket}/triage", {"priority": "P2"}),
    _post("/tickets/{ticket}/callbacks", {"reached": False}),
    _post("/tickets/{ticket}/closure", {"outcome": "withdrawn"}),
    _post("/tickets/{ticket}/reopening", {"reason": "It drips again"}),
    _post("/tickets/{ticket}/urgings", {"text": "Still drips"}),
    _post("/tickets/{ticket}/supervisions", {"text": "Report by tomorrow"}),
    _post("/tickets/{ticket}/replies", {"text": "The part came in"}),
    _post("/tickets/{ticket}/declarations", {"grounds": "injury"}),
    _post("/tickets/{ticket}/plans", {"text": "A rail by Friday"}),
    _post("/tickets/{ticket}/escalations", {"whom": "customer_director"}),
    _post("/tickets/{ticket}/links", {"number": "{other}"}),
    _post("/tickets/{ticket}/lead", {"lead": "{other}"}),
    _post("/tickets/{ticket}/separation"),
    _post("/tickets/{ticket}/promotion"),
    _post("/tickets/{ticket}/followers", {}, cashier=200),
    _post("/tickets/{ticket}/messages", {"text": "Somebody comes at three", "channel": "voice"}),
)
OF_ORDER = (
    _get("/orders/{order}"),
    Route("GET", "/orders/{order}/candidates", cashier=403),
    _post("/orders/{order}/assignment", {"worker": "wes"}),
    _post("/orders/{order}/acceptance"),
    _post("/orders/{order}/contact"),
    _post("/orders/{order}/departure"),
    _post("/orders/{order}/arrival"),
    _post("/orders/{order}/hold", {"reason": "material"}),
    _post("/orders/{order}/resumption"),
    _post("/orders/{order}/return", {"reason": "Not ours"}),
    _post("/orders/{order}/ruling", {"ruling": "withdraw"}),
    _post("/orders/{order}/withdrawal"),
    _post("/orders/{order}/completion", {"done": "New washer"}),
)
OTHERS = (
    _post("/tickets", leak(), cashier=201),
    _post("/tickets/preview", leak(), cashier=200),
    _get("/tickets"),
    _post("/closures", {"numbers": ["100000011"], "outcome": "withdrawn"}, cashier=200),
    _get("/rooms"),
    _get("/parties?phone=23456789"),
    _get("/staff"),
    _get("/departments"),
    _post("/staff/{login}/departure", {}),
    _post("/staff/{login}/roles/{role}/ending", {}),
    _get("/categories"),
    _get("/statistics"),
    _get("/deliveries"),
    _post("/deliveries/{row}/reading"),
    _get("/outbox"),
    _post("/outbox/{row}/telling", {}),
    _get("/push/key"),
    _post("/push/subscriptions", BROWSER, cashier=200),
    Route("GET", "/incidents", cashier=403),
    _post("/incidents/{row}/confirmation", {"lead": "100000011", "tickets": ["100000022"]}),
    _post("/incidents/{row}/dismissal"),
    _post("/webhooks", {"url": "https://other.example/hub"}),
)
WITH_FILE = ("POST /tickets/{ticket}/attachments",)  # multipart: tests/web/api/test_attachments.py
EVERY = OF_TICKET + OF_ORDER + OTHERS
