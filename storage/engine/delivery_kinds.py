"""What the outbox can be asked to do. Which Slack calls that takes is decided in bot/engine."""

from collections.abc import Callable, Iterable
from enum import StrEnum


class DeliveryKind(StrEnum):
    """The intent of a delivery, as it's stored. The name `file` is reserved for uploads."""

    POST = "post"
    EDIT = "edit"
    EPHEMERAL = "ephemeral"  # shown to one person only, where they are
    RESPOND = "respond"  # to the response_url of a command or a button
    HOME = "home"
    REMOVE_DUPLICATES = "remove_duplicates"  # see storage.engine.duplicates

    @classmethod
    def _missing_(cls, value: object) -> "DeliveryKind | None":
        return EARLIER_NAMES.get(str(value))


# Earlier versions stored these names, and their processes may still add rows during a rolling start.
EARLIER_NAMES = {
    "chat.postMessage": DeliveryKind.POST,
    "chat.update": DeliveryKind.EDIT,
    "chat.postEphemeral": DeliveryKind.EPHEMERAL,
    "response_url": DeliveryKind.RESPOND,
    "views.publish": DeliveryKind.HOME,
    "strays": DeliveryKind.REMOVE_DUPLICATES,
}

# The names of everything that a delivery of this kind may call, each of which can be paused; the flag says whether an
# earlier attempt may have got through.
CallsOf = Callable[[DeliveryKind, bool], Iterable[str]]


def list_stored_names(kind: DeliveryKind) -> tuple[str, ...]:
    """Every value that stands for this kind in the database."""
    return (kind.value, *(name for name, one in EARLIER_NAMES.items() if one is kind))
