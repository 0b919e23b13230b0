"""What an office's triage has learned, version by version; the newest one is in force.

A model is an office's own, or the company's (`office_id` None) for the offices that have too few matters yet.
It is made anew from the tickets at any time, so a backup leaves it out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Index, LargeBinary, func
from sqlalchemy.orm import defer
from sqlmodel import Field, SQLModel, col, delete, select

from hub import clock, events
from hub.columns import Data, Moment
from hub.database import Tx
from hub.errors import BadInput
from hub.organisation import Office

KEPT = 3  # versions of one office: the one in force and what to compare it with
LARGEST = 20_000_000  # bytes as stored


class Model(SQLModel, table=True):
    """One training. `counts` says how many examples each category had; `blob` is what was learned.

    `examples` counts the matters learned from, `corrected` those among them that the desk put right.
    """

    __table_args__ = (Index("uq_model_version", "company_id", "office_id", "version", unique=True),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    version: int
    trained_at: datetime = Field(sa_type=Moment)
    method: str
    examples: int
    corrected: int
    counts: dict[str, Any] = Field(sa_type=Data)
    blob: bytes = Field(sa_type=LargeBinary)


@dataclass(frozen=True)
class Learned:
    """What came of a training, ready to be kept."""

    method: str
    examples: int
    corrected: int
    counts: dict[str, int]
    blob: bytes


def in_force(tx: Tx, office: Office) -> int | None:
    """Id of the model this office judges by: its own newest, else its company's; None without either."""
    own = newest(tx, office.company_id, office.id)
    model = own or newest(tx, office.company_id, None)
    return model.id if model else None


def newest(tx: Tx, company_id: int, office_id: int | None) -> Model | None:
    """The newest model of this office (None: of the company); its blob is read when it is asked for."""
    return tx.scalars(
        select(Model)
        .where(Model.company_id == company_id, _of(office_id))
        .order_by(col(Model.version).desc())
        .limit(1)
        .options(defer(cast(Any, Model.blob)))
    ).first()


def keep(tx: Tx, company_id: int, office_id: int | None, learned: Learned) -> Model:
    """Put what was learned in force, under the next version, and let old versions go.

    Raises BadInput when it is larger than LARGEST: too much for every process to hold.
    """
    if len(learned.blob) > LARGEST:
        raise BadInput("model", "what was learned is too large to be kept")
    last = tx.execute(
        select(func.max(Model.version)).where(Model.company_id == company_id, _of(office_id))
    ).scalar()
    model = Model(
        company_id=company_id,
        office_id=office_id,
        version=(last or 0) + 1,
        trained_at=clock.now(),
        method=learned.method,
        examples=learned.examples,
        corrected=learned.corrected,
        counts=dict(learned.counts),
        blob=learned.blob,
    )
    tx.add(model)
    tx.flush()
    tx.execute(
        delete(Model).where(
            col(Model.company_id) == company_id, _of(office_id), col(Model.version) <= model.version - KEPT
        )
    )
    _record(tx, model)
    return model


def _of(office_id: int | None) -> Any:
    return col(Model.office_id).is_(None) if office_id is None else col(Model.office_id) == office_id


def _record(tx: Tx, model: Model) -> None:
    stream = f"company:{model.company_id}" if model.office_id is None else f"office:{model.office_id}"
    events.record(
        tx,
        "trained",
        stream=stream,
        office_id=model.office_id,
        facts={
            "version": model.version,
            "method": model.method,
            "examples": model.examples,
            "corrected": model.corrected,
            "categories": len(model.counts),
        },
    )
