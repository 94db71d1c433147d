"""What the app shows around a conversation: status, suggested prompts and the thread's title."""

from workspace import messages
from workspace.checks.schema import array_of, object_with, string_check
from workspace.errors import ApiError
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method
from workspace.web_api.content import raise_violations

ASSISTANT = ("assistant:write",)
PROMPTS = array_of(object_with({"title": string_check(), "message": string_check()}), most=4)
LOADING_MESSAGES = array_of(string_check(), most=10, fewest=0)
SESSION_STATUSES = ("processing", "active", "suspended", "closed")
WORKING = "is working on it…"
TITLE_AT_MOST = 200
TEXT = string_check(shortest=0)


def _find_thread(call: Call, *, required: bool) -> tuple[Channel, str]:
    channel = call.channel("channel_id")
    ts = call.text("thread_ts", missing="invalid_thread_ts" if required else "")
    if ts and call.hub.state.find_message(channel.id, ts) is None:
        raise ApiError("invalid_thread_ts")
    return channel, ts


def set_status(call: Call) -> Json:
    channel, ts = _find_thread(call, required=True)
    loading = call.structure("loading_messages") or []
    raise_violations(LOADING_MESSAGES(loading, "/loading_messages"))
    status = call.args.get("status")
    raise_violations(TEXT(status, "/status"))
    frame = {"type": "status", "channel": channel.id, "thread_ts": ts, "status": status}
    call.hub.pages.push(call.hub.state.list_viewers(channel), frame | {"loading_messages": loading})
    return {}


def set_prompts(call: Call) -> Json:
    channel, ts = _find_thread(call, required=not call.hub.manifest.agent)
    prompts = call.structure("prompts")
    raise_violations(PROMPTS(prompts, "/prompts"))
    title = call.args.get("title") or ""
    raise_violations(TEXT(title, "/title"))
    frame = {"type": "prompts", "channel": channel.id, "thread_ts": ts, "title": title, "prompts": prompts}
    call.hub.pages.push(call.hub.state.list_viewers(channel), frame)
    return {}


def set_title(call: Call) -> Json:
    channel, ts = _find_thread(call, required=True)
    title = call.args.get("title")
    raise_violations(string_check()(title, "/title"))
    _show_title(call, channel, ts, str(title))
    return {}


def _show_title(call: Call, channel: Channel, ts: str, title: str) -> None:
    message = call.hub.state.find_message(channel.id, ts)
    if message is not None:
        message["assistant_thread_title"] = title
        messages.push_change(call.hub, channel, message)


def _find_session(call: Call) -> tuple[Channel, str]:
    """Return the channel and thread of an agent's session. Raises ApiError for an app that isn't an agent."""
    if not call.hub.manifest.agent:
        raise ApiError("not_allowed")
    return _find_thread(call, required=True)


def set_session_status(call: Call) -> Json:
    """While a session is `processing`, the page shows it, with a button to stop if the app listens for that."""
    channel, ts = _find_session(call)
    status = call.text("status", missing="invalid_arguments")
    if status not in SESSION_STATUSES:
        raise ApiError("invalid_status")
    if call.text("title"):
        _show_title(call, channel, ts, _read_title(call))
    stoppable = "agent_session_stopped" in call.hub.manifest.bot_events
    frame: Json = {"type": "status", "channel": channel.id, "thread_ts": ts, "loading_messages": []}
    frame |= {"status": WORKING if status == "processing" else "", "stoppable": stoppable}
    call.hub.pages.push(call.hub.state.list_viewers(channel), frame)
    session = {"session": {"channel_id": channel.id, "thread_ts": ts, "status": status}}
    return session if stoppable else session | {"warning": "missing_agent_session_stopped_event_subscription"}


def rename_session(call: Call) -> Json:
    channel, ts = _find_session(call)
    _show_title(call, channel, ts, _read_title(call))
    return {}


def _read_title(call: Call) -> str:
    title = call.text("title", missing="invalid_arguments")
    if len(title) > TITLE_AT_MOST:
        raise ApiError("invalid_arguments")
    return title


METHODS = {
    "assistant.threads.setStatus": Method(set_status, (*ASSISTANT, "chat:write"), tier=600),
    "assistant.threads.setSuggestedPrompts": Method(set_prompts, ASSISTANT, tier=50),
    "assistant.threads.setTitle": Method(set_title, ASSISTANT, tier=50),
    "agents.sessions.setStatus": Method(set_session_status, ("chat:write",), tier=100),
    "agents.sessions.rename": Method(rename_session, ("chat:write",), tier=50),
}
