"""Windows on a request carry the version they show, so that nobody decides on what they haven't seen."""

from dataclasses import dataclass

from foundation.errors import Conflict
from handlers.context import AppContext
from handlers.requests.blocks.timeline import describe_missed_changes
from handlers.slack import payloads
from handlers.slack.calls import Payload
from servicedesk.history import list_missed_changes
from servicedesk.records import Request, RequestVerb
from storage.store import Transaction


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """What somebody wants to do to a request, and the version that they saw; None if that isn't known."""

    number: int
    verb: RequestVerb
    version: int | None = None


def read_seen_request(metadata: str, verb: str = "") -> SeenRequest:
    """What a form's metadata says: “number:verb:version”.

    Forms that earlier versions of the bot opened have no version, and the one for resubmitting had no verb: `verb`.
    """
    number, named, version, *_ = (*metadata.split(":"), "", "")
    return SeenRequest(int(number), RequestVerb(named or verb), int(version) if version else None)


def read_shown_version(payload: Payload, number: int) -> int | None:
    """The version of the request in whose window somebody clicked; None if it was somewhere else."""
    if not payloads.read_open_modal(payload):
        return None
    shown, _, version = payloads.read_metadata(payload).partition("::")
    return int(version) if version and shown == str(number) else None


def check_seen_version(tx: Transaction, ctx: AppContext, request: Request, seen: SeenRequest) -> None:
    """Whether the person knew everything that matters for the verb. The log is read only if something changed.

    Raises:
        Conflict: something happened that the window didn't show; the message says what.
    """
    if seen.version is None or seen.version == request.version:
        return
    if missed := list_missed_changes(tx.requests.read_log(request.number), seen.version, seen.verb):
        happened = describe_missed_changes(missed, ctx.desk)
        raise Conflict(f"{happened} Close the window and open {request.reference} again, then decide.")
