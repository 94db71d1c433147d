"""The baseline: a tuned AsyncApp that does nothing but one chat.postMessage per mention.

One shared HTTP session, its own authorize (no auth.test per event) and a semaphore around the calls.
"""

import asyncio
import os
from contextlib import suppress

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

CALLS_AT_ONCE = 100


async def main() -> None:
    url, token = os.environ["SLACK_API_URL"], os.environ["SLACK_BOT_TOKEN"]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CALLS_AT_ONCE)) as session:
        client = AsyncWebClient(token=token, base_url=url, session=session)
        me = await client.auth_test()
        known = AuthorizeResult(
            enterprise_id=None, team_id=me["team_id"], bot_user_id=me["user_id"], bot_id=me["bot_id"], bot_token=token
        )

        async def authorize() -> AuthorizeResult:
            return known

        app = AsyncApp(client=AsyncWebClient(base_url=url, session=session), authorize=authorize, signing_secret="none")
        calls = asyncio.Semaphore(CALLS_AT_ONCE)

        @app.event("app_mention")
        async def answer_mention(event: dict[str, str]) -> None:
            async with calls:
                await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="An answer.")

        @app.event("message")
        async def ignore_message() -> None:
            """Each mention comes as a message, too, which this app isn't about."""

        handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], web_client=client)
        await handler.connect_async()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
