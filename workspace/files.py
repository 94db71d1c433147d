"""Uploaded files: taking the bytes, making the file, and serving it."""

import mimetypes
import struct
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.records import Json
from workspace.state import WorkspaceState
from workspace.uploads import Upload, Uploads

FILE_AT_MOST = 64 * 1024 * 1024
DESCRIPTION_AT_MOST = 1_000
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def create_file(state: WorkspaceState, uploads: Uploads, file_id: str, title: str, user: str) -> Json:
    """Turn a finished upload into a file of the workspace. Raises ApiError `file_not_found`."""
    if file_id in state.files:
        return state.files[file_id]
    upload = uploads.finish(file_id)
    file = _build_file_object(state, upload, title, user)
    state.saver.save_blob(file_id, upload.content or b"")
    state.save_file(file)
    return file


def _build_file_object(state: WorkspaceState, upload: Upload, title: str, user: str) -> Json:
    kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    ending = upload.name.rpartition(".")[2].lower() if "." in upload.name else "binary"
    address = f"/files/{upload.file_id}/{quote(upload.name)}"
    now = int(state.clock.now())
    file: Json = {
        "id": upload.file_id,
        "created": now,
        "timestamp": now,
        "name": upload.name,
        "title": title or upload.name,
        "mimetype": kind,
        "filetype": ending,
        "pretty_type": ending.upper(),
        "user": user,
        "size": len(upload.content or b""),
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": address,
        "url_private_download": address,
        "permalink": f"/client{address}",
        "channels": [],
        "groups": [],
        "ims": [],
    }
    if upload.description:
        file["alt_txt"] = upload.description
    return file | _read_picture_size(upload.content or b"")


def _read_picture_size(content: bytes) -> Json:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        return {}
    width, height = struct.unpack(">II", content[16:24])
    return {"original_w": width, "original_h": height}


def with_full_urls(base_url: str, file: Json) -> Json:
    """Return the file as apps receive it, with full URLs."""
    addresses = ("url_private", "url_private_download", "permalink")
    return file | {name: f"{base_url}{file[name]}" for name in addresses if str(file.get(name)).startswith("/")}


@dataclass(frozen=True, slots=True)
class FileRoutes:
    """Routes that take uploads, and serve files to the app (with its token) and to people on the page."""

    hub: Hub

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/upload/v1/{ticket}", self.upload),
            web.post("/client/upload", self.upload_from_page),
            web.get("/files/{id}/{name}", self.serve),
            web.get("/client/files/{id}/{name}", self.serve_to_page),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        try:
            self.hub.uploads.receive(request.match_info["ticket"], await _read_content(request))
        except ApiError as failure:
            return web.Response(status=400, text=failure.code)
        except (ValueError, AssertionError):  # aiohttp raises either for an invalid multipart body
            return web.Response(status=400, text="invalid_form_data")
        return web.Response(text="OK")

    async def upload_from_page(self, request: web.Request) -> web.Response:
        user, name = request.query.get("user", ""), request.query.get("name") or "file"
        content = await request.read()
        if user not in self.hub.state.people or not content:
            return web.json_response(
                {"ok": False, "error": "invalid_file", "message": "Choose a file that isn't empty."}
            )
        file_id, ticket = self.hub.uploads.start(name, len(content), "")
        self.hub.uploads.receive(ticket, content)
        return web.json_response(
            {"ok": True, "file": create_file(self.hub.state, self.hub.uploads, file_id, name, user)}
        )

    async def serve(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").partition(" ")[2].strip()
        known = token == self.hub.tokens.bot and not self.hub.token_error
        if not known or "files:read" not in self.hub.manifest.scopes:
            text = "Send a bot token with the files:read scope in the Authorization header."
            return web.Response(status=403, text=text)
        return self._send_file(request.match_info["id"])

    async def serve_to_page(self, request: web.Request) -> web.Response:
        if request.query.get("user", next(iter(self.hub.state.people))) not in self.hub.state.people:
            return web.Response(status=403, text="Add ?user= with the ID of a person in this workspace.")
        return self._send_file(request.match_info["id"])

    def _send_file(self, file_id: str) -> web.Response:
        file, content = self.hub.state.files.get(file_id), self.hub.state.saver.load_blob(file_id)
        if file is None or content is None:
            return web.Response(status=404, text="This file doesn't exist.")
        kind = file["mimetype"]
        headers = {"Cache-Control": "private, max-age=31536000, immutable", "Content-Type": kind}
        if kind not in PICTURES:
            # An uploaded HTML or SVG file must not run as a page of this origin, where it could act as anyone.
            # Everything but pictures is therefore a download.
            headers |= {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
        return web.Response(body=content, headers=headers)


async def _read_content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    parts: Any = await request.multipart()
    async for part in parts:
        if isinstance(part, BodyPartReader):
            return bytes(await part.read())
    return b""
