"""The work by the clock as Prefect deployments: what is registered, what is due, and how a due run is done.

In: the settings of a workspace, a Prefect API (flows/quiet.py has prepared the environment). Out: deployments with
their schedules, visible on Prefect's page; due runs, which the caller does in its own process, one at a time, as the
one writer. Refuses nothing of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow, get_client
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import FlowRunResponse, SetStateStatus
from prefect.client.schemas.schedules import CronSchedule
from prefect.flow_engine import run_flow
from prefect.states import Cancelled, Pending

from flows.ingest import ingest, workspace_tag
from flows.late_units import late_units, write_late_units
from flows.wording import label, say
from pipeline.campaigns.schedule import Schedule, Work
from pipeline.workspace import Workspace


@flow(name="weekly", persist_result=False, validate_parameters=False)
def weekly(workspace: str) -> str:
    """Write which units have handed in nothing, not all, or too late."""
    place = Workspace(Path(workspace))
    create_table_artifact(key="late", table=[dict(row) for row in late_units(place)])
    return str(write_late_units(place, dt.date.today()))


_FLOWS: Mapping[Work, Any] = {Work.SWEEP: ingest, Work.REVERIFY: ingest, Work.WEEKLY: weekly}


def register(schedule: Schedule, workspace: Workspace, inbox: Path, *, shared: bool) -> dict[UUID, Work]:
    """Make the deployments say what the settings say; the works by id. shared: the server is not ours alone."""
    tag, place = workspace_tag(workspace), str(workspace.root)
    parameters: dict[Work, dict[str, Any]] = {
        Work.SWEEP: {"inbox": str(inbox), "workspace": place},
        Work.REVERIFY: {"inbox": str(inbox), "workspace": place, "everyone": True},
        Work.WEEKLY: {"workspace": place},
    }
    found: dict[UUID, Work] = {}
    with get_client(sync_client=True) as client:
        for work, cron in schedule.crons.items():
            timing = CronSchedule(cron=cron, timezone=schedule.time_zone or None) if cron else None
            made = client.create_deployment(
                client.create_flow(_FLOWS[work]),
                f"{label(f'work.{work}')} {tag}" if shared else label(f"work.{work}"),
                schedules=[DeploymentScheduleCreate(schedule=timing, active=True)] if timing else [],
                parameters=parameters[work],
                description=say(f"serve.work.{work}"),
                tags=[tag],
                enforce_parameter_schema=False,
            )
            found[made] = work
    return found


def due(works: Mapping[UUID, Work]) -> dict[Work, FlowRun]:
    """The runs whose time has come, the latest of each work; those that it overtook are closed."""
    runs: dict[Work, FlowRun] = {}
    with get_client(sync_client=True) as client:
        waiting = client.get_scheduled_flow_runs_for_deployments(list(works), scheduled_before=dt.datetime.now(dt.UTC))
        for each in sorted(waiting, key=_planned):
            if each.deployment_id is None:
                continue
            work = works[each.deployment_id]
            if work in runs:
                client.set_flow_run_state(runs[work].id, Cancelled(message="Overtaken by a later run."), force=True)
            runs[work] = client.read_flow_run(each.id)
    return runs


def _planned(run: FlowRunResponse) -> dt.datetime:
    return run.expected_start_time or dt.datetime.max.replace(tzinfo=dt.UTC)


def claim(run: FlowRun) -> bool:
    """Take a due run to do it; False where it was cancelled meanwhile."""
    with get_client(sync_client=True) as client:
        return client.set_flow_run_state(run.id, Pending()).status is SetStateStatus.ACCEPT


def run_weekly(run: FlowRun, workspace: Workspace) -> Path:
    """Do a due run of the weekly report; where it was written."""
    return Path(str(run_flow(weekly, flow_run=run, parameters={"workspace": str(workspace.root)})))
