"""Reads what Slack sends over HTTP: first whether Slack signed it, then what it says."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.payload_shapes import check_shape

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 100
MAX_DEPTH = 64


class BadRequest(Exception):
    """A request that isn't answered. The text says why, without anything of its content."""

    def __init__(self, reason: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(reason)
        self.status = status


def is_signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether Slack signed exactly this body within the last five minutes."""
    try:
        return verifier.is_valid_request(body, headers)
    except (ValueError, TypeError):  # no number as timestamp, no text as body, no ASCII as signature
        return False


def is_certificate_check(body: bytes, content_type: str) -> bool:
    """Whether it is Slack's check of a command's certificate: it isn't signed, wants status 200 and nothing else."""
    return content_type == FORM_TYPE and b"ssl_check=1" in body.split(b"&")


def parse_payload(body: bytes, content_type: str) -> dict[str, Any]:
    """The payload of an event, a command, an interaction or Slack's check of the address.

    Raises:
        BadRequest: it's none of those.
    """
    try:
        text = body.decode()
        payload = _parse_form(text) if content_type == FORM_TYPE else json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequest("its body is neither JSON nor a form") from None
    if content_type not in (JSON_TYPE, FORM_TYPE):
        raise BadRequest("its content type is neither JSON nor a form")
    if _is_deeper(payload, MAX_DEPTH):
        raise BadRequest("its payload is nested too deeply")
    try:
        check_shape(payload)
    except ValidationError:
        raise BadRequest("its payload is none that Slack sends") from None
    found: dict[str, Any] = payload
    return found


def _parse_form(text: str) -> Any:
    """A command is a form of its own; interactions come as JSON in one field."""
    form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    return json.loads(form["payload"]) if "payload" in form else form


def _is_deeper(value: object, levels: int) -> bool:
    children: Iterable[object] = ()
    if isinstance(value, dict | list):
        children = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(child, levels - 1) for child in children)


def build_bolt_request(payload: dict[str, Any], headers: Mapping[str, str]) -> AsyncBoltRequest:
    """What Bolt works with. It neither parses the body nor checks the signature again, as over Socket Mode.

    Raises:
        BadRequest: Bolt can't find its way in the payload.
    """
    try:
        return AsyncBoltRequest(body=payload, headers=dict(headers), mode="socket_mode")
    except Exception:  # whatever an unexpected shape leads to
        raise BadRequest("its payload has an unexpected shape") from None
