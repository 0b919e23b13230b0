"""Settings from the environment or a .env file, in one typed class that stops the start when one is wrong."""

from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SAMPLE_SECRETS = {"changeme", "change-me", "secret", "changethis"}
LEAST_SECRET = 32


@cache
def _zones() -> set[str]:
    """Every IANA time zone. The system keeps them in six hundred files, so they are looked for once."""
    return available_timezones()


class BrokenSettings(Exception):
    """A setting is wrong; the message names it, never its value when it is a secret."""


class Settings(BaseSettings):
    """Every setting of the hub; each is read from HUB_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Path("data")
    # not shown with the rest: it may hold a password
    database_url: str = Field(default="", repr=False)
    bell: Literal["auto", "memory", "postgres", "redis"] = "auto"
    redis_url: SecretStr = Field(default=SecretStr(""))
    public_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr = Field(default=SecretStr(""))
    timezone: str = "UTC"
    locale: Literal["en", "zh-Hans", "zh-Hant"] = "en"
    demo_password: SecretStr = Field(default=SecretStr(""))
    log_level: Literal["info", "warning", "error"] = "warning"
    max_body_mb: int = Field(default=10, ge=1, le=1000)
    session_hours: int = Field(default=12, ge=1, le=24 * 90)
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = Field(default=SecretStr(""))
    twilio_from: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    twilio_per_second: float = Field(default=10, ge=0.1, le=1000)
    # not shown with the rest: it may hold a password
    smtp_url: str = Field(default="", repr=False)
    mail_from: str = ""
    imap_url: str = Field(default="", repr=False)
    # hosts of one's own network that webhooks and push may go to, parted by commas (host or host:port)
    inward_hosts: str = ""
    # addresses or networks of proxies whose word is believed on who asks (X-Forwarded-For), parted by commas
    proxies: str = "127.0.0.1,::1"

    @field_validator("database_url")
    @classmethod
    def _an_engine_we_run_on(cls, url: str) -> str:
        if not url:
            return url
        try:
            made = make_url(url)
        except (ArgumentError, ValueError):
            raise ValueError("not a database address") from None
        if made.drivername not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        if made.drivername == "sqlite" and made.database in (None, "", ":memory:"):
            raise ValueError("must name a file: what is in memory only is lost")
        return url

    @field_validator("timezone")
    @classmethod
    def _a_known_zone(cls, zone: str) -> str:
        if zone not in _zones():
            raise ValueError("not an IANA time zone such as Asia/Hong_Kong")
        return zone

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        return url.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
            raise ValueError("must begin with smtp:// or smtps:// and name a host")
        return url

    @field_validator("imap_url")
    @classmethod
    def _a_mailbox(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username):
            raise ValueError("must begin with imap:// or imaps:// and name a user and a host")
        return url

    @field_validator("secret_key")
    @classmethod
    def _not_a_sample(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if text and (text.lower() in SAMPLE_SECRETS or len(text) < LEAST_SECRET):
            raise ValueError(f"must be your own, of {LEAST_SECRET} characters or more")
        return key

    @field_validator("redis_url")
    @classmethod
    def _a_redis(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if text and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @model_validator(mode="after")
    def _a_bell_that_can_ring(self) -> "Settings":
        if self.bell == "redis" and not self.redis_url.get_secret_value():
            raise ValueError("HUB_BELL=redis needs HUB_REDIS_URL")
        if self.bell == "postgres" and not self.database_url.startswith("postgresql"):
            raise ValueError("HUB_BELL=postgres needs a PostgreSQL in HUB_DATABASE_URL")
        return self

    @property
    def url(self) -> str:
        """The database address: the one set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'hub.db'}"

    @property
    def inward(self) -> frozenset[str]:
        """The hosts of one's own network that may be called."""
        return frozenset(host.strip().lower() for host in self.inward_hosts.split(",") if host.strip())


def load() -> Settings:
    """The settings of this process. Raises BrokenSettings naming each wrong one."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise BrokenSettings("; ".join(_line(fault) for fault in wrong.errors())) from None


def _line(fault: Any) -> str:
    said = str(fault["msg"]).removeprefix("Value error, ")
    return f"HUB_{str(fault['loc'][0]).upper()}: {said}" if fault["loc"] else said
