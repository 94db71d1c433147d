"""Expected errors. Their message is shown to a person as it is: it says what is wrong and what to do next."""


class UserError(Exception):
    """An error whose message a person can act on.

    Any other exception is a defect: it is logged, and the person sees its reference.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(UserError):
    """The person doesn't have the role that this needs."""


class NotFound(UserError):
    """What was asked for doesn't exist, or this person may not know that it does."""


class Conflict(UserError):
    """Somebody else was quicker, or the record has changed since it was shown."""


class InvalidInput(UserError):
    """One or more fields are invalid.

    `fields` maps a field's key to the sentence shown under it.
    """

    def __init__(self, fields: dict[str, str], message: str | None = None) -> None:
        super().__init__(message or " ".join(fields.values()))
        self.fields = fields
