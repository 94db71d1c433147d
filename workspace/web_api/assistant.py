"""What the app shows around a conversation: its status, suggested prompts, the thread's title."""

from workspace.checks.schema import each, shape, string
from workspace.errors import Failure
from workspace.messages import viewers
from workspace.records import Channel, Json
from workspace.web_api.call import Call, Method
from workspace.web_api.content import refuse

ASSISTANT = ("assistant:write",)
PROMPTS = each(shape({"title": string(), "message": string()}), most=4)
LOADING_MESSAGES = each(string(), most=10, fewest=0)
TEXT = string(shortest=0)


def _thread(call: Call, *, required: bool) -> tuple[Channel, str]:
    channel = call.channel("channel_id")
    ts = call.text("thread_ts", missing="invalid_thread_ts" if required else "")
    if ts and call.hub.state.message(channel.id, ts) is None:
        raise Failure("invalid_thread_ts")
    return channel, ts


def set_status(call: Call) -> Json:
    channel, ts = _thread(call, required=True)
    loading = call.structure("loading_messages") or []
    refuse(LOADING_MESSAGES(loading, "/loading_messages"))
    status = call.args.get("status")
    refuse(TEXT(status, "/status"))
    frame = {"type": "status", "channel": channel.id, "thread_ts": ts, "status": status}
    call.hub.pages.push(viewers(call.hub, channel), frame | {"loading_messages": loading})
    return {}


def set_prompts(call: Call) -> Json:
    channel, ts = _thread(call, required=not call.hub.manifest.agent)
    prompts = call.structure("prompts")
    refuse(PROMPTS(prompts, "/prompts"))
    title = call.args.get("title") or ""
    refuse(TEXT(title, "/title"))
    frame = {"type": "prompts", "channel": channel.id, "thread_ts": ts, "title": title, "prompts": prompts}
    call.hub.pages.push(viewers(call.hub, channel), frame)
    return {}


def set_title(call: Call) -> Json:
    channel, ts = _thread(call, required=True)
    title = call.args.get("title")
    refuse(string()(title, "/title"))
    message = call.hub.state.message(channel.id, ts)
    if message is not None:
        message["assistant_thread_title"] = title
        call.hub.state.keep_message(channel.id, message)
    return {}


METHODS = {
    "assistant.threads.setStatus": Method(set_status, (*ASSISTANT, "chat:write"), tier=600),
    "assistant.threads.setSuggestedPrompts": Method(set_prompts, ASSISTANT, tier=50),
    "assistant.threads.setTitle": Method(set_title, ASSISTANT, tier=50),
}
