"""What people do with an app: the payloads it receives, and the effect of its responses."""

import pytest

from tests.workspace.acting import BUTTONS, FORM, acknowledge_action, choice, open_modal, option_group, plain, post_card
from tests.workspace.raw_app import connected_app
from tests.workspace.running import MANIFEST, running_workspace
from tests.workspace.visitor import ActionRefused


async def test_a_command_carries_person_channel_and_text(workspace, app):
    ben = workspace.as_user("U02BEN")
    doing = ben.command("/pmo-request  health-check", channel="C07ASK")
    payload, _ = await acknowledge_action(app, doing, kind="slash_commands")
    expected = {
        "command": "/pmo-request",
        "text": "health-check",
        "user_id": "U02BEN",
        "user_name": "ben",
        "channel_id": "C07ASK",
        "channel_name": "ask-the-pmo",
        "team_id": "T00MERIDIAN",
        "api_app_id": "A00PMO",
    }
    assert {name: payload[name] for name in expected} == expected
    assert payload["trigger_id"]
    assert payload["response_url"].startswith(workspace.url)


async def test_an_escaped_command_gets_named_references(workspace, app):
    doing = workspace.as_user("U02BEN").command("/pmo who is @Wei Chen in #projects & why")
    payload, _ = await acknowledge_action(app, doing, kind="slash_commands")
    assert payload["text"] == "who is <@U03WEI|wei> in <#C02PROJECTS|projects> &amp; why"


async def test_an_unknown_command_gets_slacks_message(workspace, app):
    with pytest.raises(ActionRefused) as refused:
        await workspace.as_user("U02BEN").command("/pizza")
    assert (refused.value.code, refused.value.message) == ("invalid_command", "/pizza is not a valid command.")


async def test_command_responses_are_ephemeral_by_default(workspace, app):
    ben, ada = workspace.as_user("U02BEN"), workspace.as_user("U01ADA")
    await acknowledge_action(app, ben.command("/pmo x"), {"text": "For you"}, "slash_commands")
    await acknowledge_action(
        app, ben.command("/pmo x"), {"text": "For all", "response_type": "in_channel"}, "slash_commands"
    )
    assert (await ben.wait_message("For you"))["ephemeral"]
    assert "ephemeral" not in await ada.wait_message("For all")


async def test_a_click_carries_button_message_and_person(workspace, app):
    wei = workspace.as_user("U03WEI")
    message = await post_card(workspace, app)
    payload, _ = await acknowledge_action(app, wei.click(message, "Accept"))
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("accept", "triage", "7")
    assert (action["type"], action["text"]["text"]) == ("button", "Accept")
    assert action["action_ts"]
    assert payload["container"] == {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": "C02PROJECTS",
        "is_ephemeral": False,
    }
    assert (payload["user"]["id"], payload["channel"]["name"]) == ("U03WEI", "projects")
    assert payload["message"]["text"] == "Request 7"
    assert "triage" in payload["state"]["values"]


async def test_a_selection_carries_its_option(workspace, app):
    message = await post_card(workspace, app)
    payload, _ = await acknowledge_action(app, workspace.as_user("U03WEI").click(message, "assign", "Emeka"))
    assert payload["actions"][0]["selected_option"]["value"] == "emeka"


async def test_a_feedback_button_sends_its_own_value(workspace, app):
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Helpful"), "value": "up"},
        "negative_button": {"text": plain("Not helpful"), "value": "down"},
    }
    blocks = [{"type": "context_actions", "elements": [thumbs]}]
    posted = await workspace.api("chat.postMessage", channel="C02PROJECTS", text="RAG is a status.", blocks=blocks)
    message = posted["message"] | {"channel": "C02PROJECTS"}
    ben = workspace.as_user("U02BEN")
    for doing, value in ((ben.click(message, "Helpful"), "up"), (ben.click(message, "rate", "Not helpful"), "down")):
        payload, _ = await acknowledge_action(app, doing)
        assert (payload["actions"][0]["type"], payload["actions"][0]["value"]) == ("feedback_buttons", value)


async def test_external_select_options_come_from_the_app(workspace, app):
    message = await post_card(workspace, app)
    choices = [choice()]
    doing = workspace.as_user("U03WEI").options(message, "project", "res")
    payload, found = await acknowledge_action(app, doing, {"options": choices})
    assert (payload["type"], payload["action_id"], payload["value"]) == ("block_suggestion", "project", "res")
    assert found == choices


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"options": [choice()] * 101}, "no more than 100 items allowed [json-pointer:/options]"),
        ({"options": [choice("x" * 76)]}, "must be less than 76 characters [json-pointer:/options/0/text/text]"),
        ({"options": [choice(value="x" * 151)]}, "must be less than 151 characters [json-pointer:/options/0/value]"),
        ({"options": [{"text": "Reservoir", "value": "p1"}]}, "must provide an object [json-pointer:/options/0/text]"),
        ({"option_groups": [option_group("x" * 76)]}, "must be less than 76 characters"),
        ({"option_groups": [option_group()] * 101}, "no more than 100 items allowed [json-pointer:/option_groups]"),
        ({"options": [choice()], "option_groups": [option_group()]}, "must define only one of"),
        ({}, "must define either `options` or `option_groups`"),
        (None, "must provide an object"),
    ],
)
async def test_invalid_options_are_hidden_and_logged(workspace, app, caplog, answer, reason):
    message = await post_card(workspace, app)
    with pytest.raises(ActionRefused, match="Couldn't load the options"):
        await acknowledge_action(app, workspace.as_user("U03WEI").options(message, "project", "res"), answer)
    [line] = [record.getMessage() for record in caplog.records if record.name == "workspace.interactions"]
    assert line.startswith("Not showing the options for project: ")
    assert reason in line


async def test_zero_to_100_options_are_shown(workspace, app):
    message = await post_card(workspace, app)
    wei = workspace.as_user("U03WEI")
    full = [choice("x" * 75, f"{number:0150}") for number in range(100)]
    for answer, shown in (
        ({"options": full}, 100),
        ({"option_groups": [option_group()] * 100}, 100),
        ({"options": []}, 0),
    ):
        _, found = await acknowledge_action(app, wei.options(message, "project", "res"), answer)
        assert len(found) == shown


async def test_a_submission_carries_every_value(workspace, app):
    ben, view = await open_modal(workspace, app)
    payload, errors = await acknowledge_action(app, ben.submit(view, {"where": "C02PROJECTS"}))
    values = payload["view"]["state"]["values"]
    assert values["goal"]["text"] == {"type": "plain_text_input", "value": "Know where we stand"}
    assert (payload["type"], payload["view"]["callback_id"], errors) == ("view_submission", "request", {})
    assert payload["response_urls"][0]["channel_id"] == "C02PROJECTS"
    assert (await ben.wait_closed())["view_id"] == view["id"]
    assert ben.stack == []


async def test_errors_keep_the_modal_open(workspace, app):
    ben, view = await open_modal(workspace, app)
    errors = {"response_action": "errors", "errors": {"goal": "Too vague."}}
    assert (await acknowledge_action(app, ben.submit(view), errors))[1] == {"goal": "Too vague."}
    nowhere = {"response_action": "errors", "errors": {"nowhere": "Lost."}}
    with pytest.raises(ActionRefused, match="trouble connecting"):
        await acknowledge_action(app, ben.submit(view), nowhere)
    assert [item["id"] for item in ben.stack] == [view["id"]]


async def test_a_response_can_update_or_push_views(workspace, app):
    ben, view = await open_modal(workspace, app)
    update = {"response_action": "update", "view": FORM | {"callback_id": "step2"}}
    await acknowledge_action(app, ben.submit(view), update)
    step2 = await ben.wait_view("step2")
    assert step2["id"] == view["id"]
    await acknowledge_action(app, ben.submit(step2), {"response_action": "push", "view": FORM | {"callback_id": "top"}})
    top = await ben.wait_view("top")
    assert top["previous_view_id"] == view["id"]
    await acknowledge_action(app, ben.submit(top))
    await ben.wait_closed()
    assert [item["callback_id"] for item in ben.stack] == ["step2"]
    await acknowledge_action(app, ben.submit(step2), {"response_action": "clear"})
    assert (await ben.wait_closed())["all"]
    assert ben.stack == []


async def test_an_invalid_response_view_is_reported_and_logged(workspace, app, caplog):
    ben, view = await open_modal(workspace, app)
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    for wrong in (FORM | {"title": plain("x" * 25)}, home):
        for action in ("update", "push"):
            with pytest.raises(ActionRefused, match="trouble connecting"):
                await acknowledge_action(app, ben.submit(view), {"response_action": action, "view": wrong})
    assert "must be less than 25 characters [json-pointer:/view/title/text]" in caplog.text
    assert "must be modal [json-pointer:/view/type]" in caplog.text
    assert [item["id"] for item in ben.stack] == [view["id"]]


@pytest.mark.parametrize("answer", [{"response_action": "vanish"}, {"response_action": []}, "ok"])
async def test_an_unknown_response_action_is_reported(workspace, app, answer):
    ben, view = await open_modal(workspace, app)
    with pytest.raises(ActionRefused, match="trouble connecting"):
        await acknowledge_action(app, ben.submit(view), answer)
    assert [item["id"] for item in ben.stack] == [view["id"]]


async def test_client_side_errors_never_reach_the_app(workspace, app):
    ben, view = await open_modal(workspace, app)
    assert await ben.submit(view, {"goal": " "}) == {"goal": "Please complete this required field."}
    kinds = [item["type"] for item in await workspace.events()]
    assert kinds == ["slash_commands"]


async def test_closing_notifies_apps_that_asked(workspace, app):
    ben, view = await open_modal(workspace, app)
    payload, _ = await acknowledge_action(app, ben.close(view))
    assert (payload["type"], payload["view"]["id"], payload["is_cleared"]) == ("view_closed", view["id"], False)
    await ben.wait_closed()
    ben, view = await open_modal(workspace, app, view=FORM | {"notify_on_close": False})
    await ben.close(view)
    await ben.wait_closed()


async def test_a_modal_buttons_trigger_can_push(workspace, app):
    section = {"type": "section", "text": plain("More"), "accessory": BUTTONS[0]["elements"][0]}
    ben, view = await open_modal(workspace, app, view=FORM | {"blocks": [*FORM["blocks"], section]})
    payload, _ = await acknowledge_action(app, ben.click(view, "accept"))
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["state"]["values"]["goal"]["text"]["value"] == "Know where we stand"
    assert "channel" not in payload
    pushed = FORM | {"callback_id": "more"}
    assert (await workspace.api("views.push", trigger_id=payload["trigger_id"], view=pushed))["ok"]
    assert (await ben.wait_view("more"))["root_view_id"] == view["id"]


async def test_global_and_message_shortcuts_reach_the_app(workspace, app):
    ben = workspace.as_user("U02BEN")
    payload, _ = await acknowledge_action(app, ben.shortcut("ask_help"))
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "ask_help")
    message = await post_card(workspace, app)
    payload, _ = await acknowledge_action(app, ben.shortcut("make_request", "C02PROJECTS", message))
    assert (payload["type"], payload["message_ts"], payload["message"]["text"]) == (
        "message_action",
        message["ts"],
        "Request 7",
    )
    assert payload["trigger_id"]
    assert payload["response_url"]


async def test_an_unanswered_click_shows_the_app_is_offline():
    async with running_workspace() as workspace:
        wei = workspace.as_user("U03WEI")
        message = await post_card(workspace, None)
        await wei.click(message, "Accept")
        assert "isn't connected" in await wei.wait_error()


async def test_clicks_without_interactivity_are_reported():
    manifest = MANIFEST | {"settings": MANIFEST["settings"] | {"interactivity": {"is_enabled": False}}}
    async with running_workspace(manifest) as workspace, connected_app(workspace) as app:
        ben = workspace.as_user("U02BEN")
        await workspace.api("chat.postMessage", channel="C02PROJECTS", text="Triage", blocks=BUTTONS)
        card = await ben.wait_message("Triage")
        await ben.click(card, "accept")
        assert "is not configured to handle interactive responses" in await ben.wait_error()
        await acknowledge_action(app, ben.command("/pmo help"), kind="slash_commands")
        assert [event["type"] for event in await workspace.events()] == ["events_api", "slash_commands"]


async def test_commands_and_shortcuts_need_their_scope():
    manifest = MANIFEST | {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with running_workspace(manifest) as workspace:
        ben = workspace.as_user("U02BEN")
        booted = await ben.boot()
        assert (booted["commands"], booted["shortcuts"]) == ([], [])
        with pytest.raises(ActionRefused, match="not a valid command"):
            await ben.command("/pmo help")
        with pytest.raises(ActionRefused, match="shortcut_not_found"):
            await ben.shortcut("ask_help")


async def test_app_commands_are_refused_in_threads(workspace, app):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("C02PROJECTS", "A thread")
    with pytest.raises(ActionRefused, match="/pmo is not supported in threads"):
        await ben.command("/pmo help", channel="C02PROJECTS", thread_ts=ts)
