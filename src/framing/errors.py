"""The one exception a user meets: it becomes one line and exit status 2, or an HTTP 4xx."""


class FramingError(Exception):
    """A mistake its reader can mend: what was expected, what was found, what to do next."""

    def __init__(self, *, expected: str, found: str, fix: str) -> None:
        super().__init__(f"expected {expected}, found {found}. {fix}")
        self.expected = expected
        self.found = found
        self.fix = fix


def first_line(error: Exception) -> str:
    """What an error says, in one line of at most 200 characters; its type where it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
