"""The modals people have open: a stack of up to three per person."""

import secrets
import string
from collections import defaultdict

from workspace.block_ids import add_missing_ids
from workspace.errors import ApiError
from workspace.records import Json
from workspace.state import WorkspaceState

STACK_AT_MOST = 3
ALPHABET = string.ascii_uppercase + string.digits


class ViewStacks:
    """Open modals: a stack per person, and an index by id."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._stacks: dict[str, list[Json]] = defaultdict(list)
        self._owners: dict[str, tuple[str, Json]] = {}

    def build_view(
        self, user: str, given: Json, *, view_id: str = "", root: str = "", previous: str | None = None
    ) -> Json:
        """Build the view that Slack stores and returns from the one the app sent to this person."""
        state = self._state
        own_id = view_id or "V" + "".join(secrets.choice(ALPHABET) for _ in range(10))
        return {
            "id": own_id,
            "team_id": state.find_team(user).id,
            "type": given.get("type", "modal"),
            "blocks": add_missing_ids(given.get("blocks", [])),
            "private_metadata": given.get("private_metadata") or "",
            "callback_id": given.get("callback_id") or "",
            "external_id": given.get("external_id") or "",
            "state": {"values": {}},
            "hash": f"{int(state.clock.now())}.{secrets.token_hex(4)}",
            "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(given.get("clear_on_close")),
            "notify_on_close": bool(given.get("notify_on_close")),
            "submit_disabled": bool(given.get("submit_disabled")),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": previous,
            "root_view_id": root or own_id,
            "app_id": state.app.id,
            "app_installed_team_id": state.team.id,
            "bot_id": state.app.bot_id,
        }

    def open(self, user: str, given: Json) -> Json:
        """Open a new stack with this view as its root. Views that were open before are closed."""
        self.check_external_id(given)
        self.clear(user)
        view = self.build_view(user, given)
        self._stacks[user].append(view)
        self._owners[view["id"]] = (user, view)
        return view

    def push(self, user: str, given: Json) -> Json:
        """Add a view on top. Raises ApiError `push_limit_reached` for a full stack, `not_found` without one."""
        stack = self._stacks[user]
        if not stack:
            raise ApiError("not_found")
        if len(stack) >= STACK_AT_MOST:
            raise ApiError("push_limit_reached")
        self.check_external_id(given)
        view = self.build_view(user, given, root=stack[0]["id"], previous=stack[-1]["id"])
        stack.append(view)
        self._owners[view["id"]] = (user, view)
        return view

    def replace(self, view_id: str, given: Json) -> tuple[str, Json]:
        """Replace an open view. Returns the person and the new view. Raises ApiError `not_found`."""
        user, old = self.find(view_id)
        self.check_external_id(given, view_id)
        view = self.build_view(user, given, view_id=view_id, root=old["root_view_id"], previous=old["previous_view_id"])
        stack = self._stacks[user]
        stack[[item["id"] for item in stack].index(view_id)] = view
        self._owners[view_id] = (user, view)
        return user, view

    def find(self, view_id: str) -> tuple[str, Json]:
        if view_id not in self._owners:
            raise ApiError("not_found")
        return self._owners[view_id]

    def check_external_id(self, given: Json, view_id: str = "") -> None:
        """Raise ApiError `duplicate_external_id` if another open view or a Home tab has the same external_id."""
        external_id = given.get("external_id")
        if not external_id:
            return
        others = [*(view for _, view in self._owners.values()), *self._state.homes.values()]
        if any(view["external_id"] == external_id and view["id"] != view_id for view in others):
            raise ApiError("duplicate_external_id")

    def find_external(self, external_id: str) -> tuple[str, Json]:
        for user, view in self._owners.values():
            if external_id and view["external_id"] == external_id:
                return user, view
        raise ApiError("not_found")

    def close_down_to(self, user: str, view_id: str) -> list[Json]:
        """Close this view and all views on top of it. Returns the closed views, the top one first."""
        stack = self._stacks[user]
        ids = [view["id"] for view in stack]
        if view_id not in ids:
            return []
        closed = stack[ids.index(view_id) :]
        del stack[ids.index(view_id) :]
        for view in closed:
            del self._owners[view["id"]]
        return closed[::-1]

    def clear(self, user: str) -> list[Json]:
        stack = self._stacks[user]
        return self.close_down_to(user, stack[0]["id"]) if stack else []
