"""Exceptions and warnings of the package."""

from __future__ import annotations

import warnings


class StandpointError(Exception):
    """An error of the library: what was seen, where, and what helps.

    ``str(error)`` shows all three.
    """

    def __init__(
        self, message: str, location: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message, location, remedy)
        #: What was seen, and what was expected.
        self.message = message
        #: The file, the file and line, or the row of the error, if it has one.
        self.location = location
        #: What helps, if that is known.
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        remedy = f"\n  help: {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"


class UsageError(StandpointError, ValueError):
    """An option, or a combination of options, that makes no sense."""


class DataError(StandpointError, ValueError):
    """Input data that is broken or lacks what was asked of it."""


class ModelError(StandpointError, ValueError):
    """A model file that is broken, foreign or of another version."""


class FileError(StandpointError, OSError):
    """A refusal by the operating system to read or write."""


class StandpointWarning(UserWarning):
    """A note on something that the caller should know although the work went on."""


_KINDS: dict[str, type[StandpointError]] = {
    "usage": UsageError,
    "data": DataError,
    "model": ModelError,
    "io": FileError,
}


def of_library(
    kind: str, message: str, location: str | None, remedy: str | None
) -> StandpointError:
    """Returns the exception for an error of the native half."""
    return _KINDS.get(kind, StandpointError)(message, location, remedy)


def warn(note: str) -> None:
    """Warns of a note of the native half."""
    warnings.warn(note, StandpointWarning, stacklevel=3)
