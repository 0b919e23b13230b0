"""The carrier's doors (/doors/twilio/…): signed webhooks, kept as they come and worked afterwards."""

from fastapi import APIRouter

from web.doors.twilio import keyed, sms, status, voice

router = APIRouter(prefix="/doors/twilio", include_in_schema=False)
for door in (sms, voice, status, keyed):
    router.include_router(door.router)
