"""Settings come from the environment and every one of them says what it is."""

import pytest
from pydantic import ValidationError

from service.settings import Settings, load_settings


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    settings = load_settings()
    assert settings.database_url == "sqlite:///var/hours-ledger.sqlite3"
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8000, False)
    assert settings.identity_keys is settings.lookup_key is None


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PORT": "81",
        "WEB_CONCURRENCY": "3",
        "DEMO": "1",
        "LOOKUP_KEY": "abc",
        "HOST": "",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.port, settings.web_concurrency, settings.demo, settings.host) == (
        81,
        3,
        True,
        "127.0.0.1",
    )
    assert settings.lookup_key is not None
    assert settings.lookup_key.get_secret_value() == "abc"


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "99999"), ("PORT", "web"), ("WEB_CONCURRENCY", "0"), ("LOG_LEVEL", "loud")]
)
def test_a_faulty_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.lower()):
        load_settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
