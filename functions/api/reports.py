"""What operators are told of money over time (rules 8.1 and 8.8).

    GET /v1/liability?by=queue|age&format=&locale=&after=   what is owed, and what becomes of it
    GET /v1/queues/sums                                  what all queues come to, by plan
    GET /v1/reports/{name}?from=&to=&plan=&store=&format=&locale=   what days came to

`from` and `to` are days of the shop, both included; by default the last thirty.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.current import current_event, parameter
from functions.api.errors import answer, csv_answer
from functions.api.queries import (
    choice_of,
    day_parameter,
    id_if_given,
    locale_of,
    queue_after,
)
from rebate.bootstrap import app
from rebate.domain.names import StoreId
from rebate.domain.times import day_of

if TYPE_CHECKING:
    from rebate.usecases.reports.all_sums import SumsReader

router = Router()  # type: ignore[no-untyped-call]

_REPORTS = "/v1/reports/"
_DAYS = 30
_FORMATS = ("json", "csv")


@router.get("/v1/liability")
def liability() -> Response[str]:
    # Rarely asked for.
    from rebate.contracts.reports import liability_csv  # noqa: PLC0415
    from rebate.usecases.reports.show_liability import show_liability  # noqa: PLC0415

    event = current_event()
    by = choice_of(event, "by", ("queue", "age"))
    found = show_liability(_sums(), by, locale_of(event), queue_after(event))
    if choice_of(event, "format", _FORMATS) == "csv":
        return csv_answer(liability_csv(found), f"liability-by-{by}")
    return answer(200, found)


def _sums() -> "SumsReader":
    from rebate.usecases.reports.all_sums import SumsReader  # noqa: PLC0415 - rarely asked for

    return SumsReader(app().store, app().settings.in_force().terms, app().clock.now())


@router.get("/v1/queues/sums")
def sums() -> Response[str]:
    from rebate.usecases.reports.show_sums import show_sums  # noqa: PLC0415 - rarely asked for

    return answer(200, show_sums(_sums()))


@router.get(f"{_REPORTS}.+")
def report() -> Response[str]:
    # Rarely asked for.
    from rebate.contracts.reports import report_csv  # noqa: PLC0415
    from rebate.usecases.reports.read_days import ReportPeriod  # noqa: PLC0415
    from rebate.usecases.reports.show_report import show_report  # noqa: PLC0415

    event, in_force = current_event(), app().settings.in_force()
    ends = day_parameter(event, "to", day_of(app().clock.now(), in_force.terms.zone))
    starts = day_parameter(event, "from", ends - timedelta(days=_DAYS - 1))
    store = id_if_given(event, "store", StoreId)
    period = ReportPeriod(starts, ends, parameter(event, "plan"), store)
    name = router.current_event.path.removeprefix(_REPORTS)
    found = show_report(_sums(), in_force, name, period, locale_of(event))
    if choice_of(event, "format", _FORMATS) == "csv":
        return csv_answer(report_csv(found), name)
    return answer(200, found)
