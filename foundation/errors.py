"""Expected errors. Their message is shown to a person as it stands: it says what is wrong and what to do next."""


class Refused(Exception):
    """The base of what a person may be told. All else is a defect: it is logged, and the person gets its id."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refused):
    """The person does not hold the role that this needs."""


class NotFound(Refused):
    """What was asked for does not exist, or this person may not know that it does."""


class Conflict(Refused):
    """Somebody else was quicker, or the thing has moved on since it was shown."""


class Invalid(Refused):
    """One or more fields cannot be accepted.

    `fields` maps a field's key to the sentence shown under it.
    """

    def __init__(self, fields: dict[str, str], message: str | None = None) -> None:
        super().__init__(message or " ".join(fields.values()))
        self.fields = fields
