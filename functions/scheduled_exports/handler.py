"""Carries out what operators want exported, every minute, as long as a function may take."""

from time import monotonic
from typing import Any

from rebate.adapters.telemetry import logger, observed
from rebate.bootstrap import app
from rebate.domain.exports import ExportState
from rebate.usecases.office.export_jobs import ExportRunner

SECONDS = 780.0
"""How long it carries out: what is under way then fails, with time left to say so."""


@observed
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return how many exports came to their end; one that waits for its file waits a minute."""
    until = monotonic() + SECONDS
    here = app()
    runner = ExportRunner(
        here.store,
        here.clock,
        here.outside.export_files,
        here.settings.in_force().terms,
        lambda: monotonic() < until,
    )
    ended = runner.run()
    for job in ended:
        said = {"export": job.id, "what": job.what, "rows": job.rows, "state": job.state}
        log = logger.error if job.state == ExportState.FAILED else logger.info
        log("export ended", extra={**said, "reason": job.reason})
    return {"ended": len(ended)}
