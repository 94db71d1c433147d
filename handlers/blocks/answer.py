"""An answer from the handbook as a message."""

from collections.abc import Mapping

from handlers.blocks.text import Block, Message, actions, button, context, cut, escape, mention, message, section
from knowledge.answers import Answer, Citation, Outcome

NOT_FOUND = "The handbook does not say."


def answer_message(answer: Answer, question_id: str, services: Mapping[str, str]) -> Message:
    """The message for one answer. `services` gives the names of the services to request, by key."""
    build = {Outcome.ANSWERED: _answered, Outcome.NOT_FOUND: _not_found, Outcome.CLARIFY: _clarify}[answer.status]
    return build(answer, question_id, services)


def _answered(answer: Answer, question_id: str, services: Mapping[str, str]) -> Message:
    blocks = [section(escape(answer.text)), _sources(answer.citations), _feedback(question_id)]
    known = [key for key in answer.services if key in services][:3]
    offered = [button(f"Request: {services[key]}", f"request.open.{key}", key) for key in known]
    if offered:
        blocks.append(actions(offered))
    sources = "; ".join(f"{citation.page} › {citation.section}" for citation in answer.citations)
    return message(f"{escape(answer.text)}\nFrom the handbook: {escape(sources)}", blocks)


def _not_found(answer: Answer, question_id: str, services: Mapping[str, str]) -> Message:
    blocks = [section(f"*{NOT_FOUND}*")]
    text = NOT_FOUND
    if answer.nearest:
        lines = [f"• {_place(one)}{_owner(one)}" for one in answer.nearest[:3]]
        blocks.append(section("The nearest sections are:\n" + "\n".join(lines)))
        text += " Nearest: " + "; ".join(_place(one) for one in answer.nearest[:3])
    ask = button("Ask the PMO", "question.forward", question_id, style="primary")
    return message(text, [*blocks, actions([ask])])


def _clarify(answer: Answer, question_id: str, services: Mapping[str, str]) -> Message:
    words = "What would you like to know? Choose one, or ask in a few more words."
    choices = [
        button(suggestion, f"question.suggested.{number}", cut(suggestion, 2000))
        for number, suggestion in enumerate(answer.suggestions[:5])
    ]
    blocks = [section(words)] + ([actions(choices)] if choices else [])
    return message(f"{words} " + "; ".join(escape(one) for one in answer.suggestions), blocks)


def _place(citation: Citation) -> str:
    return f"{escape(citation.page)} › {escape(citation.section)}"


def _owner(citation: Citation) -> str:
    return f" (owner {mention(citation.owner)})" if citation.owner else ""


def _sources(citations: tuple[Citation, ...]) -> Block:
    return context(*(f":book: {_place(one)} · edition {escape(one.edition)}" for one in citations[:5]))


def _feedback(question_id: str) -> Block:
    def choice(label: str, value: str) -> Block:
        return {"text": {"type": "plain_text", "text": label}, "value": f"{value}:{question_id}"}

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "question.feedback",
                "positive_button": choice("Helpful", "yes"),
                "negative_button": choice("Not helpful", "no"),
            }
        ],
    }
