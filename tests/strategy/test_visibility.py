"""What somebody may not see appears nowhere: in no list, weight, count or total."""

from dataclasses import asdict, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import NotFound
from foundation.people import People, Role
from strategy import visibility
from strategy.permissions import can_see_portfolio
from strategy.portfolio import compute_portfolio
from strategy.records import Strategy, Viewers, Visibility
from strategy.visibility import filter_visible, filter_visible_to_all

HIDDEN = ("fewer-depots", "depot-moves", "depots-agreed", "depot-sites", "Three depots", "Depot moves")


def test_private_objective_is_nowhere_for_others(sample: Strategy, people: People) -> None:
    for reader in ("U01ADA", "U02BEN", "U03WEI", "U06FARAH", "U99NOBODY"):
        text = repr(asdict(filter_visible(sample, people.get(reader))))
        assert not [word for word in HIDDEN if word in text]


def test_named_viewers_see_private_objective_whole(sample: Strategy, people: People) -> None:
    for reader in ("U04DANA", "U05EMEKA"):
        assert filter_visible(sample, people.get(reader)) == sample


def test_hidden_key_looks_like_an_unknown_key(sample: Strategy, people: People) -> None:
    seen = filter_visible(sample, people.get("U02BEN"))
    with pytest.raises(NotFound) as hidden:
        seen.objective("fewer-depots")
    with pytest.raises(NotFound) as absent:
        seen.objective("more-cake")
    assert hidden.value.message.replace("fewer-depots", "") == absent.value.message.replace("more-cake", "")


def test_remaining_weights_sum_to_one(sample: Strategy, people: People) -> None:
    seen = filter_visible(sample, people.get("U02BEN"))
    assert abs(sum(objective.weight for objective in seen.objectives) - 1) < Decimal("1e-20")


def test_portfolio_totals_exclude_hidden_objectives(sample: Strategy, people: People) -> None:
    figures = compute_portfolio(filter_visible(sample, people.get("U03WEI")))
    assert not [project for project, _ in figures.alignment if project.confidential]
    assert figures.index is not None
    assert figures == compute_portfolio(filter_visible_to_all(sample, ()))


def test_channel_sees_what_all_readers_may_see(sample: Strategy, people: People) -> None:
    dana, emeka, wei = people.get("U04DANA"), people.get("U05EMEKA"), people.get("U03WEI")
    assert len(filter_visible_to_all(sample, (dana, emeka)).objectives) == 4
    assert len(filter_visible_to_all(sample, (dana, emeka, wei)).objectives) == 3
    assert len(filter_visible_to_all(sample, ()).objectives) == 3


def test_role_opens_group_but_not_private(sample: Strategy, people: People) -> None:
    leaders = Viewers(roles=frozenset({Role.LEADER}))
    group = replace(
        sample.objective("less-leakage"), visibility=Visibility.GROUP, viewers=leaders, owner="U9", reviewer=None
    )
    assert visibility.can_see_objective(group, people.get("U04DANA"))
    assert not visibility.can_see_objective(group, people.get("U03WEI"))
    assert not visibility.can_see_objective(replace(group, visibility=Visibility.PRIVATE), people.get("U04DANA"))


def test_child_of_hidden_parent_becomes_top_level(sample: Strategy, people: People) -> None:
    child = replace(sample.objective("less-leakage"), parent="fewer-depots")
    family = replace(sample, objectives=(child, *sample.objectives[1:]))
    assert filter_visible(family, people.get("U01ADA")).objective("less-leakage").parent is None


def test_warnings_stay_with_the_importer(sample: Strategy, people: People) -> None:
    warned = replace(sample, warnings=("something about fewer-depots",))  # type: ignore[arg-type]
    assert filter_visible(warned, people.get("U05EMEKA")).warnings == ()


def test_only_leaders_and_pmo_see_portfolio_figures(people: People) -> None:
    readers = [person.id for person in people if can_see_portfolio(person)]
    assert readers == ["U03WEI", "U04DANA", "U05EMEKA"]


@given(private=st.sets(st.integers(0, 3)), confidential=st.sets(st.integers(0, 5)))
def test_no_reference_points_at_hidden_records(sample: Strategy, private: set[int], confidential: set[int]) -> None:
    hidden = replace(
        sample,
        objectives=tuple(
            replace(o, visibility=Visibility.PRIVATE if i in private else Visibility.ORG)
            for i, o in enumerate(sample.objectives)
        ),
        projects=tuple(replace(p, confidential=i in confidential) for i, p in enumerate(sample.projects)),
    )
    seen = filter_visible(hidden, visibility.EVERYBODY)
    aims, works = {o.key for o in seen.objectives}, {p.key for p in seen.projects}
    assert len(aims) == 4 - len(private)
    assert len(works) == 6 - len(confidential)
    assert all(m.objective is None or m.objective in aims for m in seen.metrics)
    assert set(seen.history) <= {m.key for m in seen.metrics}
    assert {m.project for m in seen.milestones} <= works
    assert all(c.objective in aims and c.project in works for c in seen.contributions)
    assert {link.objective for link in seen.service_links} <= aims
    assert {o.parent for o in seen.objectives} <= aims | {None}
    assert not aims or abs(sum(o.weight for o in seen.objectives) - 1) < Decimal("1e-20")
    compute_portfolio(seen)
