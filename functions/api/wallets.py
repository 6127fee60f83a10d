"""What members, operators and shops look at of wallets (rule 3).

    GET /v1/me/statement?asset=&kind=&order=&queue=&entry=&from=&to=&format=csv&after=
                                         one's movements
    GET /v1/me/withdrawals?after=        a page of one's withdrawals, the newest first
    GET /v1/me/redemptions?after=        a page of one's redemptions, the newest first
    GET /v1/gifts?after=                 a page of the gifts that can be redeemed now
    GET /v1/gifts/all?after=             for operators: also those that cannot
    GET /v1/withdrawals?state=&after=    for operators: all in a state (default: asked)
    GET /v1/withdrawals/file             for operators: what is approved, as CSV for the bank
    GET /v1/redemptions?state=&after=    for operators: all in a state (default: placed)
    GET /v1/adjustments?after=           for operators: what waits for a second one
    GET /v1/balances?member=             for shops, who sign the query: what a member has

`from` and `to` are instants, or days of the shop's timezone, `to` included.
"""

from typing import Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of
from functions.api.current import current_event, parameter
from functions.api.errors import answer, csv_answer
from functions.api.queries import (
    choice_if_given,
    choice_of,
    id_if_given,
    instant_parameter,
    needed_id,
    page_parameter,
)
from functions.api.signatures import signed_by_shop
from rebate.bootstrap import app
from rebate.contracts.routes.route import ENTRY_CHARS, ORDER_CHARS, QUEUE_CHARS
from rebate.domain import gifts, withdrawals
from rebate.domain.ledger import BalanceType
from rebate.domain.names import EntryId, OrderId, QueueId
from rebate.domain.records import replace
from rebate.usecases.money.show_requests import (
    bank_file,
    show_adjustments,
    show_balances,
    show_gifts,
    show_own_redemptions,
    show_own_withdrawals,
    show_redemptions,
    show_withdrawals,
)
from rebate.usecases.money.show_statement import (
    CSV_LINES_MAX,
    Wanted,
    show_statement,
    statement_csv,
)

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/me/statement")
def my_statement() -> Response[str]:
    event, terms = current_event(), app().settings.in_force().terms
    as_csv = choice_of(event, "format", ("json", "csv")) == "csv"
    page = show_statement(
        app().store,
        terms.currency,
        member_of(event),
        _wanted(event, terms.zone),
        after=page_parameter(event),
        most=CSV_LINES_MAX if as_csv else None,
    )
    if not as_csv:
        return answer(200, page)
    return csv_answer(statement_csv(page, terms.zone), "statement", page.next)


@router.get("/v1/me/withdrawals")
def my_withdrawals() -> Response[str]:
    from rebate.usecases.money.request_withdrawal import terms_now  # noqa: PLC0415 - reads settings

    event, currency = current_event(), app().settings.in_force().terms.currency
    member, after = member_of(event), page_parameter(event)
    page = show_own_withdrawals(app().store, currency, member, after)
    terms = terms_now(app().wallets, member, app().clock.now()) if after is None else None
    return answer(200, replace(page, terms=terms))


@router.get("/v1/me/redemptions")
def my_redemptions() -> Response[str]:
    event = current_event()
    return answer(200, show_own_redemptions(app().store, member_of(event), page_parameter(event)))


@router.get("/v1/gifts")
def open_gifts() -> Response[str]:
    return _gifts(closed=False)


@router.get("/v1/gifts/all")
def all_gifts() -> Response[str]:
    return _gifts(closed=True)


@router.get("/v1/withdrawals")
def all_withdrawals() -> Response[str]:
    event, currency = current_event(), app().settings.in_force().terms.currency
    state = choice_of(event, "state", tuple(withdrawals.WithdrawalState))
    after = page_parameter(event)
    return answer(200, show_withdrawals(app().store, currency, state=state, after=after))


@router.get("/v1/withdrawals/file")
def file_for_the_bank() -> Response[str]:
    currency = app().settings.in_force().terms.currency
    return csv_answer(bank_file(app().store, currency), "payouts", None)


@router.get("/v1/redemptions")
def all_redemptions() -> Response[str]:
    event = current_event()
    state = choice_of(event, "state", tuple(gifts.RedemptionState))
    return answer(200, show_redemptions(app().store, state=state, after=page_parameter(event)))


@router.get("/v1/adjustments")
def adjustments() -> Response[str]:
    return answer(200, show_adjustments(app().store, page_parameter(current_event())))


@router.get("/v1/balances")
def balances() -> Response[str]:
    event = current_event()
    member = signed_by_shop(event).member(needed_id(event, "member"))
    return answer(200, show_balances(app().store, member))


def _gifts(*, closed: bool) -> Response[str]:
    after, now = page_parameter(current_event()), app().clock.now()
    return answer(200, show_gifts(app().store, now, closed=closed, after=after))


def _wanted(event: dict[str, Any], zone: ZoneInfo) -> Wanted:
    asset = choice_if_given(event, "asset", tuple(BalanceType))
    return Wanted(
        pocket=None if asset is None else BalanceType(asset),
        kind=parameter(event, "kind"),
        order=id_if_given(event, "order", OrderId, further_chars=ORDER_CHARS),
        queue=id_if_given(event, "queue", QueueId, further_chars=QUEUE_CHARS),
        entry=id_if_given(event, "entry", EntryId, further_chars=ENTRY_CHARS),
        starts_at=instant_parameter(event, "from", zone, days=0),
        ends_at=instant_parameter(event, "to", zone, days=1),
    )
