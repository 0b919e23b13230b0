"""Every table of the hub in one list, parents before children: for migrations, backup and restore."""

from sqlmodel import SQLModel

from hub import (
    attachments,
    callbacks,
    calls,
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
    inbound,
    leases,
    orders,
    organisation,
    promises,
    questions,
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
    inbound,
    questions,
    calls,
)
ALL = SQLModel.metadata.sorted_tables
