"""Which language model is configured, and where it is."""

import importlib.util
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.settings import Settings
from foundation.errors import UserError

INSTALL = "To install it, type “make llm”"


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """Where the model is. `key` is empty if the server needs none."""

    url: str
    model: str
    key: SecretStr

    @property
    def host(self) -> str:
        """Host and port, for people to read."""
        return urlsplit(self.url).netloc

    @property
    def is_exposed(self) -> bool:
        """Whether what is sent crosses a network unencrypted."""
        return self.url.startswith("http://") and not _is_loopback(urlsplit(self.url).hostname or "")


def read_model_endpoint(settings: Settings) -> ModelEndpoint | None:
    """The configured model; None by default.

    Raises:
        UserError: only a part of it is configured.
    """
    if not (settings.llm_url or settings.llm_model or settings.llm_key):
        return None
    for name, value in (("PMO_LLM_URL", settings.llm_url), ("PMO_LLM_MODEL", settings.llm_model)):
        if not value:
            raise UserError(f"{name} isn't set. To use a language model, set PMO_LLM_URL and PMO_LLM_MODEL.")
    return ModelEndpoint(settings.llm_url, settings.llm_model, settings.llm_key or SecretStr(""))


def require_model(settings: Settings) -> ModelEndpoint:
    """The configured model, for what can't be done without one.

    Raises:
        UserError: none is configured, or its client isn't installed.
    """
    endpoint = read_model_endpoint(settings)
    if endpoint is None:
        raise UserError("No language model is set. Set PMO_LLM_URL and PMO_LLM_MODEL.")
    if reason := explain_missing_client():
        raise UserError(reason)
    return endpoint


def explain_missing_client() -> str | None:
    """Why no language model can be used although one is configured; None if the client is installed."""
    if importlib.util.find_spec("openai"):
        return None
    return f"The package openai isn't installed, so no language model is used. {INSTALL}."


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
