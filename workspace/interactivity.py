"""Trigger ids and response URLs: short-lived permissions that an interaction gives the app."""

import secrets
from dataclasses import dataclass

from workspace.clock import MessageClock
from workspace.errors import ApiError

RESPONSE_USES = 5
RESPONSE_SECONDS = 30 * 60
TRIGGERS_KEPT = 10_000


@dataclass(slots=True)
class Trigger:
    """`view_id` is the view the person was in, if any; `views.push` adds to its stack."""

    user: str
    issued_at: float
    view_id: str = ""
    used: bool = False


class Triggers:
    """A trigger id is valid for `seconds` and opens one modal."""

    def __init__(self, clock: MessageClock, seconds: float, team: str) -> None:
        self._clock = clock
        self._seconds = seconds
        self._team = team
        self._triggers: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str = "") -> str:
        now = self._clock.now()
        trigger_id = f"{int(now * 1000)}.{self._team[1:]}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, now, view_id)
        while len(self._triggers) > TRIGGERS_KEPT:
            del self._triggers[next(iter(self._triggers))]
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use the trigger. Raises ApiError with Slack's codes for one that is unknown, used or expired."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._clock.now() - trigger.issued_at > self._seconds:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass(slots=True)
class ResponseUrl:
    """Where responses to one interaction go: the person, the channel, and the message it came from."""

    user: str
    channel: str
    issued_at: float
    message_ts: str = ""
    thread_ts: str = ""
    ephemeral: bool = False
    uses: int = 0


class ResponseUrls:
    """Response URLs: each is good for five uses within thirty minutes."""

    def __init__(self, clock: MessageClock) -> None:
        self._clock = clock
        self._addresses: dict[str, ResponseUrl] = {}

    def issue(
        self, user: str, channel: str, *, message_ts: str = "", thread_ts: str = "", ephemeral: bool = False
    ) -> str:
        """Return the last path segment of a new response_url."""
        key = secrets.token_urlsafe(18)
        self._addresses[key] = ResponseUrl(user, channel, self._clock.now(), message_ts, thread_ts, ephemeral)
        self._forget_old()
        return key

    def use(self, key: str) -> ResponseUrl:
        """Count one use. Raises ApiError `expired_url` or `used_url`."""
        address = self._addresses.get(key)
        if address is None or self._clock.now() - address.issued_at > RESPONSE_SECONDS:
            raise ApiError("expired_url")
        if address.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        address.uses += 1
        return address

    def _forget_old(self) -> None:
        horizon = self._clock.now() - RESPONSE_SECONDS
        for key, address in list(self._addresses.items()):
            if address.issued_at >= horizon:
                return
            del self._addresses[key]
