"""People of other kinds: outsiders, guests, deactivated people, bots; and channels shared with another organisation."""

import pytest

from tests.workspace.acting import acknowledge_action, open_modal, plain
from tests.workspace.visitor import ActionRefused
from workspace.errors import ConfigError
from workspace.seed import read_seed

OURS, THEIRS = "T00MERIDIAN", "T00BRIGHT"
BUTTON = [
    {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}]},
]


async def user(workspace, person, **args):
    return (await workspace.api("users.info", user=person, **args))["user"]


async def test_an_outsiders_message_names_their_organisation(workspace, app):
    await workspace.as_user("U07OLGA").post("C08PARTNERS", "@PMO Assistant what is RAG?")
    message, mention = await app.event("message"), await app.event("app_mention")
    assert (message["team_id"], message["context_team_id"]) == (THEIRS, OURS)
    assert message["authorizations"][0]["team_id"] == OURS
    assert message["is_ext_shared_channel"] is mention["is_ext_shared_channel"] is True
    names = ("team", "user_team", "source_team")
    assert [message["event"][name] for name in names] == [THEIRS, THEIRS, THEIRS]
    assert mention["team_id"] == OURS
    assert [mention["event"][name] for name in names] == [OURS, THEIRS, THEIRS]
    assert mention["event"]["user_profile"]["team"] == THEIRS


async def test_a_colleagues_message_in_a_shared_channel_names_ours(workspace, app):
    await workspace.as_user("U02BEN").post("C08PARTNERS", "@PMO Assistant hello")
    message, mention = await app.event("message"), await app.event("app_mention")
    assert message["is_ext_shared_channel"] is mention["is_ext_shared_channel"] is True
    assert (message["team_id"], message["event"]["team"], mention["event"]["team"]) == (OURS, OURS, OURS)
    assert "user_team" not in message["event"]
    await workspace.as_user("U02BEN").post("C02PROJECTS", "Hello")
    assert (await app.event("message"))["is_ext_shared_channel"] is False


async def test_an_outsiders_direct_message_and_home_are_shared(workspace, app):
    olga = workspace.as_user("U07OLGA")
    await olga.open_home()
    opened = await app.event("app_home_opened")
    assert (opened["team_id"], opened["is_ext_shared_channel"]) == (THEIRS, True)
    await olga.post(await olga.dm(), "Hello")
    assert (await app.event("message"))["event"]["team"] == THEIRS


async def test_a_command_of_an_outsider_names_their_organisation(workspace, app):
    olga = workspace.as_user("U07OLGA")
    payload, _ = await acknowledge_action(app, olga.command("/pmo", channel="C08PARTNERS"), kind="slash_commands")
    assert (payload["team_id"], payload["team_domain"], payload["user_id"]) == (THEIRS, "brightwell", "U07OLGA")


async def test_a_button_in_a_message_names_both_organisations(workspace, app):
    olga = workspace.as_user("U07OLGA")
    await workspace.api("chat.postMessage", channel="C08PARTNERS", text="Card", blocks=BUTTON)
    card = await olga.wait_message("Card")
    payload, _ = await acknowledge_action(app, olga.click(card, "go"))
    assert (payload["user"]["team_id"], payload["team"]["id"]) == (THEIRS, OURS)


async def test_the_options_of_a_select_name_both_organisations(workspace, app):
    olga = workspace.as_user("U07OLGA")
    select = {"type": "external_select", "action_id": "project", "placeholder": plain("Project")}
    blocks = [{"type": "actions", "elements": [select]}]
    await workspace.api("chat.postMessage", channel="C08PARTNERS", text="Card", blocks=blocks)
    card = await olga.wait_message(lambda message: message.get("text") == "Card")
    answer = {"options": [{"text": plain("Reservoir"), "value": "p1"}]}
    payload, options = await acknowledge_action(app, olga.options(card, "project", "res"), answer)
    assert (payload["type"], payload["user"]["team_id"], payload["team"]["id"]) == ("block_suggestion", THEIRS, OURS)
    assert options == answer["options"]


async def test_a_form_of_an_outsider_names_where_the_app_is_installed(workspace, app):
    olga, view = await open_modal(workspace, app, user="U07OLGA", channel="C08PARTNERS")
    payload, _ = await acknowledge_action(app, olga.submit(view, {"goal": "Learn"}))
    assert (payload["user"]["team_id"], payload["team"]["id"], payload["view"]["team_id"]) == (THEIRS, THEIRS, THEIRS)
    assert payload["view"]["app_installed_team_id"] == OURS


async def test_shortcuts_of_an_outsider_name_their_organisation(workspace, app):
    olga = workspace.as_user("U07OLGA")
    ts = await workspace.as_user("U02BEN").post("C08PARTNERS", "Please look")
    message = await olga.wait_message("Please look")
    payload, _ = await acknowledge_action(app, olga.shortcut("make_request", "C08PARTNERS", message))
    assert (payload["user"]["team_id"], payload["message"]["ts"]) == (THEIRS, ts)
    payload, _ = await acknowledge_action(app, olga.shortcut("ask_help"))
    assert payload["user"]["team_id"] == THEIRS


async def test_user_objects_say_what_kind_of_person_it_is(workspace):
    assert not (await user(workspace, "U02BEN")).keys() & {"is_stranger"}
    olga, sten = await user(workspace, "U07OLGA"), await user(workspace, "U11STEN")
    assert (olga["team_id"], olga["profile"]["team"], olga["is_stranger"]) == (THEIRS, THEIRS, False)
    assert sten["is_stranger"] is True
    gina, gus = await user(workspace, "U08GINA"), await user(workspace, "U09GUS")
    assert (gina["is_restricted"], gina["is_ultra_restricted"]) == (True, True)
    assert (gus["is_restricted"], gus["is_ultra_restricted"]) == (True, False)
    dmitri = await user(workspace, "U10DMITRI")
    assert dmitri["deleted"] is True
    assert "is_restricted" not in dmitri
    assert dmitri["profile"]["real_name"] == "Dmitri Volkov"
    robot, flow = await user(workspace, "U12ROBOT"), await user(workspace, "U13FLOW")
    assert (robot["is_bot"], robot["profile"]["bot_id"], flow["is_workflow_bot"]) == (True, "B12ROBOT", True)


async def test_the_locale_comes_when_asked_but_never_for_outsiders(workspace):
    assert "locale" not in await user(workspace, "U02BEN")
    assert (await user(workspace, "U02BEN", include_locale=True))["locale"] == "en-US"
    assert "locale" not in await user(workspace, "U07OLGA", include_locale=True)
    assert (await user(workspace, "U07OLGA"))["tz"] == "Europe/Berlin"
    assert (await user(workspace, "U07OLGA"))["tz_offset"] in (3600, 7200)


async def test_lists_of_people_leave_outsiders_out(workspace):
    listed = {item["id"] for item in (await workspace.api("users.list"))["members"]}
    assert {"U08GINA", "U10DMITRI", "U12ROBOT"} <= listed
    assert not listed & {"U07OLGA", "U11STEN"}
    for email in ("olga@example.com", "dmitri@example.com"):
        assert (await workspace.api("users.lookupByEmail", email=email))["error"] == "users_not_found"


async def test_shared_channels_say_so(workspace):
    shared = (await workspace.api("conversations.info", channel="C08PARTNERS"))["channel"]
    assert (shared["is_ext_shared"], shared["is_shared"], shared["is_org_shared"]) == (True, True, False)
    assert (shared["shared_team_ids"], shared["connected_team_ids"]) == ([OURS, THEIRS], [THEIRS])
    listed = {item["id"]: item for item in (await workspace.api("conversations.list"))["channels"]}
    assert listed["C08PARTNERS"]["is_ext_shared"] is True
    assert "connected_team_ids" not in listed["C08PARTNERS"]
    assert listed["C02PROJECTS"]["is_ext_shared"] is False
    assert listed["C02PROJECTS"]["shared_team_ids"] == [OURS]


async def test_guests_and_outsiders_see_only_their_own_channels(workspace):
    for person, channel in (("U08GINA", "C09CONTRACTORS"), ("U07OLGA", "C08PARTNERS")):
        seen = [item["id"] for item in (await workspace.as_user(person).boot())["channels"] if not item["is_im"]]
        assert seen == [channel]
        with pytest.raises(ActionRefused, match="channel_not_found"):
            await workspace.as_user(person).messages("C02PROJECTS")


async def test_who_may_not_be_in_a_channel_is_not_invited(workspace):
    ben = workspace.as_user("U02BEN")
    for name, code in (
        ("Olga Brandt", "user_team_not_in_channel"),
        ("Gina Moreau", "ura_max_channels"),
        ("Dmitri Volkov", "user_disabled"),
    ):
        with pytest.raises(ActionRefused, match=code):
            await ben.command(f"/invite @{name}", channel="C02PROJECTS")
    await ben.command("/invite @Gus Marchetti", channel="C02PROJECTS")


async def test_a_deactivated_person_does_nothing(workspace):
    with pytest.raises(ActionRefused, match="account_inactive"):
        await workspace.as_user("U10DMITRI").post("C02PROJECTS", "Hello")
    assert (await workspace.api("conversations.open", users="U10DMITRI"))["error"] == "user_disabled"


async def test_bots_and_workflows_sign_as_slack_has_them_sign(workspace, app):
    await workspace.as_user("U12ROBOT").post("C08PARTNERS", "@PMO Assistant hello")
    event = (await app.event("app_mention"))["event"]
    assert (event["user"], event["bot_id"], event["app_id"]) == ("U12ROBOT", "B12ROBOT", "A12ROBOT")
    await workspace.as_user("U13FLOW").post("C08PARTNERS", "@PMO Assistant hello")
    event = (await app.event("app_mention"))["event"]
    assert (event["subtype"], event["bot_id"], event["username"]) == ("bot_message", "B13FLOW", "Intake")
    assert "user" not in event


@pytest.mark.parametrize(
    ("people", "channels", "reason"),
    [
        ("{id: U1, name: a, real_name: A, team_id: T2}", "{id: C1, name: c}", "T2, which isn't listed"),
        (
            "{id: U1, name: a, real_name: A, team_id: T9}",
            "{id: C1, name: c, members: [U1]}",
            "U1, whose organisation isn't in its connected_team_ids",
        ),
    ],
)
def test_a_seed_that_slack_could_not_have_is_refused(tmp_path, people, channels, reason):
    file = tmp_path / "seed.yaml"
    file.write_text(
        "team: {id: T1, name: a, domain: a}\nother_teams: [{id: T9, name: b, domain: b}]\n"
        f"app: {{id: A1, bot_user_id: UB}}\npeople: [{people}]\nchannels: [{channels}]\n"
    )
    with pytest.raises(ConfigError, match=reason):
        read_seed(file)
