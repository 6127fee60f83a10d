"""What everybody needs to check draws.

GET  /v1/draws?day=                  commitments, seeds of days that are over, the odds in force
GET  /v1/me/entries/draw?queue=&entry=   the odds of one's entry, and what checks its draw

The first needs no token: a commitment is worth something because many have seen it.
"""

from datetime import date
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of
from functions.api.current import current_event, parameter
from functions.api.errors import InvalidRequest, answer
from functions.api.queries import needed_id
from rebate.bootstrap import app
from rebate.contracts.problems import Problem, shown
from rebate.contracts.routes.route import ENTRY_CHARS, QUEUE_CHARS
from rebate.domain.names import EntryId, QueueId
from rebate.usecases.draws.show_draws import show_draws, show_entry_draw

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/draws")
def draws() -> Response[str]:
    terms = app().settings.in_force().terms
    return answer(200, show_draws(app().seeds, terms, app().clock.now(), _day(current_event())))


@router.get("/v1/me/entries/draw")
def my_draw() -> Response[str]:
    event = current_event()
    seen = show_entry_draw(
        app().seeds,
        app().settings.in_force().terms,
        app().clock.now(),
        member=member_of(event),
        queue=QueueId(needed_id(event, "queue", further_chars=QUEUE_CHARS)),
        entry=EntryId(needed_id(event, "entry", further_chars=ENTRY_CHARS)),
    )
    return answer(200, seen)


def _day(event: dict[str, Any]) -> date | None:
    text = parameter(event, "day")
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        message = f"must be a day such as 2026-03-01, not {shown(text)}"
        raise InvalidRequest([Problem("day", message)]) from None
