"""What operators look for: orders, members, and what people did.

    GET /v1/overview                   what needs a hand, and 30 days by day
    GET /v1/orders?query=&member=&store=&from=&to=&state=&after=   orders, the newest first
    GET /v1/exports?what=&from=&to=    what one answer holds of orders, entries or withdrawals
    GET /v1/exports/jobs               the exports of the last day that are carried out by the clock
    GET /v1/exports/job?id=            one of them, with a link to its file once it is done
    GET /v1/members?query=&after=      members by id or by how their name begins; without: all
    GET /v1/member?id=&part=&after=    a member's whole account, or a page of a part of it
    GET /v1/audit?who=&what=&from=&to=&after=   what people did, the newest first
    GET /v1/audits?after=              what the audits of the books found, the newest first

`query` of orders is an order, a member, a product (also by how its name begins), a day or an
amount. `what` is an act such as `withdrawals/decide`, or a thing such as `member/A`, `queue/mall`.
"""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.current import current_event, parameter
from functions.api.errors import InvalidRequest, answer, csv_answer, refusal
from functions.api.queries import (
    any_or,
    choice_of,
    instant_parameter,
    locale_of,
    needed_id,
    page_parameter,
)
from rebate.bootstrap import app
from rebate.contracts.office import EXPORTED, MEMBER_PARTS, ORDER_STATES
from rebate.contracts.problems import Problem
from rebate.domain.names import MemberId, StoreId
from rebate.domain.times import SECOND
from rebate.usecases.audit.show_audits import show_audits
from rebate.usecases.office.search_members import search_members
from rebate.usecases.office.search_orders import WantedOrders, search_orders
from rebate.usecases.office.show_acts import WantedActs, show_acts
from rebate.usecases.office.show_member import show_member

router = Router()  # type: ignore[no-untyped-call]

QUERY_CHARS_MAX = 200

EXPORT_BYTES_MAX = 4_000_000
EXPORT_SECONDS_MAX = 8
"""What one answer may take: API Gateway hands on 6 MB at most, and waits for half a minute."""


@router.get("/v1/overview")
def overview() -> Response[str]:
    # Rarely asked for, and large.
    from rebate.usecases.office.show_overview import show_overview  # noqa: PLC0415

    terms = app().settings.in_force().terms
    return answer(200, show_overview(app().store, terms, app().clock.now()))


@router.get("/v1/orders")
def orders() -> Response[str]:
    event, terms = current_event(), app().settings.in_force().terms
    member, store = parameter(event, "member"), parameter(event, "store")
    wanted = WantedOrders(
        member=None if member is None else MemberId(needed_id(event, "member")),
        store=None if store is None else StoreId(needed_id(event, "store")),
        starts_at=instant_parameter(event, "from", terms.zone, days=0),
        ends_at=instant_parameter(event, "to", terms.zone, days=1),
        state=any_or(event, "state", ORDER_STATES),
    )
    return answer(200, search_orders(app().store, terms, wanted, _query(event), _after(event)))


@router.get("/v1/exports")
def exports() -> Response[str]:
    # Rarely asked for, and large.
    from rebate.usecases.office import exports as of  # noqa: PLC0415

    event, terms = current_event(), app().settings.in_force().terms
    what = choice_of(event, "what", EXPORTED)
    period = of.Period(
        instant_parameter(event, "from", terms.zone, days=0),
        instant_parameter(event, "to", terms.zone, days=1),
    )
    until = app().clock.now() + EXPORT_SECONDS_MAX * SECOND
    text = of.gathered(
        of.export_csv(app().store, terms, what, period),
        bytes_max=EXPORT_BYTES_MAX,
        is_late=lambda: app().clock.now() > until,
    )
    return csv_answer(text, what)


@router.get("/v1/exports/jobs")
def export_jobs() -> Response[str]:
    # Rarely asked for, and large.
    from rebate.usecases.office.export_jobs import show_exports  # noqa: PLC0415

    return answer(200, show_exports(app().store, app().clock))


@router.get("/v1/exports/job")
def export_job() -> Response[str]:
    # Rarely asked for, and large.
    from rebate.usecases.office.export_jobs import find_export, shown  # noqa: PLC0415

    id_ = needed_id(current_event(), "id")
    job = find_export(app().store, app().clock, id_)
    if job is None:
        return refusal(404, "not_found", f"there is no export {id_}")
    return answer(200, shown(job, app().outside.export_files))


@router.get("/v1/members")
def members() -> Response[str]:
    event, currency = current_event(), app().settings.in_force().terms.currency
    return answer(200, search_members(app().store, currency, _query(event), _after(event)))


@router.get("/v1/member")
def member() -> Response[str]:
    event, terms = current_event(), app().settings.in_force().terms
    name = MemberId(needed_id(event, "id"))
    part, after = any_or(event, "part", MEMBER_PARTS), _after(event)
    if after is not None and part is None:
        raise InvalidRequest([Problem("after", "goes only with part")])
    seen = show_member(app().store, terms, name, part, after, locale_of(event))
    return answer(200, seen) if seen else refusal(404, "not_found", f"there is no member {name}")


@router.get("/v1/audit")
def audit() -> Response[str]:
    event, terms = current_event(), app().settings.in_force().terms
    wanted = WantedActs(
        who=_query(event, "who"),
        what=_query(event, "what"),
        starts_at=instant_parameter(event, "from", terms.zone, days=0),
        ends_at=instant_parameter(event, "to", terms.zone, days=1),
    )
    return answer(200, show_acts(app().store, wanted, _after(event)))


@router.get("/v1/audits")
def audits() -> Response[str]:
    return answer(200, show_audits(app().store, _after(current_event())))


def _query(event: dict[str, Any], name: str = "query") -> str | None:
    said = (parameter(event, name) or "").strip()
    if len(said) > QUERY_CHARS_MAX or "\x00" in said:
        message = f"must be a text of at most {QUERY_CHARS_MAX} characters"
        raise InvalidRequest([Problem(name, message)])
    return said or None


def _after(event: dict[str, Any]) -> str | None:
    return page_parameter(event)
