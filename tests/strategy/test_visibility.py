"""What somebody may not see is nowhere: not in a list, a weight, a count or a total."""

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


def test_the_private_objective_and_all_that_hangs_on_it_is_nowhere_for_others(sample: Strategy, people: People) -> None:
    for reader in ("U01ADA", "U02BEN", "U03WEI", "U06FARAH", "U99NOBODY"):
        told = repr(asdict(filter_visible(sample, people.get(reader))))
        assert not [word for word in HIDDEN if word in told]


def test_those_it_names_see_it_whole(sample: Strategy, people: People) -> None:
    for reader in ("U04DANA", "U05EMEKA"):
        assert filter_visible(sample, people.get(reader)) == sample


def test_asking_for_it_by_name_is_answered_as_if_it_did_not_exist(sample: Strategy, people: People) -> None:
    seen = filter_visible(sample, people.get("U02BEN"))
    with pytest.raises(NotFound) as hidden:
        seen.objective("fewer-depots")
    with pytest.raises(NotFound) as absent:
        seen.objective("more-cake")
    assert hidden.value.message.replace("fewer-depots", "") == absent.value.message.replace("more-cake", "")


def test_the_weights_that_remain_sum_to_one_so_that_no_gap_tells(sample: Strategy, people: People) -> None:
    seen = filter_visible(sample, people.get("U02BEN"))
    assert abs(sum(objective.weight for objective in seen.objectives) - 1) < Decimal("1e-20")


def test_portfolio_totals_are_those_of_a_strategy_without_it(sample: Strategy, people: People) -> None:
    figures = compute_portfolio(filter_visible(sample, people.get("U03WEI")))
    assert figures.budget == sum(p.budget for p in sample.projects if not p.confidential)
    assert figures.index is not None
    assert figures.index == compute_portfolio(filter_visible_to_all(sample, ())).index


def test_a_channel_sees_what_each_of_its_readers_sees(sample: Strategy, people: People) -> None:
    dana, emeka, wei = people.get("U04DANA"), people.get("U05EMEKA"), people.get("U03WEI")
    assert len(filter_visible_to_all(sample, (dana, emeka)).objectives) == 4
    assert len(filter_visible_to_all(sample, (dana, emeka, wei)).objectives) == 3
    assert len(filter_visible_to_all(sample, ()).objectives) == 3


def test_a_role_opens_a_group_but_nothing_private(sample: Strategy, people: People) -> None:
    leaders = Viewers(roles=frozenset({Role.LEADER}))
    group = replace(
        sample.objective("less-leakage"), visibility=Visibility.GROUP, viewers=leaders, owner="U9", reviewer=None
    )
    assert visibility.can_see_objective(group, people.get("U04DANA"))
    assert not visibility.can_see_objective(group, people.get("U03WEI"))
    assert not visibility.can_see_objective(replace(group, visibility=Visibility.PRIVATE), people.get("U04DANA"))


def test_a_child_whose_parent_is_hidden_stands_by_itself(sample: Strategy, people: People) -> None:
    child = replace(sample.objective("less-leakage"), parent="fewer-depots")
    family = replace(sample, objectives=(child, *sample.objectives[1:]))
    assert filter_visible(family, people.get("U01ADA")).objective("less-leakage").parent is None


def test_warnings_stay_with_whoever_brings_the_file_in(sample: Strategy, people: People) -> None:
    told = replace(sample, warnings=("something about fewer-depots",))  # type: ignore[arg-type]
    assert filter_visible(told, people.get("U05EMEKA")).warnings == ()


def test_portfolio_figures_are_for_leaders_and_the_pmo(people: People) -> None:
    readers = [person.id for person in people if can_see_portfolio(person)]
    assert readers == ["U03WEI", "U04DANA", "U05EMEKA"]


@given(private=st.sets(st.integers(0, 3)), confidential=st.sets(st.integers(0, 5)))
def test_no_reference_ever_points_at_something_cut_away(
    sample: Strategy, private: set[int], confidential: set[int]
) -> None:
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
    assert {m.metric for m in seen.measurements} <= {m.key for m in seen.metrics}
    assert {m.project for m in seen.milestones} <= works
    assert all(c.objective in aims and c.project in works for c in seen.contributions)
    assert {link.objective for link in seen.service_links} <= aims
    assert {o.parent for o in seen.objectives} <= aims | {None}
    assert not aims or abs(sum(o.weight for o in seen.objectives) - 1) < Decimal("1e-20")
    compute_portfolio(seen)
