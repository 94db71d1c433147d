"""The vectors of the shipped handbook, encoded once for all test runs: encoding takes half a minute."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock
from sqlalchemy import select

from storage.database import Database
from storage.handbook import VectorCache
from storage.tables.handbook import VectorRow


@contextlib.contextmanager
def cache_vectors(database: Database, cache: Path) -> Iterator[None]:
    """Use and store the vectors that earlier test runs encoded, by encoder and text."""
    with FileLock(cache / "lock"):
        kept = cache / "vectors.json"
        known = json.loads(kept.read_text()) if kept.exists() else {}
        for encoder, vectors in known.items():
            VectorCache(database).put_many(encoder, {digest: bytes.fromhex(code) for digest, code in vectors.items()})
        yield
        with database.read_only() as session:
            rows = session.execute(select(VectorRow.encoder, VectorRow.digest, VectorRow.vector)).all()
        found: dict[str, dict[str, str]] = {}
        for encoder, digest, vector in rows:
            found.setdefault(encoder, {})[digest] = vector.hex()
        kept.write_text(json.dumps(found))
