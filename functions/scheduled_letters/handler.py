"""Takes what was set aside out of its queues, every minute, and keeps it until it is replayed."""

from typing import Any

from rebate.adapters.telemetry import Metric, count, logger, observed
from rebate.bootstrap import app
from rebate.usecases.letters.keep_letters import keep_letters


@observed
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return how many letters were kept; each leaves its queue once it is."""
    kept = 0
    for batch in app().outside.letter_queues.read():
        kept += keep_letters(app().store, batch.letters)
        batch.done()
        for letter in batch.letters:
            said = {"function": letter.function, "code": letter.code, "reason": letter.reason}
            logger.error("letter kept", extra=said)
    count(Metric.LETTERS_KEPT, kept)
    return {"kept": kept}
