"""Checks Slack: tokens, scopes, and whether the organisation file's channels and people exist."""

from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import slack_connection
from bot.channel_check import NOT_FOUND, describe_channel_problem, list_used_channels
from bot.doctor.findings import Findings
from bot.http_endpoint import EVENTS_PATH
from bot.manifest import SCOPES
from bot.organisation import Organisation
from bot.transports import SlackEndpoint
from foundation.errors import UserError
from handlers.administration.user_groups import NO_MEMBERS, describe_group_problem
from handlers.slack.errors import read_error_code, read_status

ABOUT = "Slack"


async def check_slack(found: Findings, endpoint: SlackEndpoint, organisation: Organisation | None) -> None:
    """Stops at the first problem that makes the other checks impossible.

    Raises:
        UserError: Slack doesn't accept the bot token, or can't be reached.
    """
    async with slack_connection.open_http_session() as http:
        web = slack_connection.build_web_client(endpoint.bot_token, endpoint.api_url, http)
        web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
        bot = await slack_connection.identify_bot(web)
        found.add_good(ABOUT, f"The bot token works: {bot['user']} in {bot['team']}.")
        _check_scopes(found, bot)
        await _check_events(found, endpoint, web)
        if organisation:
            await _check_channels(found, web, organisation)
            await _check_people(found, web, organisation)
            await _check_groups(found, web, organisation)


def _check_scopes(found: Findings, bot: Mapping[str, Any]) -> None:
    with found.catching_errors("scopes"):
        slack_connection.check_scopes(bot)
        if not bot["scopes"]:
            found.add_hint("scopes", "Slack doesn't say which scopes the bot token has, so they couldn't be checked.")
            return
        more = sorted(set(bot["scopes"]) - set(SCOPES))
        found.add_good("scopes", "The bot token has all the scopes it needs.")
        for explanation in slack_connection.explain_missing_features(bot):
            found.add_hint("scopes", explanation)
        if more:
            found.add_hint("scopes", f"The bot token has scopes it doesn't need: {', '.join(more)}. Remove them.")


async def _check_events(found: Findings, endpoint: SlackEndpoint, web: AsyncWebClient) -> None:
    about = "events"
    if endpoint.app_token is None:
        text = f"The bot expects signed requests on port {endpoint.port}, path {EVENTS_PATH}."
        found.add_good(about, f"{text} Slack must be able to reach it over HTTPS.")
        return
    with found.catching_errors(about):
        await slack_connection.check_app_token(web, endpoint.app_token)
        found.add_good(about, "The app-level token works; events arrive over Socket Mode.")


async def _check_channels(found: Findings, web: AsyncWebClient, organisation: Organisation) -> None:
    about = "channels"
    for channel, purpose in list_used_channels(organisation).items():
        answer = await _ask(web, web.conversations_info(channel=channel), f"the channel {channel}")
        if problem := describe_channel_problem(channel, purpose, answer["channel"] if answer else None):
            found.add_broken(about, problem)
    if not any(one.about == about for one in found.all):
        found.add_good(about, "The bot is in every channel of the organisation file.")


async def _check_people(found: Findings, web: AsyncWebClient, organisation: Organisation) -> None:
    about = "people"
    for person in organisation.people:
        if person.is_by_group:
            continue
        answer = await _ask(web, web.users_info(user=person.id), f"the person {person.id}")
        if answer is None:
            found.add_broken(
                about, f"Slack doesn't know {person.name} ({person.id}). Correct the ID in the organisation file."
            )
        elif answer["user"].get("deleted"):
            found.add_broken(
                about,
                f"{person.name} ({person.id}) has a deactivated Slack account. Remove them from the organisation file.",
            )
    if not any(one.about == about for one in found.all):
        found.add_good(about, "Slack knows everyone in the organisation file.")


async def _check_groups(found: Findings, web: AsyncWebClient, organisation: Organisation) -> None:
    about = "user groups"
    for group in organisation.groups:
        try:
            answer = await web.usergroups_users_list(usergroup=group.id)
            problem = "" if answer["users"] else NO_MEMBERS
        except SlackApiError as error:
            problem = read_error_code(error) or str(read_status(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            text = f"Slack didn't respond when asked about the user group {group.id} ({type(error).__name__})."
            raise UserError(f"{text} Check the network, then try again.") from None
        if problem:
            found.add_broken(about, describe_group_problem(group.id, problem))
        else:
            found.add_good(about, f"Slack lists {len(answer['users'])} members of {group.id}.")


async def _ask(web: AsyncWebClient, call: Awaitable[AsyncSlackResponse], what: str) -> Mapping[str, Any] | None:
    """Slack's answer; None when it knows no such thing.

    Raises:
        UserError: Slack couldn't be asked.
    """
    try:
        answer = await call
    except SlackApiError as error:
        code = read_error_code(error)
        if code in NOT_FOUND:
            return None
        if not code:
            status = slack_connection.explain_status(web.base_url, read_status(error))
            raise UserError(f"Slack couldn't be asked about {what}. {status}") from None
        raise UserError(f"Slack refused to look up {what} ({code}). Check the bot token's scopes.") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UserError(
            f"Slack didn't respond when asked about {what} ({type(error).__name__}). Check the network, then try again."
        ) from None
    return dict(answer.data)  # type: ignore[arg-type]
