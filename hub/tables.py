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
    promises,
    reports,
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
    promises,
    callbacks,
    events,
    deliveries,
    attachments,
    credentials,
    idempotency,
    leases,
    checkpoints,
    reports,
)
ALL = SQLModel.metadata.sorted_tables
