"""An address that can't be listened on stops the start, and the error says what to do."""

import asyncio
from typing import Any, cast

import pytest

from bot.transports import SlackEndpoint, open_transport
from foundation.errors import UserError
from tests.bot.test_http_endpoint import answer_at_once, build_bolt

FOREIGN = "192.0.2.1"  # reserved for examples; no machine has it

UNUSED = cast(Any, None)


async def test_address_of_another_machine_is_explained() -> None:
    endpoint = SlackEndpoint("https://slack.invalid/api/", "xoxb-1", None, "secret", 0, host=FOREIGN)
    with pytest.raises(UserError, match=r"This machine doesn't have the address in PMO_HOST\. Set it to one"):
        async with open_transport(endpoint, build_bolt(answer_at_once), UNUSED, UNUSED, asyncio.Event()):
            pass
