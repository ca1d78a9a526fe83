"""The environment in which Prefect runs here: silent, offline, with all it keeps inside the workspace.

In: the folder for what Prefect keeps. Out: environment variables, set before Prefect is imported the first time (it
reads them once). Refuses nothing. With these, no look-up, no outside connection and no noise was seen (strace).
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

API_URL = "PREFECT_API_URL"
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Where the flows find no server they go on without one; Prefect must not start a process of its own meanwhile.
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    # What a message says of an exception could hold a name.
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_LOGGING_COLORS": "false",
    # A server that is gone is asked twice more (6 s a call), not five times (62 s): the work goes on without it.
    "PREFECT_CLIENT_MAX_RETRIES": "2",
    # No block is used, and their registration is the longest part of a server's first start.
    "PREFECT_SERVER_API_BLOCKS_REGISTER_ON_START": "false",
}
_LOUDNESS = ("PREFECT_LOGGING_LEVEL", "PREFECT_SERVER_LOGGING_LEVEL", "PREFECT_INTERNAL_LOGGING_LEVEL")


def prepare_environment(home: Path) -> None:
    """Make Prefect quiet. home: what it keeps, made if it is not there. Raises OSError.

    What goes wrong in a flow is raised, and told once, by whoever runs it; Prefect speaks only where we speak of our
    progress as well.
    """
    level = "INFO" if logging.getLogger().isEnabledFor(logging.INFO) else "CRITICAL"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(_QUIET)
    os.environ.update(dict.fromkeys(_LOUDNESS, level))
    os.environ["PREFECT_HOME"] = str(home)
    # A profile or an .env beside the user must not decide where the data of a workspace goes.
    os.environ["PREFECT_PROFILE"] = "ephemeral"


def given_server() -> str:
    """The address of the server that the user asked for in the environment, "" for none."""
    return os.environ.get(API_URL, "").strip()
