"""Questions to start with: examples that the handbook answers, chosen for a person's role."""

from collections.abc import Iterator, Sequence

from foundation.people import Person, Role
from knowledge.handbook import Handbook, Page

MOST = 4
LONGEST = 75  # characters; a button shows no more

# Pages whose first question is offered as an example. The first role that somebody has decides.
_PAGES: dict[Role, tuple[str, ...]] = {
    Role.PMO_LEAD: ("governance-boards", "prioritisation", "improve-and-adapt", "clear-objectives"),
    Role.PMO_STAFF: ("project-in-trouble", "clear-objectives", "tailoring", "monitor-and-evaluate"),
    Role.LEADER: ("sponsor-role", "prioritisation", "clear-objectives", "benefits-management"),
    Role.PROJECT_MANAGER: ("health-check", "change-control", "stage-gates", "escalation"),
    Role.MEMBER: ("project-intake", "raci", "capacity-building", "health-check"),
}


def list_starters(handbook: Handbook, person: Person) -> tuple[str, ...]:
    """Up to four questions that this handbook answers: from the pages for the person's role, or else from pages all
    over the handbook."""
    role = next((role for role in _PAGES if person.has_role(role)), Role.MEMBER)
    chosen = [page for page_id in _PAGES[role] if (page := handbook.get(page_id))]
    every = max(1, len(handbook) // MOST)
    return tuple(_read_first_questions(chosen or handbook.pages[::every]))[:MOST]


def _read_first_questions(pages: Sequence[Page]) -> Iterator[str]:
    for page in pages:
        yield from [question for question in page.questions if len(question) <= LONGEST][:1]
