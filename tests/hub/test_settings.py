"""A wrong setting stops the start and is named; a secret is never shown."""

from pathlib import Path

import pytest

from hub import settings
from hub.settings import BrokenSettings

SECRET = "a-very-own-secret-of-this-house-0123456789"
PASSWORD = "opensesame-17"


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(f"HUB_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)  # and no .env file


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_DATABASE_URL", "mysql://user:opensesame-17@host/db"),
        ("HUB_DATABASE_URL", "postgresql://user:opensesame-17@host/db"),
        ("HUB_DATABASE_URL", "postgresql+psycopg://user:opensesame-17@host:port/db"),
        ("HUB_DATABASE_URL", "not an address"),
        ("HUB_DATABASE_URL", "sqlite://"),
        ("HUB_DATABASE_URL", "sqlite:///:memory:"),
        ("HUB_TIMEZONE", "Mars/Olympus"),
        ("HUB_LOCALE", "tlh"),
        ("HUB_PUBLIC_URL", "hub.example"),
        ("HUB_PUBLIC_URL", "http://"),
        ("HUB_PUBLIC_URL", "ftp://hub.example"),
        ("HUB_SECRET_KEY", "ChangeMe"),
        ("HUB_SECRET_KEY", "opensesame-17"),
        ("HUB_MAX_BODY_MB", "0"),
        ("HUB_MAX_BODY_MB", "much"),
        ("HUB_SESSION_HOURS", "-1"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_kept_quiet(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BrokenSettings, match=f"^{name}: ") as refused:
        settings.load()
    assert PASSWORD not in str(refused.value)
    assert refused.value.__suppress_context__  # so a traceback does not show it either


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("HUB_MAX_BODY_MB", "0")
    with pytest.raises(BrokenSettings) as refused:
        settings.load()
    assert {line.partition(":")[0] for line in str(refused.value).split("; ")} == {
        "HUB_TIMEZONE",
        "HUB_MAX_BODY_MB",
    }


def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRET_KEY", SECRET)
    monkeypatch.setenv("HUB_DEMO_PASSWORD", PASSWORD)
    monkeypatch.setenv("HUB_DATABASE_URL", f"postgresql+psycopg://hub:{PASSWORD}@host/hub")
    made = settings.load()
    assert made.secret_key.get_secret_value() == SECRET
    for shown in (repr(made), str(made), f"{made}"):
        assert SECRET not in shown
        assert PASSWORD not in shown


def test_without_settings_the_hub_runs_on_a_file_in_the_data_folder() -> None:
    made = settings.load()
    assert made.url == "sqlite:///data/hub.db"
    assert (made.timezone, made.locale) == ("UTC", "en")


def test_an_empty_setting_is_one_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", "")
    monkeypatch.setenv("HUB_MAX_BODY_MB", "")
    assert settings.load().url == "sqlite:///data/hub.db"


def test_settings_are_read_from_a_file_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HUB_TIMEZONE=Asia/Hong_Kong\nHUB_LOCALE=zh-Hant\n", "utf-8")
    monkeypatch.setenv("HUB_LOCALE", "zh-Hans")
    made = settings.load()
    assert (made.timezone, made.locale) == ("Asia/Hong_Kong", "zh-Hans")


def test_the_public_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example/")
    assert settings.load().public_url == "https://hub.example"
