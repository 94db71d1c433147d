"""A request together with everything that is needed to show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from servicedesk.desk import Desk
from servicedesk.fields import Field, FieldKind
from servicedesk.records import Request

# Names of projects and objectives by kind of field and key.
LookupNames = Mapping[tuple[FieldKind, str], str]


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request, the desk's rules, the moment at which it is shown, and the names of its project and objective."""

    request: Request
    desk: Desk
    now: datetime
    names: LookupNames = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.request.reference} · {self.request.title}"

    @property
    def service(self) -> str:
        """The name of the service, or its key if it is no longer offered."""
        found = self.desk.catalogue.find_service(self.request.service)
        return found.name if found else self.request.service

    @property
    def deliverable(self) -> str:
        """What the service delivers."""
        found = self.desk.catalogue.find_service(self.request.service)
        return found.deliverable if found else "The result"

    @property
    def form(self) -> tuple[Field, ...]:
        """The fields of the request's form. Only the common ones are known if the service is no longer offered."""
        catalogue = self.desk.catalogue
        is_offered = catalogue.find_service(self.request.service) is not None
        return catalogue.list_form_fields(self.request.service) if is_offered else catalogue.common
