"""Which arrival the work at hand belongs to, so that every log line about it can name it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_arrival: ContextVar[str] = ContextVar("arrival", default="")


@contextmanager
def follow_arrival(key: str) -> Iterator[None]:
    """What is done within the context, and in tasks and threads that start there, belongs to the arrival."""
    token = _arrival.set(key)
    try:
        yield
    finally:
        _arrival.reset(token)


def read_arrival() -> str:
    """The key of the arrival that the work at hand belongs to; empty if it's none's, as with a scheduled job."""
    return _arrival.get()
