"""What applicants, operators and merchants look at of applications and stores (rule 2.7).

    GET /v1/me/application                   one's last application
    GET /v1/applications?state=&after=       for operators: all in a state (default: submitted)
    GET /v1/stores                           for merchants: where one has a right
    GET /v1/store?id=                        one's store: today, days, months, terms
    GET /v1/store/orders?id=&from=&to=&state=&after=    its orders, online and at the desk
    GET /v1/store/queues?id=                 its queues
    GET /v1/store/rewards?id=&queue=&from=&to=&after=   what they paid
    GET /v1/store/staff?id=                  for its owners: who has a right in it

Whether somebody has a right is looked at where the store is read, whatever the token says.
"""

from collections.abc import Iterable
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.queries import (
    any_or,
    choice_of,
    id_if_given,
    instant_parameter,
    needed_id,
    page_parameter,
    whole_number,
)
from rebate.bootstrap import app
from rebate.contracts.merchants import StoreRightShown, StoreRightsShown
from rebate.contracts.office import ORDER_STATES
from rebate.contracts.routes.route import QUEUE_CHARS
from rebate.domain import merchants
from rebate.domain.merchants import StoreRight
from rebate.domain.names import QueueId, StoreId
from rebate.domain.times import datetime_of
from rebate.usecases.merchants.apply import own_application
from rebate.usecases.merchants.rights import rights_of, staff_of
from rebate.usecases.merchants.show_applications import application_shown, show_applications

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/me/application")
def my_application() -> Response[str]:
    found = own_application(app().people, member_of(current_event()))
    return answer(200, application_shown(found, names=False))


@router.get("/v1/applications")
def applications() -> Response[str]:
    event = current_event()
    state = choice_of(event, "state", tuple(merchants.ApplicationState))
    return answer(200, show_applications(app().store, state, page_parameter(event)))


@router.get("/v1/stores")
def my_stores() -> Response[str]:
    return answer(200, rights_shown(rights_of(app().people, member_of(current_event()))))


@router.get("/v1/store")
def my_store() -> Response[str]:
    from rebate.usecases.merchants.show_store import show_store  # noqa: PLC0415 - reads settings

    event = current_event()
    return answer(200, show_store(app().people, _store(event), member_of(event)))


@router.get("/v1/store/queues")
def my_queues() -> Response[str]:
    from rebate.usecases.merchants.show_store import show_store_queues  # noqa: PLC0415 - as above

    event = current_event()
    return answer(200, show_store_queues(app().people, _store(event), member_of(event)))


@router.get("/v1/store/orders")
def my_orders() -> Response[str]:
    from rebate.usecases.merchants.show_store import show_store_orders  # noqa: PLC0415 - as above
    from rebate.usecases.office.search_orders import WantedOrders  # noqa: PLC0415

    event, zone = current_event(), app().settings.in_force().terms.zone
    wanted = WantedOrders(
        store=_store(event),
        starts_at=instant_parameter(event, "from", zone, days=0),
        ends_at=instant_parameter(event, "to", zone, days=1),
        state=any_or(event, "state", ORDER_STATES),
    )
    member, after = member_of(event), page_parameter(event)
    return answer(200, show_store_orders(app().people, member, wanted, after))


@router.get("/v1/store/rewards")
def my_rewards() -> Response[str]:
    from rebate.usecases.merchants.show_store import (  # noqa: PLC0415 - as above
        RewardsAsked,
        show_store_rewards,
    )

    event, zone = current_event(), app().settings.in_force().terms.zone
    after = whole_number(event, "after", at_least=1)
    asked = RewardsAsked(
        id_if_given(event, "queue", QueueId, further_chars=QUEUE_CHARS),
        instant_parameter(event, "from", zone, days=0),
        instant_parameter(event, "to", zone, days=1),
    )
    number = None if after is None else int(after)
    shown = show_store_rewards(app().people, _store(event), member_of(event), asked, number)
    return answer(200, shown)


@router.get("/v1/store/staff")
def my_staff() -> Response[str]:
    event = current_event()
    return answer(200, rights_shown(staff_of(app().people, _store(event), member_of(event))))


def rights_shown(rights: Iterable[StoreRight]) -> StoreRightsShown:
    """Return rights as those see them who may."""
    shown = (StoreRightShown(r.store, r.member, r.role, datetime_of(r.at)) for r in rights)
    return StoreRightsShown(tuple(shown))


def _store(event: dict[str, Any]) -> StoreId:
    return StoreId(needed_id(event, "id"))
