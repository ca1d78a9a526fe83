"""One setting for all tests: the gate draws the same examples each time, a developer's run draws new ones.

An interrupt reaches the programs that tests start, also where a shell has its background jobs ignore it.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

settings.register_profile("gate", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("gate")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
