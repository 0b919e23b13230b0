"""The JSON API: parse, one verb, answer."""

from fastapi import APIRouter

VERSION = "1"

router = APIRouter(prefix="/api/v1")
