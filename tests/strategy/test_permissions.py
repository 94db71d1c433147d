"""Roles decide who reviews, previews and sees what needs attention."""

import pytest

from foundation.errors import NotAllowed
from foundation.people import People
from strategy import permissions


def test_only_pmo_reviews_stories(people: People) -> None:
    assert [one.id for one in people if permissions.can_review_stories(one)] == ["U03WEI", "U05EMEKA"]
    assert [one.id for one in permissions.find_pmo(people)] == ["U03WEI", "U05EMEKA"]


def test_only_leadership_sees_all_exceptions(people: People) -> None:
    assert [one.id for one in people if permissions.can_see_exceptions(one)] == ["U04DANA", "U05EMEKA"]
    assert [one.id for one in permissions.find_leadership(people)] == ["U04DANA", "U05EMEKA"]


def test_only_leadership_previews_digests(people: People) -> None:
    permissions.check_can_preview_digests(people.get("U04DANA"))
    with pytest.raises(NotAllowed, match="Only leaders and the head of the PMO"):
        permissions.check_can_preview_digests(people.get("U03WEI"))
