"""What a person gets directly when it can't be shown where it belongs: the message, where that was, and why not."""

from bot.engine.delivery_client import MAY_BE_DOUBLE
from bot.engine.refusals import MESSAGE_GONE, describe_refusal, find_place_refusal
from handlers.slack.blocks.builders import Message
from handlers.slack.blocks.notes import add_note
from storage.engine.claiming import Delivery
from storage.engine.delivery_kinds import DeliveryKind

CONTENT = ("text", "blocks", "attachments")


def build_instead_message(delivery: Delivery, code: str) -> Message:
    """The content of the delivery for its person, with a note about the place if it's a channel they know."""
    message = {name: part for name, part in delivery.arguments.items() if name in CONTENT}
    channel = delivery.channel or delivery.target_channel or ""
    is_known = channel.startswith(("C", "G")) and delivery.kind is not DeliveryKind.RESPOND and code not in MESSAGE_GONE
    if is_known:
        why = describe_refusal(code).why
        message = add_note(message, f"I couldn't show this in <#{channel}>: {why}.", first=True)
    return add_note(message, MAY_BE_DOUBLE) if delivery.is_repeated and delivery.kind is DeliveryKind.POST else message


def can_be_mended(delivery: Delivery, code: str) -> bool:
    """Whether the PMO should know: somebody can make the channel accept messages."""
    is_told = code in MESSAGE_GONE or code in ("user_not_in_channel", "thread_not_found")
    return delivery.kind is not DeliveryKind.RESPOND and not is_told and find_place_refusal(code) is not None
