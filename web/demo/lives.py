"""The lives of matters, each read from top to bottom as it is lived: in the field, at the desk, called back.

A life is a generator: it yields the moment of its next step and takes that step, through the real verbs,
when the history comes to that moment.
"""

from collections.abc import Generator
from datetime import datetime, timedelta

from dispatch import answering, callback, closing, followup, ordering, returning, work
from dispatch.ordering import Instruction
from hub import clock
from hub.callbacks import within
from hub.orders import Order
from web.demo import scene as steps
from web.demo.cast import texts
from web.demo.scene import CANCELLED, Life, Scene

RETURNED, RETURNED_AGAIN = 0.035, 0.3
LATE_ACCEPT, LATE_ARRIVAL, LATE_WORK, LATE_ANSWER, LATE_CALL = 0.05, 0.07, 0.115, 0.05, 0.05
UNCALLED = 0.025  # nobody rang the customer before coming
HELD, SLOW = 0.55, 0.3  # of long matters: waits for something, simply takes long
UNREACHED, TRIES = 0.2, 3
REOPENED = 0.012
ANSWERED_LATER = 0.28
NOT_OURS = 0.05
LONG = timedelta(hours=30)  # limits beyond this leave room to wait
HOLDS = ("material", "material", "customer", "third_party", "weather", "staffing")


def live(scene: Scene) -> Life:
    """The whole life of one matter, from the first word to its end."""
    steps.receive(scene)
    fate = scene.matter.fate
    if fate in ("untouched", "issued"):
        return
    if scene.matter.lead:
        yield from steps.repeat(scene)
        return
    if scene.ticket.category_id is None:
        yield from steps.triage(scene)
    if not fate and scene.ticket.is_open and scene.rng.random() < CANCELLED:
        yield from steps.cancel(scene)
        return
    yield from _round(scene)
    if scene.ticket.status == "closed" and scene.rng.random() < REOPENED:
        yield from _reopened(scene)


def _round(scene: Scene) -> Life:
    """Once through the loop, and again after a callback that did not go well."""
    while True:
        waiting = [order for order in scene.orders() if order.is_open]
        for order in waiting:
            yield from _field(scene, order)
        if not waiting and scene.ticket.answered_at is None:
            yield from _desk(scene)
        if scene.matter.fate or scene.ticket.status == "closed":
            return
        yield from _call_back(scene)
        if scene.ticket.status != "in_hand":
            return
        yield from _order_again(scene)


def _field(scene: Scene, order: Order) -> Life:
    """An order: assigned, accepted, the customer rung, there, perhaps held, done."""
    start = scene.ticket.received_at if scene.ticket.round == 1 else order.issued_at
    share = scene.share(LATE_ACCEPT, 6, 22, 70, 260)
    if order.worker_id is None:
        yield max(_answer_by(scene, start, min(share * 0.45, 60)), _soon(scene))
        order = yield from _assigned(scene, order)
        if order.status == "returned":
            return
    assert order.worker_id is not None
    worker = next(login for login, one in scene.cast.staff.items() if one.id == order.worker_id)
    yield max(_answer_by(scene, start, share), _soon(scene))
    if scene.matter.fate == "returned":
        scene.do(returning.send_back, worker, order, scene.pick("returned"))
        return
    scene.do(work.accept, worker, order)
    if scene.matter.fate == "accepted":
        return
    if scene.rng.random() > UNCALLED:
        yield max(_answer_by(scene, start, min(share + 12, 98) if share < 98 else share + 4), _soon(scene))
        scene.do(work.contact, worker, order)
    yield from _visit(scene, order, worker)


def _assigned(scene: Scene, order: Order) -> Generator[datetime, None, Order]:
    """The supervisor gives it to somebody, or returns it and the centre rules. Answers what stands."""
    returns = 0
    while True:
        boss = scene.cast.supervisor(order.department_id)
        truth = scene.cast.departments.get(scene.truth.department)
        wrong = truth is not None and not truth.is_centre and truth.id != order.department_id
        again = RETURNED if returns == 0 else RETURNED_AGAIN
        sent_back = (wrong and not returns) or (returns < 2 and scene.rng.random() < again)
        if scene.matter.fate == "returned" or (sent_back and not scene.matter.fate):
            returns += 1
            scene.do(returning.send_back, boss, order, scene.pick("returned"))
            if scene.matter.fate == "returned":
                return order
            yield clock.now() + scene.minutes(3, 9, 25)
            ruler = "customer-director" if returns > 1 else scene.clerk()
            to = truth if wrong else None
            order = scene.do(returning.rule, ruler, order, "reissue", department=to)
            yield clock.now() + scene.minutes(1, 4, 10)
            continue
        hand = scene.cast.hand(scene.rng, order.department_id, scene.category.code, clock.now())
        scene.do(work.assign, boss, order, scene.cast.staff[hand])
        return order


def _visit(scene: Scene, order: Order, worker: str) -> Life:
    """The way there, the work, what comes between."""
    arrives = _arrival(scene, order)
    way = min(scene.minutes(3, 8, 18), (arrives - clock.now()) * 0.7)
    yield from steps.linger(scene, arrives - way)
    yield arrives - way
    scene.do(work.depart, worker, order)
    yield arrives
    scene.do(work.arrive, worker, order)
    if scene.matter.fate == "on site":
        return
    done = _finish(scene, order)
    if scene.matter.fate == "held" or (done - clock.now() > LONG / 2 and scene.rng.random() < HELD):
        done = yield from _hold(scene, order, worker, done)
        if scene.matter.fate == "held":
            return
    yield from steps.linger(scene, done)
    yield done
    fields = {name: scene.rng.randint(6, 28) for name in scene.category.demands}
    scene.do(work.complete, worker, order, scene.pick("done", _group(scene)), _materials(scene), fields)


def _answer_by(scene: Scene, start: datetime, percent: float) -> datetime:
    return scene.within(scene.limit("respond"), start, percent)


def _soon(scene: Scene) -> datetime:
    """A moment later: nobody does two things at once."""
    return clock.now() + timedelta(seconds=scene.rng.randint(8, 30))


def _arrival(scene: Scene, order: Order) -> datetime:
    soon = clock.now() + scene.minutes(4, 15, 45)
    on_site = scene.limit("on_site")
    if not on_site or scene.matter.fate:
        return soon
    share = scene.share(LATE_ARRIVAL, 10, 32, 80, 170)
    return max(scene.within(on_site, order.issued_at, share), clock.now() + scene.minutes(1, 3, 6))


def _finish(scene: Scene, order: Order) -> datetime:
    """When the work is done: mostly within the hour, sometimes only after days, sometimes too late."""
    at_best = clock.now() + scene.minutes(8, 30, 130)
    resolve, start = scene.limit("resolve"), scene.ticket.received_at
    if scene.ticket.round > 1:
        return at_best
    if scene.rng.random() < LATE_WORK:
        return max(scene.within(resolve, start, scene.rng.uniform(103, 165)), at_best)
    room = scene.within(resolve, start, 100) - start
    if room > LONG and scene.rng.random() < SLOW:
        return max(scene.within(resolve, start, scene.rng.triangular(25, 92, 50)), at_best)
    return at_best


def _hold(scene: Scene, order: Order, worker: str, done: datetime) -> Generator[datetime, None, datetime]:
    """It waits for a part, a person, the weather. Answers when the work will now be done."""
    yield clock.now() + scene.minutes(5, 15, 40)
    reason = scene.rng.choice(HOLDS if scene.matter.fate != "held" else ("material", "customer"))
    until = max(done - scene.minutes(20, 60, 180), clock.now() + timedelta(hours=1))
    if scene.matter.fate == "held":
        until = clock.now() + timedelta(days=4)
    scene.do(work.hold, worker, order, reason, until=until, note=scene.pick("holds"))
    if scene.matter.fate == "held":
        return done
    yield until - timedelta(minutes=2)
    scene.do(work.resume, worker, order)
    return max(done, clock.now() + scene.minutes(15, 40, 120))


def _desk(scene: Scene) -> Life:
    """The centre answers itself: at once, or later as promised."""
    start = clock.now()
    first = scene.within(
        scene.limit("respond"), scene.ticket.received_at, scene.share(LATE_ANSWER, 4, 25, 85)
    )
    yield max(steps.at_desk(scene, first), start + scene.minutes(1, 3, 6))
    clerk = scene.clerk()
    has_time = scene.within(scene.limit("resolve"), clock.now(), 100) - clock.now() > 2 * LONG
    if scene.matter.fate == "promised" or (has_time and scene.rng.random() < ANSWERED_LATER):
        promised = clock.now() + timedelta(days=scene.rng.choice((1, 2, 2, 3)), hours=scene.rng.randint(0, 3))
        owner = scene.cast.staff[clerk]
        scene.do(answering.answer_later, clerk, scene.ticket, promised, owner)
        if scene.matter.fate == "promised":
            return
        late = scene.rng.random() < LATE_ANSWER
        wait = (promised - clock.now()) * (
            scene.rng.uniform(1.02, 1.4) if late else scene.rng.uniform(0.3, 0.9)
        )
        answered = clock.now() + wait
        yield from steps.linger(scene, answered)
        yield answered if late else min(scene.cast.office_moment(scene.rng, answered), promised)
    _answer(scene, clerk)


def _answer(scene: Scene, clerk: str) -> None:
    kind = scene.ticket.kind or "enquiry"
    if scene.rng.random() < NOT_OURS:
        scene.do(answering.answer, clerk, scene.ticket, scene.pick("answers", "other_body"), "not_ours")
        return
    outcome = "solved" if kind in ("complaint", "service") else "answered"
    scene.do(answering.answer, clerk, scene.ticket, scene.pick("answers", kind), outcome)


def _call_back(scene: Scene) -> Life:
    """A clerk rings until the customer is reached, or writes a letter and waits."""
    tries = 0
    limit = within(scene.ticket.kind)
    at = scene.within(limit, clock.now(), scene.share(LATE_CALL, 6, 30, 75, 130))
    while scene.ticket.status == "awaiting_callback":
        yield scene.cast.office_moment(scene.rng, max(at, clock.now()))
        if tries == TRIES:
            scene.do(
                callback.call_back,
                scene.clerk(),
                scene.ticket,
                False,
                means="letter",
                comment=texts()["letter"],
            )
            assert scene.ticket.callback_at is not None
            yield scene.ticket.callback_at + timedelta(minutes=1)
            followup.end_callback(scene.tx, scene.ticket.id)
            return
        if scene.rng.random() > UNREACHED:
            _ask(scene)
            return
        scene.do(callback.call_back, scene.clerk(), scene.ticket, False)
        tries += 1
        assert scene.ticket.callback_at is not None
        at = scene.ticket.callback_at


def _ask(scene: Scene) -> None:
    """What the customer says: late work and a second visit weigh on it."""
    ticket = scene.ticket
    unhappy = 0.075 + (0.15 if ticket.times_urged else 0.0) - (0.03 if ticket.round > 1 else 0.0)
    draw = scene.rng.random()
    said = "no" if draw < unhappy else "fairly" if draw < unhappy + 0.22 else "yes"
    comment = scene.pick("not_solved") if said == "no" else scene.pick("comments")
    solved = said != "no" or scene.rng.random() < 0.25
    scene.do(callback.call_back, scene.clerk(), ticket, True, solved, said, comment)


def _order_again(scene: Scene) -> Life:
    """The next round: somebody is sent again, or the customer director takes the answer over."""
    yield clock.now() + scene.minutes(4, 12, 40)
    code = scene.truth.department
    department = scene.cast.departments.get(code) or scene.cast.departments["ENG"]
    if department.is_centre:
        return
    text = f"Go again: {scene.ticket.item}"
    scene.do(ordering.order, scene.clerk(), scene.ticket, Instruction(department, text=text))


def _reopened(scene: Scene) -> Life:
    """Days later the customer comes back with the same matter, within the window."""
    yield scene.cast.office_moment(scene.rng, clock.now() + timedelta(days=scene.rng.uniform(0.5, 4)))
    scene.do(closing.reopen, scene.clerk(), scene.ticket, scene.pick("reopened"))
    yield from _order_again(scene)
    yield from _round(scene)


def _group(scene: Scene) -> str:
    done = texts()["done"]
    return scene.category.group_code if scene.category.group_code in done else "15"


def _materials(scene: Scene) -> list[dict[str, object]]:
    known = texts()["materials"].get(scene.category.group_code)
    if not known or scene.rng.random() > 0.45:
        return []
    name, count = scene.rng.choice(known)
    return [{"name": name, "count": count}]
