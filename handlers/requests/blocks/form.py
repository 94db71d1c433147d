"""The form of a request, built from the catalogue: one input per field, with the field's key as block_id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.requests.blocks.labels import look_up_name
from handlers.requests.blocks.request_view import LookupNames
from handlers.slack.blocks.builders import (
    Block,
    build_modal,
    button,
    context,
    escape,
    input_block,
    plain_text,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, rich_text
from servicedesk.catalogue import Catalogue, Service, ServiceFamily
from servicedesk.fields import Field, FieldKind
from servicedesk.forms import MAX_LONG_TEXT_LENGTH, MAX_TEXT_LENGTH
from servicedesk.records import Request, RequestVerb

REQUEST_FORM = "request.form"
RESUBMISSION_FORM = "request.resubmit"
CHOOSE_ACTION = "request.open"  # the key of the service follows

_FAMILIES = {
    ServiceFamily.MANDATED: "*Mandated services* · required for projects, and provided only by the PMO",
    ServiceFamily.NON_MANDATED: "*Services on request* · ask for them whenever they would help",
}
MAX_SERVICES = 40  # two blocks each


@dataclass(frozen=True, slots=True)
class FormPrefill:
    """What a form is filled with at first: values by key, and the names of the projects and objectives among them.

    `note` (mrkdwn) says what the person should know of this before they submit it.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    names: LookupNames = field(default_factory=dict)
    note: str = ""


def build_service_picker(catalogue: Catalogue, private_metadata: str = "") -> Block:
    """The modal in which people choose a service."""
    blocks: list[Block] = []
    for family, text in _FAMILIES.items():
        services = [one for one in catalogue.services[:MAX_SERVICES] if one.family is family]
        blocks += [section(text), *map(_build_service_entry, services)] if services else []
    return build_modal("Request a PMO service", blocks, private_metadata=private_metadata)


def build_request_form(service: Service, fields: Sequence[Field], prefill: FormPrefill) -> Block:
    """The modal with the fields of a service."""
    top = section(
        f"*{escape(service.name)}*\n{escape(service.line)}\n*You get:* {escape(service.deliverable)}, "
        f"usually within {service.target} of acceptance."
    )
    return build_modal(
        "Request a PMO service",
        [top, *([context(prefill.note)] if prefill.note else []), *_build_inputs(fields, prefill)],
        submit="Submit",
        callback_id=REQUEST_FORM,
        private_metadata=service.key,
    )


def build_resubmission_form(request: Request, fields: Sequence[Field], prefill: FormPrefill) -> Block:
    """The form as it was submitted, for the changes that the approvers asked for."""
    heading = section(f"*{request.reference}* · The approver asked for these changes:")
    return build_modal(
        "Change and resubmit",
        [heading, rich_text(quote_text(request.question or "")), *_build_inputs(fields, prefill)],
        submit="Resubmit",
        callback_id=RESUBMISSION_FORM,
        private_metadata=f"{request.number}:{RequestVerb.RESUBMIT}:{request.version}",
    )


def _build_service_entry(service: Service) -> Block:
    text = f"*{escape(service.name)}*\n{escape(service.line)}"
    return section(text, accessory=button("Choose", f"{CHOOSE_ACTION}.{service.key}", service.key))


def build_options(found: Sequence[tuple[str, str]]) -> list[Block]:
    """The options of an external select, from keys and labels."""
    return [_build_option(key, text) for key, text in found[:100]]


def _build_inputs(fields: Sequence[Field], prefill: FormPrefill) -> list[Block]:
    return [_build_input(one, prefill) for one in fields]


def _build_input(one: Field, prefill: FormPrefill) -> Block:
    more: Block = {"optional": not one.required}
    if one.hint:
        more["hint"] = plain_text(one.hint, 150)
    element = ELEMENT_BUILDERS[one.kind](one, prefill.values.get(one.key), prefill.names)
    return input_block(one.key, one.label, element, **more)


def _build_text(one: Field, value: object, _: LookupNames) -> Block:
    is_long = one.kind is FieldKind.LONG_TEXT
    longest = one.max_length or (MAX_LONG_TEXT_LENGTH if is_long else MAX_TEXT_LENGTH)
    element: Block = {"type": "plain_text_input", "multiline": is_long, "max_length": longest}
    return _fill_element(one, element, "initial_value", str(value or "")[:longest])


def _build_urls(one: Field, value: object, _: LookupNames) -> Block:
    text = "\n".join(value) if isinstance(value, tuple | list) else value
    element = {"type": "plain_text_input", "multiline": True, "max_length": 3000}
    return _fill_element(one, element, "initial_value", text)


def _build_url(one: Field, value: object, _: LookupNames) -> Block:
    return _fill_element(one, {"type": "url_text_input"}, "initial_value", value)


def _build_number(one: Field, value: object, _: LookupNames) -> Block:
    element: Block = {"type": "number_input", "is_decimal_allowed": one.decimals}
    element |= {"min_value": f"{one.min:.15g}"} if one.min is not None else {}
    element |= {"max_value": f"{one.max:.15g}"} if one.max is not None else {}
    return _fill_element(one, element, "initial_value", None if value is None else f"{value}")


def _build_date(one: Field, value: object, _: LookupNames) -> Block:
    return _fill_element(one, {"type": "datepicker"}, "initial_date", value)


def _build_choice(one: Field, value: object, _: LookupNames) -> Block:
    element: Block = {
        "type": "static_select",
        "options": [_build_option(key, text) for key, text in one.options.items()],
    }
    chosen = _build_option(str(value), one.options[str(value)]) if value in one.options else None
    return _fill_element(one, element, "initial_option", chosen)


def _build_choices(one: Field, value: object, _: LookupNames) -> Block:
    element: Block = {
        "type": "multi_static_select",
        "options": [_build_option(key, text) for key, text in one.options.items()],
    }
    chosen_keys = value if isinstance(value, tuple | list) else ()
    chosen = [_build_option(key, one.options[key]) for key in chosen_keys if key in one.options]
    return _fill_element(one, element, "initial_options", chosen or None)


def _build_yes_no(one: Field, value: object, _: LookupNames) -> Block:
    yes, no = _build_option("yes", "Yes"), _build_option("no", "No")
    chosen = {True: yes, False: no}.get(value) if isinstance(value, bool) else None
    element: Block = {"type": "radio_buttons", "options": [yes, no]}
    element["action_id"] = f"field.{one.key}"
    return element | ({"initial_option": chosen} if chosen else {})


def _build_person(one: Field, value: object, _: LookupNames) -> Block:
    return _fill_element(one, {"type": "users_select"}, "initial_user", value)


def _build_people(one: Field, value: object, _: LookupNames) -> Block:
    chosen = list(value) if isinstance(value, tuple | list) else None
    return _fill_element(one, {"type": "multi_users_select"}, "initial_users", chosen)


def _build_lookup(one: Field, value: object, names: LookupNames) -> Block:
    element: Block = {"type": "external_select", "min_query_length": 0, "action_id": f"request.{one.kind}"}
    element["placeholder"] = plain_text(one.placeholder or "Type to search", 150)
    if not value:
        return element
    return element | {"initial_option": _build_option(str(value), look_up_name(names, one.kind, str(value)))}


def _fill_element(one: Field, element: Block, name: str, value: object) -> Block:
    element["action_id"] = f"field.{one.key}"
    if one.placeholder:
        element["placeholder"] = plain_text(one.placeholder, 150)
    return element | ({name: value} if value not in (None, "", [], ()) else {})


def _build_option(value: str, text: str) -> Block:
    return {"text": plain_text(text, 75), "value": shorten(value, 150)}


ELEMENT_BUILDERS: Mapping[FieldKind, Callable[[Field, object, LookupNames], Block]] = {
    FieldKind.TEXT: _build_text,
    FieldKind.LONG_TEXT: _build_text,
    FieldKind.CHOICE: _build_choice,
    FieldKind.MULTI_CHOICE: _build_choices,
    FieldKind.DATE: _build_date,
    FieldKind.NUMBER: _build_number,
    FieldKind.PERSON: _build_person,
    FieldKind.PEOPLE: _build_people,
    FieldKind.URL: _build_url,
    FieldKind.URLS: _build_urls,
    FieldKind.YES_NO: _build_yes_no,
    FieldKind.PROJECT: _build_lookup,
    FieldKind.OBJECTIVE: _build_lookup,
}
