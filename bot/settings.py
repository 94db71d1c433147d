"""Settings from environment variables. Secrets are SecretStr, so that no log or error message shows them."""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.errors import UserError

SLACK_API = "https://slack.com/api/"
ALL_INTERFACES = "0.0.0.0"  # noqa: S104 (Slack or a proxy connects from outside; every request is signed)


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


class Settings(BaseSettings):
    """Every setting. Each field's alias is its environment variable."""

    model_config = SettingsConfigDict(populate_by_name=True, env_ignore_empty=True, extra="ignore")

    bot_token: Annotated[SecretStr | None, Field(alias="SLACK_BOT_TOKEN")] = None
    app_token: Annotated[SecretStr | None, Field(alias="SLACK_APP_TOKEN")] = None
    signing_secret: Annotated[SecretStr | None, Field(alias="SLACK_SIGNING_SECRET")] = None
    slack_api_url: Annotated[str, Field(alias="SLACK_API_URL")] = SLACK_API
    database_url: Annotated[SecretStr | None, Field(alias="DATABASE_URL")] = None
    organisation: Annotated[Path | None, Field(alias="PMO_ORGANISATION")] = None
    data: Annotated[Path, Field(alias="PMO_DATA")] = Path(".pmo")
    port: Annotated[int, Field(alias="PMO_PORT", ge=0, le=65535)] = 8080
    host: Annotated[str, Field(alias="PMO_HOST")] = ALL_INTERFACES
    lease_seconds: Annotated[float, Field(alias="PMO_LEASE_SECONDS", ge=3, le=600)] = 60.0
    llm_url: Annotated[str, Field(alias="PMO_LLM_URL")] = ""
    llm_model: Annotated[str, Field(alias="PMO_LLM_MODEL")] = ""
    llm_key: Annotated[SecretStr | None, Field(alias="PMO_LLM_KEY")] = None
    operations_port: Annotated[int | None, Field(alias="PMO_OPERATIONS_PORT", ge=0, le=65535)] = None
    operations_host: Annotated[str, Field(alias="PMO_OPERATIONS_HOST")] = "127.0.0.1"
    log_format: Annotated[LogFormat, Field(alias="PMO_LOG_FORMAT")] = LogFormat.TEXT
    posts_per_minute: Annotated[float, Field(alias="PMO_POSTS_PER_MINUTE", ge=1, le=100_000)] = 280.0

    @field_validator("bot_token")
    @classmethod
    def _is_bot_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not token.get_secret_value().startswith("xoxb-"):
            raise ValueError("a bot token starts with xoxb-; copy it from OAuth & Permissions")
        return token

    @field_validator("app_token")
    @classmethod
    def _is_app_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not token.get_secret_value().startswith("xapp-"):
            raise ValueError("an app-level token starts with xapp-; create one under Basic Information")
        return token

    @field_validator("slack_api_url")
    @classmethod
    def _is_address(cls, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            raise ValueError("the address of the Web API starts with https:// (or http:// on this machine)")
        return address.rstrip("/") + "/"

    @field_validator("host", "operations_host")
    @classmethod
    def _is_own_address(cls, host: str) -> str:
        try:
            ip_address(host)
        except ValueError:
            raise ValueError(
                "expected an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"
            ) from None
        return host

    @field_validator("llm_url")
    @classmethod
    def _is_model_address(cls, address: str) -> str:
        """Without a name and password: addresses are shown and logged."""
        found = urlsplit(address)
        if address and (found.scheme not in ("http", "https") or not found.hostname or "@" in found.netloc):
            raise ValueError("expected an address such as https://llm.example.org/v1; the key goes into PMO_LLM_KEY")
        return address

    @property
    def is_local(self) -> bool:
        """Whether no Slack is configured, so that the bot runs with a local workspace."""
        return self.bot_token is None and self.app_token is None and self.signing_secret is None

    @property
    def database(self) -> str:
        """The address of the database; by default a file in the data folder."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data.absolute() / 'pmo.db'}"


def read_settings() -> Settings:
    """The settings from the environment.

    Raises:
        UserError: naming each variable that is invalid, but never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise UserError("\n".join(_describe_problem(found) for found in error.errors())) from None


def _describe_problem(found: ErrorDetails) -> str:
    """One error as a sentence that names the variable, without its value."""
    name, limits = found["loc"][0], found.get("ctx", {})
    match found["type"]:
        case "greater_than_equal":
            return f"{name} must be {limits['ge']:g} or more."
        case "less_than_equal":
            return f"{name} must be {limits['le']:g} or less."
        case "int_parsing" | "float_parsing":
            return f"{name} must be a number."
        case _:
            text = str(found["msg"]).removeprefix("Value error, ").rstrip(".")
            return f"{name}: {text[:1].upper()}{text[1:]}."
