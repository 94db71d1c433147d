"""The answer to a question for a record of something that nobody the asker may see is called."""

from handlers.questions.blocks.records import RecordAnswer, build_record_message
from handlers.questions.records.names import NameIndex, NameKind
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message, button, escape

_LISTED = (NameKind.PROJECT, NameKind.OBJECTIVE, NameKind.METRIC, NameKind.MILESTONE, NameKind.PERSON)


def explain_unknown_name(_: RecordView, question: RecordQuestion, index: NameIndex) -> Message:
    """That nothing has this name, with the nearest names: the index has only those that the asker may see."""
    typed = escape(question.unknown)
    nearest = [name for name in index.find_nearest(question.unknown) if name.kind in _LISTED]
    names = " Did you mean " + " or ".join(f"*{escape(name.title)}*" for name in nearest) + "?" if nearest else ""
    lead = f"There's no objective, project, metric or person “{typed}” that you can see.{names}"
    return build_record_message(
        RecordAnswer(lead, note="`/pmo-strategy` lists everything you can see.", buttons=[_build_strategy_button()])
    )


def _build_strategy_button() -> dict[str, object]:
    return button("View strategy", "strategy.show", "all")
