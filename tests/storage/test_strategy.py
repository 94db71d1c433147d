"""Every version of the strategy is stored, the last is current, and measurements since belong to it."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from foundation.errors import Conflict
from storage.database import Database
from storage.store import Store
from storage.tables.strategy import StrategyRow
from strategy.files import SAMPLE, parse_strategy
from strategy.records import Measurement
from tests.storage.cast import BEN, NOW

TEXT = SAMPLE.read_text(encoding="utf-8")
NEWER = TEXT.replace('version: "2026-H2.1"', 'version: "2026-H2.2"').replace(
    "Less water is lost between", "Hardly any water is lost between"
)


def bring_in(store: Store, text: str, **later: float) -> bool:
    at = NOW + timedelta(**later)
    with store.transaction(at) as tx:
        return tx.strategy.import_version(text, parse_strategy(text, name="strategy.yaml"), "strategy.yaml", at)


def test_no_strategy_before_the_first_import(database: Database) -> None:
    with Store(database).read_only(NOW) as tx:
        assert tx.strategy.get_current() is None


def test_strategy_is_read_back_unchanged(database: Database) -> None:
    store = Store(database)
    assert bring_in(store, TEXT)
    with store.read_only(NOW) as tx:
        assert tx.strategy.get_current() == parse_strategy(TEXT, name="strategy.yaml")


def test_last_version_is_current_earlier_ones_remain(database: Database) -> None:
    store = Store(database)
    bring_in(store, TEXT)
    assert bring_in(store, NEWER, days=1)
    with store.read_only(NOW) as tx:
        strategy, versions = tx.strategy.get_current(), tx.strategy.list_versions(10)
    assert strategy is not None
    assert strategy.objective("less-leakage").title.startswith("Hardly any")
    assert [(one.label, one.imported_at) for one in versions] == [
        ("2026-H2.2", NOW + timedelta(days=1)),
        ("2026-H2.1", NOW),
    ]


def test_unchanged_file_makes_no_new_version(database: Database) -> None:
    store = Store(database)
    bring_in(store, TEXT)
    assert not bring_in(store, TEXT)
    bring_in(store, NEWER)
    assert bring_in(store, TEXT)
    with store.read_only(NOW) as tx:
        assert [one.label for one in tx.strategy.list_versions(10)] == ["2026-H2.1", "2026-H2.2", "2026-H2.1"]


def test_recorded_measurements_belong_to_the_strategy(database: Database) -> None:
    store = Store(database)
    bring_in(store, TEXT)
    day = date(2026, 11, 23)
    with store.transaction(NOW) as tx:
        tx.strategy.add_measurement(Measurement("leakage-rate", day, Decimal("53.25"), BEN), NOW)
        tx.strategy.add_measurement(Measurement("leakage-rate", day, Decimal("53.2"), BEN, revision=2), NOW)
        tx.strategy.add_measurement(Measurement("gone-since", day, Decimal(1), BEN), NOW)
    bring_in(store, NEWER)
    with store.read_only(NOW) as tx:
        strategy = tx.strategy.get_current()
    assert strategy is not None
    assert strategy.measurements_of("leakage-rate")[-1] == Measurement(
        "leakage-rate", day, Decimal("53.2"), BEN, revision=2
    )
    assert "gone-since" not in strategy.history


def test_second_of_two_simultaneous_values_is_refused(database: Database) -> None:
    store = Store(database)
    value = Measurement("leakage-rate", date(2026, 11, 23), Decimal(53), BEN)
    with store.transaction(NOW) as tx:
        tx.strategy.add_measurement(value, NOW)
    with pytest.raises(Conflict, match="Someone else has just recorded"), store.transaction(NOW) as tx:
        tx.strategy.add_measurement(replace(value, value=Decimal(54)), NOW)


def test_other_processes_see_what_is_recorded_and_read_only_that(database: Database, address: str) -> None:
    other = Database(address)
    ours, theirs = Store(database), Store(other)
    bring_in(ours, TEXT)
    with theirs.read_only(NOW) as tx:
        plan = tx.strategy.get_plan()
    value = Measurement("leakage-rate", date(2026, 11, 23), Decimal(53), BEN)
    with ours.transaction(NOW) as tx:
        tx.strategy.add_measurement(value, NOW)
    with theirs.read_only(NOW) as tx:
        strategy = tx.strategy.get_current()
        assert strategy is not None
        assert strategy.measurements_of("leakage-rate")[-1] == value
        assert tx.strategy.get_plan() is plan
    other.close()


def test_what_is_undone_is_not_remembered(database: Database) -> None:
    store = Store(database)
    bring_in(store, TEXT)
    with suppress(ZeroDivisionError), store.transaction(NOW) as tx:
        tx.strategy.add_measurement(Measurement("leakage-rate", date(2026, 11, 23), Decimal(53), BEN), NOW)
        changed = tx.strategy.get_current()
        assert changed is not None
        assert changed.measurements_of("leakage-rate")[-1].value == 53
        raise ZeroDivisionError
    with store.read_only(NOW) as tx:
        assert tx.strategy.get_current() == parse_strategy(TEXT, name="strategy.yaml")


def test_same_strategy_is_the_same_object_for_all_callers(database: Database) -> None:
    store = Store(database)
    bring_in(store, TEXT)
    with store.read_only(NOW) as tx:
        first = tx.strategy.get_current()
    with Store(database).read_only(NOW) as tx:  # as after the organisation file was reloaded
        assert tx.strategy.get_current() is first


def test_version_stored_without_its_plan_is_read_from_its_text(database: Database) -> None:
    bring_in(Store(database), TEXT)
    with database.transaction() as session:
        session.execute(update(StrategyRow).values(plan=None))
    with Store(database).read_only(NOW) as tx:
        assert tx.strategy.get_current() == parse_strategy(TEXT, name="strategy.yaml")


def test_plan_of_another_version_of_the_bot_is_read_from_its_text(database: Database) -> None:
    bring_in(Store(database), TEXT)
    with database.transaction() as session:
        session.execute(update(StrategyRow).values(plan={"vision": 7}))
    with Store(database).read_only(NOW) as tx:
        assert tx.strategy.get_current() == parse_strategy(TEXT, name="strategy.yaml")
