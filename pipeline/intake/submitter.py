"""What intake asks of the workers that read files, whoever they are: the sandbox, or a stand-in of the tests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol


class Submitter(Protocol):
    """What is asked of extractors.sandbox.Sandbox."""

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Run a function in a worker."""
