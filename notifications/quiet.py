"""What can wait does not wake anybody; an emergency always does, and people on duty have no quiet hours."""

from datetime import datetime

from hub import clock, duty, quiet_hours
from hub.database import Tx
from hub.organisation import Office, Staff

WAKES = 1  # of this rank and more urgent: P1 and P2


def until(tx: Tx, office: Office, rank: int, staff: Staff | None) -> datetime:
    """The moment from which this message may be sent: now, or the end of the quiet hours."""
    present = clock.now()
    if rank <= WAKES:
        return present
    if staff is not None and staff.id in tx.once(("on duty", office.id), lambda: duty.on_duty(tx, office)):
        return present
    return quiet_hours.end(office, present) or present
