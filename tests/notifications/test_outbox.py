"""Speaking of what happened: written whole, and written again as if for the first time."""

import pytest
from sqlmodel import select

from hub.database import Tx
from hub.errors import NotNow
from hub.events import SPEAK, Pending
from notifications import outbox
from tests.notifications.conftest import Post, Received


def test_what_was_thought_over_can_be_written_again_after_a_neighbours_refusal(
    post: Post, received: Received
) -> None:
    received()
    waiting = select(Pending.id).where(Pending.consumer == SPEAK)
    ids = post.hub.look(lambda tx: list(tx.scalars(waiting)))
    batch = post.hub.look(lambda tx: outbox._thought_over(tx, ids, post.ways))

    def taken_back(tx: Tx) -> None:
        outbox._keep(tx, batch)
        tx.flush()
        raise NotNow("a neighbour was refused")

    with pytest.raises(NotNow):
        post.hub.do(taken_back)
    assert post.rows() == []
    post.hub.do(outbox._keep, batch)
    assert len(post.rows()) == sum(len(said) for _, said in batch) > 1
    assert post.hub.look(lambda tx: list(tx.scalars(waiting))) == []
