"""The count of changes of the strategy, by which processes see that what they remember is out of date."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from storage.tables.strategy import StrategyChangeRow
from storage.upsert import insert_new_rows

_ID = 1  # the count has one row
_CHANGED = "strategy_changed"


def count_change(session: Session) -> int:
    """Count a change of the strategy. Returns its number, for the rows that the change writes."""
    # The update locks the row until the transaction ends. So the numbers are in the order of the commits, and whoever
    # has seen a number has seen everything with a lower one.
    counting = update(StrategyChangeRow).values(last=StrategyChangeRow.last + 1).returning(StrategyChangeRow.last)
    number = session.scalar(counting)
    if number is None:
        insert_new_rows(session, StrategyChangeRow, [{"id": _ID, "last": 0}])
        number = session.scalars(counting).one()
    session.info[_CHANGED] = True
    return number


def has_changed(session: Session) -> bool:
    """Whether this transaction has changed the strategy."""
    return bool(session.info.get(_CHANGED))
