"""Reads a database address as people and hosting services write it, for SQLAlchemy and the driver."""

import ssl
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from foundation.errors import UserError

DRIVER = "pg8000"
_SCHEMES = {"postgres": f"postgresql+{DRIVER}", "postgresql": f"postgresql+{DRIVER}", "sqlite": "sqlite"}
# The driver uses channel binding whenever it can, so that parameter changes nothing.
_UNDERSTOOD = {"application_name", "channel_binding", "host", "sslmode"}
_HINT = "Use sqlite:///path/to/file.db or postgresql://user:password@host:5432/name."


class BadAddress(UserError):
    """DATABASE_URL can't be used. The message never repeats it, because it may contain a password."""


def read_address(text: str) -> tuple[URL, dict[str, Any]]:
    """The URL for SQLAlchemy, and the driver's own arguments.

    The usual libpq parameters are understood (`host` as the folder of a Unix socket); others are rejected.

    Raises:
        BadAddress: it isn't the address of a database that can be used.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadAddress(f"DATABASE_URL isn't a valid address. {_HINT}") from None
    scheme = url.drivername.partition("+")[0]
    if scheme not in _SCHEMES:
        raise BadAddress(f"PMO Assistant doesn't support {scheme} databases. {_HINT}")
    if scheme == "sqlite":
        return url, {}
    if find_spec(DRIVER) is None:
        raise BadAddress(f"The PostgreSQL driver {DRIVER} is missing. Install pmo-assistant[postgres].")
    return _read_postgresql_address(url.set(drivername=_SCHEMES[scheme]))


def _read_postgresql_address(url: URL) -> tuple[URL, dict[str, Any]]:
    unknown = set(url.query) - _UNDERSTOOD
    if unknown:
        raise BadAddress(f"DATABASE_URL has unknown parameters: {', '.join(sorted(unknown))}. Remove them.")
    # A connection that has been silent for half a minute is broken: no statement here takes that long.
    extra: dict[str, Any] = {"timeout": 30, "application_name": str(url.query.get("application_name", "pmo"))}
    if "host" in url.query:
        extra["unix_sock"] = f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"
    if "sslmode" in url.query:
        extra["ssl_context"] = _build_ssl_context(str(url.query["sslmode"]))
    return url.difference_update_query(sorted(_UNDERSTOOD)), extra


def _build_ssl_context(mode: str) -> ssl.SSLContext | None:
    """libpq's sslmode: `require` encrypts without checking the certificate, `verify-…` checks it."""
    if mode in ("disable", "allow", "prefer"):
        return None
    if mode not in ("require", "verify-ca", "verify-full"):
        raise BadAddress("DATABASE_URL has an unknown sslmode. Use disable, require, verify-ca or verify-full.")
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify-full"
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    return context
