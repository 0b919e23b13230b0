"""Quiet hours: what can wait does not wake anybody; an emergency always does.

The office's policy `quiet_hours` is ["21:00", "08:00"] unless it says otherwise; people on duty have none.
"""

from datetime import datetime, time, timedelta

from hub import clock, duty
from hub.database import Tx
from hub.organisation import Office, Staff

USUAL = ("21:00", "08:00")
WAKES = 1  # of this rank and more urgent: P1 and P2


def until(tx: Tx, office: Office, rank: int, staff: Staff | None) -> datetime:
    """The moment from which this message may be sent: now, or the end of the quiet hours."""
    present = clock.now()
    if rank <= WAKES:
        return present
    if staff is not None and staff.id in tx.once(("on duty", office.id), lambda: duty.on_duty(tx, office)):
        return present
    return ends(present, office) or present


def ends(moment: datetime, office: Office) -> datetime | None:
    """When the quiet hours around this moment end; None outside them."""
    starts, stops = (time.fromisoformat(said) for said in office.policy.get("quiet_hours", USUAL))
    local = moment.astimezone(office.tz)
    clock_time = local.timetz().replace(tzinfo=None)
    if starts <= stops:
        is_quiet, days = starts <= clock_time < stops, 0
    else:
        is_quiet, days = clock_time >= starts or clock_time < stops, int(clock_time >= starts)
    if not is_quiet:
        return None
    return datetime.combine(local.date() + timedelta(days=days), stops, office.tz).astimezone(
        clock.now().tzinfo
    )
