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
    leases,
    orders,
    organisation,
    presence,
    promises,
    tickets,
)

MODULES = (
    organisation,
    duty,
    estate,
    contacts,
    catalogue,
    tickets,
    orders,
    presence,
    promises,
    callbacks,
    events,
    deliveries,
    attachments,
    credentials,
    idempotency,
    leases,
    checkpoints,
)
ALL = SQLModel.metadata.sorted_tables
