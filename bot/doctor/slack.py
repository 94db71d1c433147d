"""Slack: tokens, scopes, and whether channels and people of the organisation file are there."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack_connection
from bot.doctor.findings import Findings
from bot.manifest import SCOPES
from bot.organisation import Organisation
from bot.transports import EVENTS_PATH, SlackEndpoint
from foundation.errors import UserError

ABOUT = "Slack"


async def check_slack(found: Findings, at: SlackEndpoint, organisation: Organisation | None) -> None:
    """Stops at the first thing without which the rest cannot be looked at.

    Raises:
        UserError: Slack does not know the bot token, or cannot be reached.
    """
    async with slack_connection.open_http_session() as http:
        web = slack_connection.build_web_client(at.bot_token, at.api_url, http)
        web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
        me = await slack_connection.identify_bot(web)
        found.add_good(ABOUT, f"The bot token is good: {me['user']} in {me['team']}.")
        _look_at_scopes(found, me)
        await _look_at_events(found, at, web)
        if organisation:
            await _look_at_channels(found, web, organisation)
            await _look_at_people(found, web, organisation)


def _look_at_scopes(found: Findings, me: Mapping[str, Any]) -> None:
    with found.catching_errors("scopes"):
        slack_connection.check_scopes(me)
        if not me["scopes"]:
            found.add_hint(
                "scopes", "Slack does not say which scopes the bot token has, so they could not be compared."
            )
            return
        more = sorted(set(me["scopes"]) - set(SCOPES))
        found.add_good("scopes", "The bot token has all that are needed.")
        if more:
            found.add_hint(
                "scopes", f"It also has some that are not needed: {', '.join(more)}. You may take them away."
            )


async def _look_at_events(found: Findings, at: SlackEndpoint, web: AsyncWebClient) -> None:
    about = "events"
    if at.app_token is None:
        words = f"They are expected as signed requests on port {at.port}, path {EVENTS_PATH}."
        found.add_good(about, f"{words} Slack must reach it by https.")
        return
    with found.catching_errors(about):
        await slack_connection.check_app_token(web, at.app_token)
        found.add_good(about, "The app-level token is good: they come by Socket Mode.")


async def _look_at_channels(found: Findings, web: AsyncWebClient, organisation: Organisation) -> None:
    about, channels = "channels", organisation.channels
    wanted = {one.channel: f"the digest “{one.key}”" for one in organisation.digests}
    wanted |= {getattr(channels, name): name for name in ("triage", "progress", "stories", "leadership")}
    for channel, name in wanted.items():
        answer = await _asked(found, about, web, "conversations.info", channel=channel)
        if answer is None:
            found.add_broken(
                about,
                f"The channel for {name} ({channel}) is not there, or it is private and the bot is not in it. "
                "Invite the bot there, or correct the id in the organisation file.",
            )
        elif answer["channel"].get("is_archived"):
            found.add_broken(about, f"#{answer['channel']['name']} ({name}) is archived. Name another one.")
        elif not answer["channel"].get("is_member"):
            found.add_broken(
                about, f"The bot is not in #{answer['channel']['name']} ({name}). Type there: /invite @PMO Assistant"
            )
    if not any(one.about == about for one in found.all):
        found.add_good(about, "The bot is in every channel of the organisation file.")


async def _look_at_people(found: Findings, web: AsyncWebClient, organisation: Organisation) -> None:
    about = "people"
    for person in organisation.people:
        answer = await _asked(found, about, web, "users.info", user=person.id)
        if answer is None:
            found.add_broken(
                about, f"Slack does not know {person.name} ({person.id}). Correct the id in the organisation file."
            )
        elif answer["user"].get("deleted"):
            found.add_broken(
                about, f"{person.name} ({person.id}) has left this Slack. Take them out of the organisation file."
            )
    if not any(one.about == about for one in found.all):
        found.add_good(about, "Slack knows everybody in the organisation file.")


async def _asked(
    found: Findings, about: str, web: AsyncWebClient, method: str, **what: str
) -> Mapping[str, Any] | None:
    """Slack's answer; None when it knows no such thing.

    Raises:
        UserError: it could not be asked.
    """
    try:
        answer = await web.api_call(method, http_verb="GET", params=what)
    except SlackApiError as error:
        code = str(error.response.get("error"))
        if code in ("channel_not_found", "user_not_found", "user_not_visible"):
            return None
        raise UserError(f"Slack refused {method}: {code}.") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UserError(f"Slack did not answer {method} ({type(error).__name__}).") from None
    return dict(answer.data)  # type: ignore[arg-type]
