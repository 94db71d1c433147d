"""The two kinds of expected errors: a broken configuration, and a refused call."""

from typing import Any


class ConfigError(Exception):
    """The manifest, the seed or the saved data cannot be used. The message says where and what to do."""


class ApiError(Exception):
    """A Web API call is refused with one of Slack's own error codes and, where Slack adds them, more fields."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


class NoAppResponse(Exception):
    """The app gave no usable answer to a command, an interaction or a shortcut.

    `code` is Slack's word for it (`operation_timeout`, `dispatch_failed`, `app_offline`), the message is for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
