"""The carrier's doors (/doors/twilio/…): signed webhooks, kept as they come and worked afterwards."""

from fastapi import APIRouter

from web.doors.twilio import sms, voice

router = APIRouter(prefix="/doors/twilio", include_in_schema=False)
for door in (sms, voice):
    router.include_router(door.router)
