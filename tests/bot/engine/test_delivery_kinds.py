"""Every kind of delivery has its calls, its sender and what happens when Slack rejects it."""

import pytest

from bot.engine.delivery_client import SENDERS
from bot.engine.error_policy import ON_REFUSAL
from bot.engine.slack_methods import CALLS, list_calls, name_main_call
from storage.engine.delivery_kinds import EARLIER_NAMES, DeliveryKind


def test_every_kind_has_sender_calls_and_refusal() -> None:
    assert set(SENDERS) == set(CALLS) == set(ON_REFUSAL) == set(DeliveryKind)


@pytest.mark.parametrize("kind", DeliveryKind)
def test_repeated_deliveries_may_call_no_less(kind: DeliveryKind) -> None:
    assert set(list_calls(kind, is_repeated=False)) <= set(list_calls(kind, is_repeated=True))


def test_pauses_that_earlier_versions_stored_still_count() -> None:
    """Pauses are stored by call; if the names differed, a rolling start would ignore one that is under way."""
    methods = {name: kind for name, kind in EARLIER_NAMES.items() if kind is not DeliveryKind.REMOVE_DUPLICATES}
    assert {name_main_call(kind): kind for kind in methods.values()} == methods
