"""Acting on an app: a card with buttons, a form, and acknowledging what a person does."""

import asyncio


def plain(text):
    return {"type": "plain_text", "text": text}


def choice(text="Reservoir", value="p1"):
    return {"text": plain(text), "value": value}


def option_group(label="Water"):
    return {"label": plain(label), "options": [choice()]}


BUTTONS = [
    {
        "type": "actions",
        "block_id": "triage",
        "elements": [
            {"type": "button", "action_id": "accept", "text": plain("Accept"), "value": "7"},
            {
                "type": "static_select",
                "action_id": "assign",
                "placeholder": plain("Assign"),
                "options": [{"text": plain("Wei"), "value": "wei"}, {"text": plain("Emeka"), "value": "emeka"}],
            },
            {"type": "external_select", "action_id": "project", "placeholder": plain("Project"), "min_query_length": 1},
        ],
    }
]
FORM = {
    "type": "modal",
    "callback_id": "request",
    "title": plain("Request"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "goal",
            "label": plain("Goal"),
            "element": {"type": "plain_text_input", "action_id": "text", "initial_value": "Know where we stand"},
        },
        {
            "type": "input",
            "block_id": "where",
            "optional": True,
            "label": plain("Answer in"),
            "element": {"type": "conversations_select", "action_id": "channel", "response_url_enabled": True},
        },
    ],
}


async def acknowledge_action(app, doing, answer=None, kind="interactive"):
    """Acknowledge what the person does with `answer`. Returns (payload, result of the person's call)."""
    task = asyncio.create_task(doing)
    envelope, payload = await app.interaction(kind)
    await app.ack(envelope, answer)
    return payload, await task


async def post_card(workspace, app, **more):
    posted = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Request 7", blocks=BUTTONS, **more)
    assert posted["ok"], posted
    return posted["message"] | {"channel": "C02PROJECTS"}


async def open_modal(workspace, app, user="U02BEN", view=FORM, channel="C01GENERAL"):
    person = workspace.as_user(user)
    payload, _ = await acknowledge_action(app, person.command("/pmo-request", channel), kind="slash_commands")
    body = await workspace.api("views.open", trigger_id=payload["trigger_id"], view=view)
    assert body["ok"], body
    return person, await person.wait_view(view["callback_id"])
