"""The form of a request, made from the catalogue: one input for each field, its key the block_id."""

from collections.abc import Callable, Mapping, Sequence

from handlers.blocks.text import Block, context, cut, escape, input_block, modal, plain, section
from servicedesk.catalogue import Catalogue, Family, Service
from servicedesk.fields import Field, FieldKind
from servicedesk.forms import LONG_TEXT_LENGTH, TEXT_LENGTH

PICK = "request.pick"
FORM = "request.form"
NOT_LISTED = "not-listed"

_FAMILIES = {Family.MANDATED: "Mandated: projects must take these", Family.NON_MANDATED: "On request"}


def picker(catalogue: Catalogue) -> Block:
    """The modal in which a service is chosen."""
    groups = [
        {
            "label": plain(words, 75),
            "options": [_option(one.key, one.name) for one in catalogue.services if one.family is family],
        }
        for family, words in _FAMILIES.items()
    ]
    select = {
        "type": "static_select",
        "action_id": "request.service",
        "placeholder": plain("Choose a service"),
        "option_groups": [group for group in groups if group["options"]],
    }
    lines = [f"*{escape(one.name)}* — {escape(one.line)}" for one in catalogue.services]
    blocks = [input_block("service", "Which service do you need?", select), context("\n".join(lines)[:3000])]
    return modal("Ask the PMO", blocks, submit="Next", callback_id=PICK)


def form(
    service: Service,
    fields: Sequence[Field],
    given: Mapping[str, object],
    *,
    callback_id: str = FORM,
    carries: str | None = None,
    submit: str = "Send",
) -> Block:
    """The modal with the fields of a service, `given` filled in already."""
    top = section(
        f"*{escape(service.name)}*\n{escape(service.line)}\nYou get: {escape(service.deliverable)}, "
        f"usually within {service.target} once accepted."
    )
    inputs = [_input(field, given.get(field.key)) for field in fields]
    return modal(
        cut(service.name, 24),
        [top, *inputs],
        submit=submit,
        callback_id=callback_id,
        private_metadata=carries or service.key,
    )


def options(found: Sequence[tuple[str, str]]) -> list[Block]:
    """The choices of an external select: key and words."""
    return [_option(key, words) for key, words in found[:100]]


def _input(field: Field, value: object) -> Block:
    more: Block = {"optional": not field.required}
    if field.hint:
        more["hint"] = plain(field.hint, 150)
    return input_block(field.key, field.label, _ELEMENTS[field.kind](field, value), **more)


def _text(field: Field, value: object) -> Block:
    is_long = field.kind is FieldKind.LONG_TEXT
    longest = field.max_length or (LONG_TEXT_LENGTH if is_long else TEXT_LENGTH)
    made: Block = {"type": "plain_text_input", "multiline": is_long, "max_length": min(longest, 3000)}
    return _filled(field, made, "initial_value", value)


def _urls(field: Field, value: object) -> Block:
    text = "\n".join(value) if isinstance(value, tuple | list) else value
    made = {"type": "plain_text_input", "multiline": True, "max_length": 3000}
    return _filled(field, made, "initial_value", text)


def _url(field: Field, value: object) -> Block:
    return _filled(field, {"type": "url_text_input"}, "initial_value", value)


def _number(field: Field, value: object) -> Block:
    made: Block = {"type": "number_input", "is_decimal_allowed": True}
    made |= {"min_value": f"{field.min:g}"} if field.min is not None else {}
    made |= {"max_value": f"{field.max:g}"} if field.max is not None else {}
    return _filled(field, made, "initial_value", None if value is None else f"{value}")


def _date(field: Field, value: object) -> Block:
    return _filled(field, {"type": "datepicker"}, "initial_date", value)


def _choice(field: Field, value: object) -> Block:
    made: Block = {"type": "static_select", "options": [_option(key, words) for key, words in field.options.items()]}
    chosen = _option(str(value), field.options[str(value)]) if value in field.options else None
    return _filled(field, made, "initial_option", chosen)


def _choices(field: Field, value: object) -> Block:
    made: Block = {
        "type": "multi_static_select",
        "options": [_option(key, words) for key, words in field.options.items()],
    }
    kept = value if isinstance(value, tuple | list) else ()
    chosen = [_option(key, field.options[key]) for key in kept if key in field.options]
    return _filled(field, made, "initial_options", chosen or None)


def _yes_no(field: Field, value: object) -> Block:
    yes, no = _option("yes", "Yes"), _option("no", "No")
    chosen = {True: yes, False: no}.get(value) if isinstance(value, bool) else None
    made: Block = {"type": "radio_buttons", "options": [yes, no]}
    made["action_id"] = f"field.{field.key}"
    return made | ({"initial_option": chosen} if chosen else {})


def _person(field: Field, value: object) -> Block:
    return _filled(field, {"type": "users_select"}, "initial_user", value)


def _people(field: Field, value: object) -> Block:
    chosen = list(value) if isinstance(value, tuple | list) else None
    return _filled(field, {"type": "multi_users_select"}, "initial_users", chosen)


def _looked_up(field: Field, value: object) -> Block:
    made: Block = {"type": "external_select", "min_query_length": 0, "action_id": f"request.{field.kind}"}
    made["placeholder"] = plain(field.placeholder or "Type to search", 150)
    return made | ({"initial_option": _option(str(value), str(value))} if value else {})


def _filled(field: Field, element: Block, name: str, value: object) -> Block:
    element["action_id"] = f"field.{field.key}"
    if field.placeholder:
        element["placeholder"] = plain(field.placeholder, 150)
    return element | ({name: value} if value not in (None, "", [], ()) else {})


def _option(value: str, words: str) -> Block:
    return {"text": plain(words, 75), "value": cut(value, 150)}


_ELEMENTS: Mapping[FieldKind, Callable[[Field, object], Block]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.MULTI_CHOICE: _choices,
    FieldKind.DATE: _date,
    FieldKind.NUMBER: _number,
    FieldKind.PERSON: _person,
    FieldKind.PEOPLE: _people,
    FieldKind.URL: _url,
    FieldKind.URLS: _urls,
    FieldKind.YES_NO: _yes_no,
    FieldKind.PROJECT: _looked_up,
    FieldKind.OBJECTIVE: _looked_up,
}
