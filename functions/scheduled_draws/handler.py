"""Commits to the seeds of the coming days, so that their hashes are published before they start.

It makes what is missing and changes nothing that is there, so any start at any time will do. Once a
day is enough; several days are made ahead, so that a lost start or two make no seed late. Seeds of
days that are over are published by themselves (`GET /v1/draws`). Commitments are kept outside the
tables, too, and what the books were signed with since is mixed into the seed before its day starts.
"""

from datetime import timedelta
from typing import Any

from rebate.adapters.telemetry import logger, observed
from rebate.bootstrap import app
from rebate.domain.times import day_of
from rebate.usecases.draws.seeds import (
    DAYS_AHEAD,
    archive_commitment,
    archived_commitment,
    mix_in_heads,
)


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the commitments by day; the log keeps them, too, with the time."""
    now, zone = app().clock.now(), app().settings.in_force().terms.zone
    seeds, archive = app().seeds, app().outside.archive
    today = day_of(now, zone)
    commitments: dict[str, str] = {}
    for day in (today + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1)):
        commitments[day.isoformat()] = seeds.commit_to(day, zone)
        if archived_commitment(archive, day.isoformat()) is None:
            archive_commitment(archive, day, commitments[day.isoformat()], now)
        mix_in_heads(seeds, archive, day, zone)
    logger.info("committed to draws", extra={"commitments": commitments})
    return {"commitments": commitments}
