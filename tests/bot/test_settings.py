"""Settings from the environment, and the errors for those that are invalid."""

from pathlib import Path

import pytest

from bot.settings import ALL_INTERFACES, Settings, read_settings
from bot.transports import read_endpoint
from foundation.errors import UserError

SECRET = "xoxp-very-secret"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as refused:
        read_settings()
    return refused.value.message


def test_empty_environment_means_local_workspace() -> None:
    settings = read_settings()
    assert settings.is_local
    assert settings.database == f"sqlite:///{Path('.pmo/pmo.db').absolute()}"
    assert (settings.host, settings.port) == (ALL_INTERFACES, 8080)


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    monkeypatch.setenv("PMO_PORT", "")
    assert read_settings().is_local


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", SECRET, "SLACK_BOT_TOKEN: A bot token starts with xoxb-"),
        ("SLACK_APP_TOKEN", SECRET, "SLACK_APP_TOKEN: An app-level token starts with xapp-"),
        ("SLACK_API_URL", "slack.com", "SLACK_API_URL: The address of the Web API starts with https://"),
        ("PMO_PORT", "eighty", "PMO_PORT must be a number."),
        ("PMO_PORT", "70000", "PMO_PORT must be 65535 or less."),
        ("PMO_HOST", "everywhere", "PMO_HOST: Expected an IP address of this machine, such as 127.0.0.1,"),
        ("PMO_HOST", "127.0.0.1:8080", "PMO_HOST: Expected an IP address of this machine, such as 127.0.0.1,"),
        ("PMO_LLM_URL", "llm.example.org", "PMO_LLM_URL: Expected an address such as https://"),
        ("PMO_LLM_URL", f"https://me:{SECRET}@llm.example.org/v1", "PMO_LLM_URL: Expected an address such as https://"),
        ("PMO_LLM_URL", "http://[::1/v1", "PMO_LLM_URL: Invalid IPv6 URL"),
        ("PMO_LEASE_SECONDS", "0", "PMO_LEASE_SECONDS must be 3 or more."),
    ],
)
def test_each_invalid_variable_gets_a_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    message = refusal(monkeypatch, **{variable: value})
    assert message.startswith(said)
    assert "\n" not in message


def test_errors_never_show_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(monkeypatch, SLACK_BOT_TOKEN=SECRET, SLACK_APP_TOKEN=SECRET)
    assert len(message.splitlines()) == 2
    assert SECRET not in message
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-hidden")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-hidden")
    monkeypatch.setenv("DATABASE_URL", "postgresql://pmo:hidden@db/pmo")
    monkeypatch.setenv("PMO_LLM_KEY", "hidden")
    assert "hidden" not in repr(read_settings())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN isn't"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN isn't set"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN isn't set"),
    ],
)
def test_incomplete_set_of_tokens_is_rejected(given: dict[str, str], said: str) -> None:
    settings = Settings(**given)
    assert not settings.is_local
    with pytest.raises(UserError, match=said):
        read_endpoint(settings)


def test_signing_secret_alone_means_http_requests() -> None:
    given = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "PMO_HOST": "::1", "PMO_PORT": 3000}
    at = read_endpoint(Settings(**given))
    assert (at.app_token, at.signing_secret, at.host, at.port) == (None, "s", "::1", 3000)
