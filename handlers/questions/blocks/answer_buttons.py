"""What can be clicked under an answer."""

from collections.abc import Iterable, Mapping

from handlers.questions.wording.catalogue import localize_text
from handlers.slack.blocks.builders import Block, button, shorten

MOST_SUGGESTIONS = 5
MOST_SERVICES = 3


def build_service_buttons(keys: Iterable[str], services: Mapping[str, str]) -> list[Block]:
    """A button for each service that the pages offer; its value is the service's key, its label the service's name."""
    known = [key for key in dict.fromkeys(keys) if key in services][:MOST_SERVICES]
    return [
        button(localize_text("Request: {service}", service=services[key]), f"request.open.{key}", key) for key in known
    ]


def build_suggestion_buttons(questions: tuple[str, ...]) -> list[Block]:
    """Buttons that each ask a question."""
    return [
        button(question, f"question.suggested.{number}", shorten(question, 2000))
        for number, question in enumerate(questions[:MOST_SUGGESTIONS])
    ]


def build_ask_pmo_button(question_id: str) -> Block:
    return button(localize_text("Ask the PMO"), "question.forward", question_id)


def format_question_block_id(question_id: str) -> str:
    """The block_id of buttons under an answer, so that the form they open knows the question."""
    return f"asked:{question_id}"


def build_feedback_row(question_id: str) -> Block:
    def choice(label: str, value: str) -> Block:
        return {"text": {"type": "plain_text", "text": label}, "value": f"{value}:{question_id}"}

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "question.feedback",
                "positive_button": choice(localize_text("Helpful"), "yes"),
                "negative_button": choice(localize_text("Not helpful"), "no"),
            }
        ],
    }
