"""The expected errors: an invalid configuration, a refused call, and an app that doesn't respond."""

from typing import Any


class ConfigError(Exception):
    """The manifest, the seed or the saved data can't be used. The message says where and what to do."""


class ApiError(Exception):
    """A Web API call is refused with one of Slack's own error codes, and with the extra fields Slack adds to some."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


class NoAppResponse(Exception):
    """The app gave no usable response to a command, an interaction or a shortcut.

    `code` is Slack's error code (`operation_timeout`, `dispatch_failed`, `app_offline`); `message` is for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
