"""What Slack's refusals mean: whether the place or the message is at fault, why, and what somebody can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

# Only the thread can't be written to; the conversation can.
THREAD_REFUSED = frozenset(
    {
        "thread_not_found",
        "invalid_thread_ts",
        "cannot_reply_to_message",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    }
)
# The message to be edited is gone, or stays as it is.
MESSAGE_GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive", "streaming_state_conflict"}
)
METADATA_REFUSED = frozenset(
    {
        "metadata_too_large",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_must_be_sent_from_app",
        "cannot_add_metadata",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`why` completes “I couldn't post it in #channel: …”; `remedy` completes “To mend it: …”."""

    why: str
    remedy: str

    @property
    def what_to_do(self) -> str:
        """The remedy as a sentence."""
        return f"{self.remedy[0].upper()}{self.remedy[1:]}."


_NOT_IN = Refusal("I'm not in that channel", "invite the bot with /invite @PMO Assistant")
_RESTRICTED = Refusal(
    "the workspace doesn't let me post there",
    "ask a workspace administrator to let the app post there, or choose another channel in the organisation file",
)
_NO_ACCESS = Refusal(
    "this workspace has no access to that channel",
    "ask a workspace administrator to give the app access, or choose another channel in the organisation file",
)
_NO_THREAD = Refusal("that thread can't be replied to", "there is nothing to mend: the thread is gone or closed")
_GONE = Refusal("the message is gone or can't be changed any more", "there is nothing to mend: it was deleted")
_LAYOUT = Refusal("Slack didn't accept the message", "this is a defect in the bot; see its log for details")

# By Slack's error code.
PLACES: Mapping[str, Refusal] = {
    "not_in_channel": _NOT_IN,
    "user_not_in_channel": Refusal("you aren't in that channel", "there is nothing to mend"),
    "channel_not_found": Refusal(
        "the channel doesn't exist, or it's private and I'm not in it",
        "invite the bot, or correct the ID in the organisation file",
    ),
    "is_archived": Refusal(
        "the channel is archived", "unarchive the channel, or choose another one in the organisation file"
    ),
    "restricted_action": _RESTRICTED,
    "restricted_action_read_only_channel": Refusal(
        "only some people may post in that channel",
        "let the app post in the channel (its settings, under Posting permissions), or choose another one in the "
        "organisation file",
    ),
    "restricted_action_thread_only_channel": Refusal(
        "only replies in threads are allowed in that channel",
        "allow new messages in the channel, or choose another one in the organisation file",
    ),
    "no_permission": _NO_ACCESS,
    "access_denied": _NO_ACCESS,
    "ekm_access_denied": Refusal(
        "an administrator has suspended access to that channel",
        "ask a workspace administrator about the channel's encryption keys",
    ),
    "team_access_not_granted": _NO_ACCESS,
    "team_not_found": _NO_ACCESS,
    "messages_tab_disabled": Refusal(
        "direct messages with the app are off", "turn on the Messages tab under App Home in the app's settings"
    ),
    "not_enabled": Refusal("the app's Home is off", "turn on the Home tab under App Home in the app's settings"),
    "missing_scope": Refusal(
        "I lack a permission",
        "paste the output of “pmo manifest” into the app's manifest in Slack, then reinstall the app",
    ),
    "user_not_found": Refusal("there's no such person", "correct the ID in the organisation file"),
    "user_disabled": Refusal("the account is deactivated", "remove this person from the organisation file"),
    "cannot_dm_bot": Refusal("that is a bot", "correct the person's ID in the organisation file"),
    "messaging_restricted": _RESTRICTED,
    **dict.fromkeys(THREAD_REFUSED, _NO_THREAD),
    **dict.fromkeys(MESSAGE_GONE, _GONE),
}
_FAMILIES = {"restricted_action": _RESTRICTED, "slack_connect": _NO_ACCESS, "user_is": PLACES["user_disabled"]}


def find_place_refusal(code: str) -> Refusal | None:
    """What it means that the place refuses; None if the message may be at fault."""
    return PLACES.get(code) or next((one for name, one in _FAMILIES.items() if code.startswith(name)), None)


def describe_refusal(code: str) -> Refusal:
    return find_place_refusal(code) or _LAYOUT
