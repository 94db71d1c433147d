"""The tables, a file for each noun. Importing this package registers all of them with the metadata."""

from storage.tables import (
    engine,
    erasures,
    handbook,
    homes,
    learned_questions,
    questions,
    requests,
    stories,
    strategy,
    threads,
    updates,
    user_groups,
)
from storage.tables.base import Base

__all__ = [
    "Base",
    "engine",
    "erasures",
    "handbook",
    "homes",
    "learned_questions",
    "questions",
    "requests",
    "stories",
    "strategy",
    "threads",
    "updates",
    "user_groups",
]
