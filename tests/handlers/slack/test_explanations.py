"""An error reaches the person even when the quickest way to them is closed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.context import AppContext
from tests.handbook_data import copy_data
from tests.handlers.questions.records.sample_office import open_sample_office
from tests.handlers.switchboard import open_switchboard
from tests.handlers.test_strangers import Sender


@pytest.fixture
def ctx(handbook_data: Path, tmp_path: Path) -> Iterator[AppContext]:
    with open_sample_office(copy_data(handbook_data, tmp_path / "data")) as opened:
        yield opened.ctx


async def test_explanation_survives_a_broken_response_url(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    board = open_switchboard(ctx, monkeypatch)

    async def fail(*_: Any) -> None:
        raise aiohttp.ClientConnectionError

    monkeypatch.setattr(AsyncWebhookClient, "send_dict", fail)
    shown = await board.send(Sender("U01ADA").click("request.menu", "999:open"))
    assert "chat.postEphemeral" in shown
