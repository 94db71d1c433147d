"""Who may do what with questions and with the handbook."""

from foundation.errors import NotAllowed
from foundation.people import People, Person, Role

_PMO = (Role.PMO_STAFF, Role.PMO_LEAD)


def can_answer_questions(person: Person) -> bool:
    """Whether somebody answers the questions that people pass on to the PMO."""
    return person.has_role(*_PMO)


def can_see_gaps(person: Person) -> bool:
    """Whether somebody sees the questions that the handbook doesn't answer."""
    return person.has_role(*_PMO)


def can_teach(person: Person) -> bool:
    """Whether somebody says which section answers a question, and sees what was learned in this way."""
    return person.has_role(*_PMO)


def check_can_answer_questions(person: Person) -> None:
    """Raises NotAllowed: only the PMO answers questions that people pass on."""
    if not can_answer_questions(person):
        raise NotAllowed("Only the PMO can answer here. You can reply in the thread of the question instead.")


def check_can_see_gaps(person: Person) -> None:
    """Raises NotAllowed: only the PMO sees the gaps."""
    if not can_see_gaps(person):
        raise NotAllowed("Only the PMO can see which questions the handbook doesn't answer.")


def check_can_teach(person: Person) -> None:
    """Raises NotAllowed: only the PMO says which section answers a question."""
    if not can_teach(person):
        raise NotAllowed("Only the PMO can say which section of the handbook answers a question.")


def check_can_read_question(person: Person, asker: str, *, is_quotable: bool) -> None:
    """Raises NotAllowed: a question asked in private belongs to its asker until they pass it on."""
    if not is_quotable and person.id != asker:
        raise NotAllowed("This question was asked in private, so only its asker can use it.")


def find_question_answerers(people: People) -> tuple[Person, ...]:
    """Everybody who answers questions that people pass on."""
    return people.find_by_role(*_PMO)
