"""The App Home stays within Slack's limits."""

from handlers.home.blocks.home import build_home_view
from handlers.slack.blocks.builders import section
from tests.workspace.filling import read_text
from workspace.checks import check_view


def test_overfull_home_says_so() -> None:
    view = build_home_view([[section("part")] * 30] * 5)
    assert check_view(view) == []
    assert "There's more than fits here." in read_text(view)
