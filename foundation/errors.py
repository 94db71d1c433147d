"""Expected errors. Their message is shown to a person as it stands: it says what is wrong and what to do next."""


class UserError(Exception):
    """The base of what a person may be told. All else is a defect: it is logged, and the person gets its id."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(UserError):
    """The person does not hold the role that this needs."""


class NotFound(UserError):
    """What was asked for does not exist, or this person may not know that it does."""


class Conflict(UserError):
    """Somebody else was quicker, or the thing has moved on since it was shown."""


class InvalidInput(UserError):
    """One or more fields cannot be accepted.

    `fields` maps a field's key to the sentence shown under it.
    """

    def __init__(self, fields: dict[str, str], message: str | None = None) -> None:
        super().__init__(message or " ".join(fields.values()))
        self.fields = fields
