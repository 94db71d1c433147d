"""Uploads that were started and aren't files yet."""

import secrets
import string
from dataclasses import dataclass

from workspace.errors import ApiError

ALPHABET = string.ascii_uppercase + string.digits
UPLOADS_KEPT = 1_000


@dataclass(slots=True)
class Upload:
    file_id: str
    name: str
    length: int
    description: str
    content: bytes | None = None


class Uploads:
    """Each upload has a file id and a ticket: the secret part of its URL, valid for one upload."""

    def __init__(self) -> None:
        self._by_ticket: dict[str, Upload] = {}
        self._by_id: dict[str, Upload] = {}

    def start(self, name: str, length: int, description: str) -> tuple[str, str]:
        """Start an upload. Returns (file id, ticket)."""
        file_id = "F" + "".join(secrets.choice(ALPHABET) for _ in range(10))
        ticket = secrets.token_urlsafe(24)
        safe = name.replace("/", "_").replace("\\", "_") or "file"
        self._by_ticket[ticket] = self._by_id[file_id] = Upload(file_id, safe, length, description)
        while len(self._by_id) > UPLOADS_KEPT:
            del self._by_id[next(iter(self._by_id))]
        return file_id, ticket

    def receive(self, ticket: str, content: bytes) -> None:
        """Store the bytes. Raises ApiError `invalid_ticket`, or `length_mismatch` if the size is not as announced."""
        upload = self._by_ticket.get(ticket)
        if upload is None:
            raise ApiError("invalid_ticket")
        if len(content) != upload.length:
            raise ApiError("length_mismatch")
        upload.content = content
        del self._by_ticket[ticket]

    def finish(self, file_id: str) -> Upload:
        """Return an upload whose bytes have arrived. Raises ApiError `file_not_found`."""
        upload = self._by_id.get(file_id)
        if upload is None or upload.content is None:
            raise ApiError("file_not_found")
        del self._by_id[file_id]
        return upload
