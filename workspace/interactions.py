"""What people do with the app (commands, buttons, modals, shortcuts): send it to the app and apply the response."""

import logging
from collections.abc import Mapping
from typing import Any

from workspace import membership, payloads, response_urls, typed_messages, view_inputs
from workspace.app_config import AppShortcut, SlashCommand
from workspace.checks import check_options
from workspace.errors import ApiError, NoAppResponse
from workspace.hub import Hub
from workspace.interactivity import ResponseUrl
from workspace.records import Channel, Json
from workspace.typed_text import encode_typed_text
from workspace.web_api.content import complete_view

NOT_INTERACTIVE = "{app} is not configured to handle interactive responses. Turn on interactivity in its manifest."
UNUSABLE_ANSWER = "We had some trouble connecting. Try again?"
UNINSTALLED = "account_inactive"
NO_OPTIONS = "Couldn't load the options. Try again."
logger = logging.getLogger(__name__)


def available_commands(hub: Hub) -> Mapping[str, SlashCommand]:
    """Return the app's commands, or none if it lacks the `commands` scope."""
    return hub.manifest.commands if _offers_commands(hub) else {}


def available_shortcuts(hub: Hub) -> Mapping[str, AppShortcut]:
    """Return the app's shortcuts, or none if it lacks the `commands` scope."""
    return hub.manifest.shortcuts if _offers_commands(hub) else {}


def _offers_commands(hub: Hub) -> bool:
    return "commands" in hub.manifest.scopes and hub.token_error != UNINSTALLED


async def _send_interaction(hub: Hub, payload: Json) -> Any:
    """Send an interaction and return the response. Raises NoAppResponse, also if the app isn't interactive."""
    if not hub.manifest.interactive:
        raise NoAppResponse("not_interactive", NOT_INTERACTIVE.format(app=hub.manifest.name))
    return await hub.transport.send_request("interactive", payload)


async def run_command(hub: Hub, user: str, channel: Channel, line: str, thread_ts: str) -> None:
    """Run a slash command. Raises ApiError `invalid_command` or `not_in_thread`, or NoAppResponse."""
    name, _, text = line.strip().partition(" ")
    if name in membership.BUILTIN_COMMANDS:
        membership.run_builtin(hub, user, channel, name, text)
        return
    if name == "/me" and not thread_ts:
        typed_messages.post_about_oneself(hub, user, channel, text)
        return
    command = available_commands(hub).get(name)
    if command is None:
        raise ApiError("invalid_command", message=f"{name} is not a valid command.")
    if thread_ts:
        raise ApiError("not_in_thread", message=f"{name} is not supported in threads. Sorry!")
    text = encode_typed_text(hub.state, text.strip(), with_names=True) if command.should_escape else text.strip()
    payload = payloads.build_slash_command(hub, command, channel, user, text)
    answer = await hub.transport.send_request("slash_commands", payload)
    if isinstance(answer, str):
        answer = {"text": answer}
    if isinstance(answer, Mapping) and any(answer.get(name) for name in ("text", "blocks", "attachments")):
        address = ResponseUrl(user, channel.id, hub.clock.now())
        try:
            response_urls.apply_response(hub, address, dict(answer))
        except ApiError as failure:
            raise _unusable_answer(name, failure) from failure


async def send_block_action(
    hub: Hub, user: str, container: Mapping[str, Any], action: Json, values: Mapping[str, Any]
) -> None:
    """Send the use of a button, a select or another element outside an input. Raises ApiError or NoAppResponse."""
    context, view_id = find_context(hub, user, container, values)
    await _send_interaction(hub, payloads.build_block_actions(hub, user, context, action, values, view_id))


def find_context(hub: Hub, user: str, container: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[Json, str]:
    """Return the payload fields for the message or view acted on, and the view's id (empty for a message)."""
    if container.get("type") == "view":
        view = find_open_view(hub, user, str(container.get("view_id")))
        return payloads.build_view_context(view, values), view["id"]
    channel = hub.state.channels.get(str(container.get("channel")))
    if channel is None:
        raise ApiError("channel_not_found")
    ts = str(container.get("ts"))
    message = hub.state.find_message(channel.id, ts) or _find_ephemeral(hub, user, channel, ts)
    if message is None:
        raise ApiError("message_not_found")
    return payloads.build_message_context(hub, user, channel, message), ""


def _find_ephemeral(hub: Hub, user: str, channel: Channel, ts: str) -> Json | None:
    shown = hub.state.ephemerals.get((user, channel.id), [])
    return next((message for message in shown if message["ts"] == ts), None)


def find_open_view(hub: Hub, user: str, view_id: str) -> Json:
    home = hub.state.homes.get(user)
    if home and home["id"] == view_id:
        return home
    owner, view = hub.view_stacks.find(view_id)
    if owner != user:
        raise ApiError("not_found")
    return view


async def load_options(
    hub: Hub, user: str, container: Mapping[str, Any], block_id: str, action_id: str, value: str
) -> Json:
    """Return the options of an external select for the text typed so far. Raises ApiError or NoAppResponse."""
    context, _ = find_context(hub, user, container, {})
    payload = payloads.build_block_suggestion(hub, user, context, block_id, action_id, value)
    answer = await _send_interaction(hub, payload)
    problems = check_options(answer)
    if problems:
        logger.warning("Not showing the options for %s: %s", action_id, "; ".join(map(str, problems)))
        raise NoAppResponse("invalid_response", NO_OPTIONS)
    return dict(answer)


async def submit_view(hub: Hub, user: str, view_id: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Submit a modal. Returns the errors by block_id, from the client's own checks or from the app."""
    view = find_open_view(hub, user, view_id)
    problems = view_inputs.find_input_errors(view, values)
    if problems:
        return problems
    answer = await _send_interaction(hub, payloads.build_view_submission(hub, user, view, values))
    return _apply_response_action(hub, user, view, answer)


def _apply_response_action(hub: Hub, user: str, view: Json, answer: Any) -> dict[str, str]:
    action = answer.get("response_action") if isinstance(answer, Mapping) else None
    if action == "errors":
        return _known_errors(view, answer.get("errors"))
    try:
        _change_stack(hub, user, view, action, answer)
    except ApiError as failure:
        raise _unusable_answer(view["callback_id"] or view["id"], failure) from failure
    return {}


def _unusable_answer(what: str, failure: ApiError) -> NoAppResponse:
    """Log for the developer why Slack would refuse the response, and return the general error for the person."""
    reasons = failure.extra.get("response_metadata", {}).get("messages") or [failure.code]
    logger.warning("Ignoring the app's response to %s: %s", what, "; ".join(reasons))
    return NoAppResponse(failure.code, UNUSABLE_ANSWER)


def _known_errors(view: Json, errors: Any) -> dict[str, str]:
    known = {block["block_id"] for block in view["blocks"] if block.get("type") == "input"}
    if not isinstance(errors, Mapping) or not set(errors) & known:
        raise NoAppResponse("invalid_response", UNUSABLE_ANSWER)
    return {str(block): str(text) for block, text in errors.items() if block in known}


def _change_stack(hub: Hub, user: str, view: Json, action: Any, answer: Any) -> None:
    known = answer is None or isinstance(answer, Mapping)
    if not known or action not in (None, "update", "push", "clear"):
        raise ApiError("invalid_response_action")
    if action in ("update", "push"):
        given = answer.get("view")
        if not isinstance(given, Mapping):
            raise ApiError("invalid_response")
        whole = complete_view(hub.state, given, "modal")
        if action == "update":
            _, changed = hub.view_stacks.replace(view["id"], whole)
            hub.pages.push([user], {"type": "view_updated", "view": changed})
        else:
            pushed = hub.view_stacks.push(user, whole)
            hub.pages.push([user], {"type": "view_pushed", "view": pushed})
        return
    if action == "clear":
        hub.view_stacks.clear(user)
    else:
        hub.view_stacks.close_down_to(user, view["id"])
    hub.pages.push([user], {"type": "view_closed", "view_id": view["id"], "all": action == "clear"})


async def close_view(hub: Hub, user: str, view_id: str, *, all_views: bool) -> None:
    """Close a modal, or all of them. The app is notified of each view with `notify_on_close`."""
    view = find_open_view(hub, user, view_id)
    all_views = all_views or view["clear_on_close"]
    closed = hub.view_stacks.clear(user) if all_views else hub.view_stacks.close_down_to(user, view_id)
    hub.pages.push([user], {"type": "view_closed", "view_id": view_id, "all": all_views})
    for item in closed:
        if item["notify_on_close"]:
            await _send_interaction(hub, payloads.build_view_closed(hub, user, item, all_closed=all_views))


async def use_shortcut(hub: Hub, user: str, callback_id: str, channel_id: str, message_ts: str) -> None:
    shortcut = available_shortcuts(hub).get(callback_id)
    if shortcut is None:
        raise ApiError("shortcut_not_found")
    if shortcut.type == "global":
        await _send_interaction(hub, payloads.build_global_shortcut(hub, shortcut, user))
        return
    channel = hub.state.channels.get(channel_id)
    message = hub.state.find_message(channel_id, message_ts) if channel else None
    if channel is None or message is None:
        raise ApiError("message_not_found")
    await _send_interaction(hub, payloads.build_message_action(hub, shortcut, user, channel, message))
