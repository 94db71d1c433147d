"""Questions to start with: examples that the handbook answers, chosen for a person's role."""

from foundation.people import Person, Role
from knowledge.handbook import Handbook, Page
from knowledge.questions import LONGEST_OFFERED, write_as_sentence

MOST = 4

_TROUBLE = ("project-in-trouble", "Signs that a project is in trouble")
_PRIORITIES = ("prioritisation", "Which work goes first")
_HEALTH_CHECK = ("health-check", "How long a health check takes")

# Pages with a heading; the first question of that section is offered as an example, or else the first of the page. The
# first role that somebody has decides.
_SECTIONS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.PMO_LEAD: (
        _PRIORITIES,
        ("governance-boards", "Which boards exist and what they decide"),
        ("improve-and-adapt", "How improvements are chosen and checked"),
        ("monitor-and-evaluate", "How the PMO measures itself"),
    ),
    Role.PMO_STAFF: (
        _TROUBLE,
        ("clear-objectives", "What every objective must state"),
        ("tailoring", "How to find the size of a project"),
        ("monitor-and-evaluate", "How progress and status are calculated"),
    ),
    Role.LEADER: (
        ("sponsor-role", "Questions a sponsor should ask"),
        _PRIORITIES,
        ("clear-objectives", "Who approves objectives and when they may change"),
        ("benefits-management", "What to do when a benefit falls short"),
    ),
    Role.PROJECT_MANAGER: (
        _HEALTH_CHECK,
        ("change-control", "The steps of a change request"),
        ("stage-gates", "How to prepare for a gate review"),
        ("escalation", "To whom to escalate and how fast"),
    ),
    Role.MEMBER: (
        ("project-intake", "When intake is needed"),
        ("raci", "What the four letters mean"),
        ("capacity-building", "Which form of learning to choose"),
        _HEALTH_CHECK,
    ),
}


def list_starters(handbook: Handbook, person: Person) -> tuple[str, ...]:
    """Up to four questions that this handbook answers: for the person's role or, if it has none of those pages, from
    pages all over the handbook."""
    role = next((role for role in _SECTIONS if person.has_role(role)), Role.MEMBER)
    chosen = [(page, heading) for page_id, heading in _SECTIONS[role] if (page := handbook.get(page_id))]
    every = max(1, len(handbook) // MOST)
    found = chosen or [(page, "") for page in handbook.pages[::every]]
    return tuple(filter(None, (_pick_question(page, heading) for page, heading in found)))[:MOST]


def _pick_question(page: Page, heading: str) -> str:
    """The first question of the section or else of the page, as a sentence; empty without any that fits."""
    in_order = sorted(page.list_questions(), key=lambda one: one[1] != heading)
    return next((write_as_sentence(text) for text, _ in in_order if len(text) < LONGEST_OFFERED), "")
