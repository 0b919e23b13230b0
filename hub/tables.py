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
    endpoints,
    estate,
    events,
    idempotency,
    leases,
    orders,
    organisation,
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
    promises,
    callbacks,
    events,
    endpoints,
    deliveries,
    attachments,
    credentials,
    idempotency,
    leases,
    checkpoints,
)
ALL = SQLModel.metadata.sorted_tables
