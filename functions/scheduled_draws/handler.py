"""Commits to the seeds of the coming days, so that their hashes are published before they start.

It makes what is missing and changes nothing that is there, so any start at any time will do. Once a
day is enough; several days are made ahead, so that a lost start or two make no seed late. Seeds of
days that are over are published by themselves (`GET /v1/draws`).
"""

from datetime import timedelta
from typing import Any

from rebate.adapters.telemetry import logger, observed
from rebate.bootstrap import app
from rebate.domain.times import day_of
from rebate.usecases.draws.seeds import DAYS_AHEAD


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the commitments by day; the log keeps them, too, with the time."""
    today = day_of(app().clock.now(), app().settings.in_force().terms.zone)
    days = [today + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1)]
    commitments = {day.isoformat(): app().seeds.commit_to(day) for day in days}
    logger.info("committed to draws", extra={"commitments": commitments})
    return {"commitments": commitments}
