"""Which Slack Web API methods make a delivery of each kind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.engine.delivery_kinds import DeliveryKind

POST_MESSAGE = "chat.postMessage"
UPDATE_MESSAGE = "chat.update"
DELETE_MESSAGE = "chat.delete"
POST_EPHEMERAL = "chat.postEphemeral"
PUBLISH_VIEW = "views.publish"
READ_CHANNEL = "conversations.history"
READ_THREAD = "conversations.replies"
OPEN_DIRECT_MESSAGE = "conversations.open"
READ_CHANNEL_INFO = "conversations.info"
LIST_MEMBERS = "conversations.members"
READ_PERSON = "users.info"
LIST_GROUP_MEMBERS = "usergroups.users.list"
RESPONSE_URL = "response_url"  # no method, but limited like one
SEARCH = (READ_CHANNEL, READ_THREAD, OPEN_DIRECT_MESSAGE)


@dataclass(frozen=True, slots=True)
class Calls:
    """What a first attempt calls, and what each later one may call as well. The first names the kind's own method."""

    always: tuple[str, ...]
    when_repeated: tuple[str, ...] = ()


CALLS: Mapping[DeliveryKind, Calls] = {
    DeliveryKind.POST: Calls((POST_MESSAGE,), when_repeated=(*SEARCH, UPDATE_MESSAGE)),
    DeliveryKind.EDIT: Calls((UPDATE_MESSAGE,)),
    DeliveryKind.EPHEMERAL: Calls((POST_EPHEMERAL,)),
    DeliveryKind.RESPOND: Calls((RESPONSE_URL,)),
    DeliveryKind.HOME: Calls((PUBLISH_VIEW,)),
    DeliveryKind.REMOVE_DUPLICATES: Calls((DELETE_MESSAGE, *SEARCH)),
}


def list_calls(kind: DeliveryKind, is_repeated: bool) -> Iterable[str]:
    """Every call that the delivery may make. While one of them is paused, the delivery waits."""
    calls = CALLS[kind]
    return (*calls.always, *calls.when_repeated) if is_repeated else calls.always


def name_main_call(kind: DeliveryKind) -> str:
    return CALLS[kind].always[0]
