"""Every table of the hub in one list, parents before children: for migrations, backup and restore."""

from sqlmodel import SQLModel

from hub import (
    attachments,
    callbacks,
    catalogue,
    checkpoints,
    contacts,
    credentials,
    deliveries,
    duty,
    estate,
    events,
    idempotency,
    incidents,
    leases,
    models,
    orders,
    organisation,
    promises,
    roster,
    tickets,
    worktimes,
)

MODULES = (
    organisation,
    duty,
    estate,
    contacts,
    catalogue,
    tickets,
    incidents,
    orders,
    promises,
    worktimes,
    roster,
    callbacks,
    events,
    deliveries,
    attachments,
    credentials,
    idempotency,
    leases,
    models,
    checkpoints,
)
ALL = SQLModel.metadata.sorted_tables
