"""The shape of Slack's payloads, as far as Bolt and the routes read them before anything is stored.

The rest is read by handlers, which explain their errors to the person.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter

_Id = Annotated[str, Field(min_length=1, max_length=100)]
_Name = Annotated[str, Field(min_length=1, max_length=255)]  # which the app gives to its own elements
_Text = str | None
_Record = dict[str, Any]


class _Named(BaseModel):
    id: _Id


class _Source(BaseModel):
    """Where a payload comes from."""

    team: str | _Named | None = None
    enterprise: str | _Named | None = None


class _Event(BaseModel):
    type: _Id
    subtype: _Text = None
    user: str | _Named | None = None
    channel: Annotated[str, Field(max_length=40)] | _Named | None = None
    ts: Annotated[str, Field(max_length=32)] | None = None
    thread_ts: _Text = None


class _EventCallback(_Source):
    type: Literal["event_callback"]
    event_id: _Id
    event: _Event
    authorizations: list[_Record] | None = None


class _UrlVerification(BaseModel):
    type: Literal["url_verification"]
    challenge: str


class _RateLimited(BaseModel):
    type: Literal["app_rate_limited"]


class _Command(BaseModel):
    command: _Id
    user_id: _Id
    channel_id: _Id
    trigger_id: _Id


class _CertificateCheck(BaseModel):
    ssl_check: str


class _Interaction(_Source):
    user: _Named
    channel: _Named | None = None
    container: _Record | None = None
    message: _Record | None = None
    response_url: _Text = None


class _Action(BaseModel):
    action_id: _Name
    block_id: _Text = None
    value: _Text = None
    selected_option: _Record | None = None


class _View(BaseModel):
    id: _Id
    type: _Id
    callback_id: str
    hash: Annotated[str, Field(max_length=100)] | None = None


class _Clicked(_Interaction):
    type: Literal["block_actions"]
    trigger_id: _Id
    actions: Annotated[list[_Action], Field(min_length=1)]
    view: _View | None = None


class _Searched(_Interaction):
    type: Literal["block_suggestion"]
    action_id: _Name
    value: _Text = None


class _Chosen(_Interaction):
    """A shortcut."""

    type: Literal["shortcut", "message_action"]
    callback_id: _Name
    trigger_id: _Id


class _FormBlock(BaseModel):
    type: _Id
    block_id: str


class _FormState(BaseModel):
    values: dict[str, dict[str, _Record]] | Annotated[list[Any], Field(max_length=0)]  # Slack's empty object


class _Form(_View):
    state: _FormState
    blocks: list[_FormBlock] = []
    private_metadata: _Text = None


class _Submitted(_Interaction):
    type: Literal["view_submission"]
    view: _Form


class _Closed(_Interaction):
    type: Literal["view_closed"]
    view: _View


_SHAPES: TypeAdapter[Any] = TypeAdapter(
    _EventCallback
    | _UrlVerification
    | _RateLimited
    | _Command
    | _CertificateCheck
    | _Clicked
    | _Searched
    | _Chosen
    | _Submitted
    | _Closed
)


def check_shape(payload: object) -> None:
    """Raises pydantic's ValidationError if Slack sends no such payload."""
    _SHAPES.validate_python(payload)
