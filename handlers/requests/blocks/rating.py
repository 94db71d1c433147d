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


def build_rating_question(request: Request) -> Message:
    words = f"*{request.reference}* · {escape(request.title)} is closed. How satisfied are you with what you got?"
    return build_message(
        words, [section(words), _build_stars(request, None), context("One star: not at all. Five stars: very.")]
    )


def build_rating_thanks(request: Request, rating: Rating) -> Message:
    """The same message once it is answered; the answer can be changed, and words can be added."""
    words = f"*{request.reference}* · {escape(request.title)}\nThank you. You gave {'★' * rating.score} of five."
    note = "Your words are with the PMO." if rating.comment else "What should the PMO keep, or do differently?"
    say = button("Change your words" if rating.comment else "Say more", RATING_FORM, f"{request.number}:{rating.score}")
    return build_message(
        f"{words} {note}", [section(words), _build_stars(request, rating.score), context(note), actions([say])]
    )


def build_rating_modal(request: Request, score: int, comment: str | None) -> Block:
    """Room for words beside the stars; it carries number and score."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": "rating.comment",
        "multiline": True,
        "max_length": MAX_LONG_TEXT_LENGTH,
    }
    if comment:
        element["initial_value"] = comment
    blocks = [
        section(f"*{request.reference}* · {escape(request.title)}\nYou gave {'★' * score} of five."),
        input_block("comment", "What should the PMO keep, or do differently?", element, optional=True),
        context("The PMO reads it."),
    ]
    carried = f"{request.number}:{score}"
    return build_modal("How was it?", blocks, submit="Send", callback_id=RATING_FORM, private_metadata=carried)


def _build_stars(request: Request, given: int | None) -> Block:
    styles = {given: "primary"} if given else {}
    return actions(
        [
            button("★" * score, f"request.rate.{score}", f"{request.number}:{score}", style=styles.get(score))
            for score in SCALE
        ]
    )
