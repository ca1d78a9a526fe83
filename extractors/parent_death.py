"""A process that ends with the one that started it, so that a killed run leaves none behind."""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent ends, where it can (Linux). Raises OSError."""
    if sys.platform == "linux":
        import ctypes  # only where it is asked

        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
        if os.getppid() != parent:  # it died before the line above took hold
            os._exit(1)
