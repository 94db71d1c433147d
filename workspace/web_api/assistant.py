"""What the app shows around a conversation: status, suggested prompts and the thread's title."""

from workspace.checks.schema import array_of, object_with, string_check
from workspace.errors import ApiError
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method
from workspace.web_api.content import raise_violations

ASSISTANT = ("assistant:write",)
PROMPTS = array_of(object_with({"title": string_check(), "message": string_check()}), most=4)
LOADING_MESSAGES = array_of(string_check(), most=10, fewest=0)
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
    message = call.hub.state.find_message(channel.id, ts)
    if message is not None:
        message["assistant_thread_title"] = title
        call.hub.state.save_message(channel.id, message)
    return {}


METHODS = {
    "assistant.threads.setStatus": Method(set_status, (*ASSISTANT, "chat:write"), tier=600),
    "assistant.threads.setSuggestedPrompts": Method(set_prompts, ASSISTANT, tier=50),
    "assistant.threads.setTitle": Method(set_title, ASSISTANT, tier=50),
}
