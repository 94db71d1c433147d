"""The one question after a request is closed."""

from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    build_modal,
    button,
    context,
    escape,
    input_block,
    section,
)
from servicedesk.forms import MAX_LONG_TEXT_LENGTH
from servicedesk.records import Request
from servicedesk.satisfaction import SCALE, Rating

RATING_FORM = "request.rating"
QUESTION = "What should the PMO keep doing, or do differently?"


def build_rating_question(request: Request) -> Message:
    text = f"*{request.reference}* · {escape(request.title)} is closed. How satisfied are you with the result?"
    note = "One star: not satisfied at all. Five stars: very satisfied."
    return build_message(text, [section(text), _build_stars(request, None), context(note)])


def build_rating_thanks(request: Request, rating: Rating) -> Message:
    """The same message after the rating, which can be changed or commented on."""
    text = f"*{request.reference}* · {escape(request.title)}\nThank you. {_describe_score(rating.score)}"
    note = "Only the PMO can read your comment." if rating.comment else QUESTION
    label = "Change comment" if rating.comment else "Add comment"
    comment = button(label, RATING_FORM, f"{request.number}:{rating.score}")
    blocks = [section(text), _build_stars(request, rating.score), context(note), actions([comment])]
    return build_message(f"{text} {note}", blocks)


def build_rating_modal(request: Request, score: int, comment: str | None) -> Block:
    """The modal for a comment on the rating, with number and score as metadata."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": "rating.comment",
        "multiline": True,
        "max_length": MAX_LONG_TEXT_LENGTH,
    }
    if comment:
        element["initial_value"] = comment
    blocks = [
        section(f"*{request.reference}* · {escape(request.title)}\n{_describe_score(score)}"),
        input_block("comment", QUESTION, element, optional=True),
        context("Only the PMO can read your comment."),
    ]
    metadata = f"{request.number}:{score}"
    return build_modal("How was it?", blocks, submit="Send", callback_id=RATING_FORM, private_metadata=metadata)


def _build_stars(request: Request, given: int | None) -> Block:
    styles = {given: "primary"} if given else {}
    return actions(
        [
            button("★" * score, f"request.rate.{score}", f"{request.number}:{score}", style=styles.get(score))
            for score in SCALE
        ]
    )


def _describe_score(score: int) -> str:
    return f"You rated it {'★' * score} ({score} of {SCALE[-1]})."
