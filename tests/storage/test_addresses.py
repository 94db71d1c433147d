"""Database addresses as people and hosting services write them."""

import ssl

import pytest

from storage.addresses import BadAddress, read_address


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+pg8000"])
def test_every_postgresql_scheme_uses_installed_driver(scheme: str) -> None:
    url, _ = read_address(f"{scheme}://ada:secret@db.example:5433/pmo")
    assert url.drivername == "postgresql+pg8000"
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "ada",
        "secret",
        "db.example",
        5433,
        "pmo",
    )


def test_socket_folder_is_understood() -> None:
    url, extra = read_address("postgresql://ada@/pmo?host=/var/run/postgresql")
    assert extra["unix_sock"] == "/var/run/postgresql/.s.PGSQL.5432"
    assert not url.query


@pytest.mark.parametrize(
    ("mode", "looks_at_certificate", "looks_at_name"),
    [("require", False, False), ("verify-ca", True, False), ("verify-full", True, True)],
)
def test_sslmode_sets_encryption(mode: str, looks_at_certificate: bool, looks_at_name: bool) -> None:
    _, extra = read_address(f"postgres://ada@db.example/pmo?sslmode={mode}")
    context = extra["ssl_context"]
    assert context.verify_mode == (ssl.CERT_REQUIRED if looks_at_certificate else ssl.CERT_NONE)
    assert context.check_hostname is looks_at_name


def test_hosting_services_parameters_are_understood() -> None:
    url, extra = read_address("postgresql://ada@db/pmo?sslmode=require&channel_binding=require&application_name=desk")
    assert extra["application_name"] == "desk"
    assert not url.query


def test_sqlite_address_is_unchanged() -> None:
    url, extra = read_address("sqlite:////var/lib/pmo/pmo.db")
    assert url.database == "/var/lib/pmo/pmo.db"
    assert extra == {}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("pmo.db", "isn't a valid address"),
        ("", "isn't a valid address"),
        ("mysql://ada:secret@db/pmo", "doesn't support mysql"),
        ("postgres://ada:secret@db/pmo?sslmode=perhaps", "unknown sslmode"),
        ("postgres://ada:secret@db/pmo?pgbouncer=true", "unknown parameters: pgbouncer"),
    ],
)
def test_invalid_address_error_hides_password(address: str, words: str) -> None:
    with pytest.raises(BadAddress, match=words) as refused:
        read_address(address)
    assert "secret" not in refused.value.message
