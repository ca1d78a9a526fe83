"""Why a file cannot be read. Raised by the readers, turned into an X01 finding at one boundary.

Each class has a ``code``; the sentence that a clerk reads for it stands in vocab/unreadable.csv. ``facts`` fill the
placeholders of that sentence ({suffix}, {limit}, {found} …).
"""

from __future__ import annotations


class Unreadable(Exception):
    """A submitted file cannot be read; the reason is the class, its details are ``facts``."""

    code = "damaged"

    def __init__(self, detail: str = "", **facts: str | int) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:  # exceptions with keyword arguments do not survive pickling otherwise
        return _restore, (type(self), self.detail, self.facts)


def _restore(kind: type[Unreadable], detail: str, facts: dict[str, str | int]) -> Unreadable:
    return kind(detail, **facts)


class Damaged(Unreadable):
    """The file is cut off or broken."""

    code = "damaged"


class WorkerDied(Damaged):
    """The process that read the file died of it: a crash inside a reader."""

    code = "worker_died"


class Encrypted(Unreadable):
    """The file asks for a password."""

    code = "encrypted"


class Empty(Unreadable):
    """The file has no bytes, or nothing is printed in it."""

    code = "empty"


class TooLarge(Unreadable):
    """The file, or what it unpacks to, is beyond the bounds."""

    code = "too_large"


class WrongKind(Unreadable):
    """A kind of file that is not taken (facts: found)."""

    code = "wrong_kind"


class UnknownKind(WrongKind):
    """Bytes of no kind known here (facts: found)."""

    code = "unknown_kind"


class OtherArchive(WrongKind):
    """An archive that is not a plain .zip: RAR, 7z, or a .zip packed by a method of its own (facts: found)."""

    code = "other_archive"


class NeedsTool(Unreadable):
    """A kind of file that can only be read with a tool that is missing here (facts: tool)."""

    code = "needs_tool"


class NoTextLayer(Unreadable):
    """A PDF or a picture that holds no usable text and would have to be recognized."""

    code = "no_text_layer"


class TimedOut(Unreadable):
    """Reading took longer than the limit (facts: seconds)."""

    code = "timed_out"


class OutOfMemory(Unreadable):
    """Reading needed more memory than the limit (facts: megabytes)."""

    code = "out_of_memory"


class UnsafeArchive(Unreadable):
    """An archive whose entries leave its folder, nest too deeply or unpack to more than the bounds."""

    code = "unsafe_archive"
