"""What operators see.

GET  /v1/queues?plan=&store=&after=   queues with their figures
GET  /v1/queue?id=&after=         one queue, and a page of the entries that wait in it
GET  /v1/queue/forecast?id=&days=&after=   how long its entries will wait
GET  /v1/queue/days?id=           what its last 30 days came to
GET  /v1/queue/law?id=&locale=    what the ratios in force mean for it, and what all plans cost
GET  /v1/law-facts?locale=        facts of law, and which of them the settings trigger
GET  /v1/orders/{order_id}        the whole trace of an order
GET  /v1/order?id=                the same, for ids that a path cannot carry
GET  /v1/settings?version=        the settings in force, or those of another version
GET  /v1/settings/versions?after= who changed which settings when, from what to what
GET  /v1/queues/stalled?after=    queues that nothing joins any more, and in which something is
GET  /v1/parked?state=&after=     commands that cannot be carried out, and what became of them
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.current import current_event
from functions.api.errors import answer, refusal
from functions.api.queries import (
    checked_id,
    choice_if_given,
    choice_of,
    id_if_given,
    locale_of,
    needed_id,
    page_parameter,
    queue_after,
    whole_number,
)
from rebate.bootstrap import app
from rebate.contracts.routes.route import ORDER_CHARS, QUEUE_CHARS
from rebate.contracts.settings_shown import PlannedShown, SettingsShown
from rebate.domain.names import OrderId, QueueId, StoreId
from rebate.domain.parking import ParkedState
from rebate.domain.plans.registry import PLANS
from rebate.domain.times import datetime_of
from rebate.usecases.parking.show_parked import show_parked
from rebate.usecases.queries.show_history import document_of, show_history
from rebate.usecases.queries.show_order import show_order
from rebate.usecases.queries.show_queues import (
    WantedQueues,
    show_queue,
    show_queues,
    show_stalled,
)
from rebate.usecases.settings.save_settings import InForce
from rebate.usecases.storage.rows.settings import PlannedSettings

router = Router()  # type: ignore[no-untyped-call]

_ORDERS = "/v1/orders/"


@router.get("/v1/queues")
def queues() -> Response[str]:
    event = current_event()
    wanted = WantedQueues(
        plan=choice_if_given(event, "plan", PLANS.names),
        owner=id_if_given(event, "store", StoreId),
        after=queue_after(event),
    )
    terms = app().settings.in_force().terms
    return answer(200, show_queues(app().store, terms, app().clock.now(), wanted))


@router.get("/v1/queue")
def queue() -> Response[str]:
    name = needed_id(current_event(), "id", further_chars=QUEUE_CHARS)
    terms = app().settings.in_force().terms
    after = whole_number(current_event(), "after")
    seen = show_queue(app().store, terms, QueueId(name), app().clock.now(), after)
    return answer(200, seen) if seen else refusal(404, "not_found", f"there is no queue {name}")


@router.get("/v1/queue/forecast")
def queue_forecast() -> Response[str]:
    from rebate.usecases.queries.forecast import forecast  # noqa: PLC0415 - rarely asked for

    name = needed_id(current_event(), "id", further_chars=QUEUE_CHARS)
    days = whole_number(current_event(), "days", at_least=1)
    seen = forecast(
        app().store,
        app().settings.in_force().terms,
        QueueId(name),
        app().clock.now(),
        wanted_days=int(days) if days else None,
        after=whole_number(current_event(), "after"),
    )
    return answer(200, seen) if seen else refusal(404, "not_found", f"there is no queue {name}")


@router.get("/v1/queue/days")
def queue_days() -> Response[str]:
    from rebate.usecases.queries.show_queue_days import show_queue_days  # noqa: PLC0415 - as above

    name = needed_id(current_event(), "id", further_chars=QUEUE_CHARS)
    terms = app().settings.in_force().terms
    seen = show_queue_days(app().store, terms, QueueId(name), app().clock.now())
    return answer(200, seen) if seen else refusal(404, "not_found", f"there is no queue {name}")


@router.get("/v1/queue/law")
def queue_law() -> Response[str]:
    from rebate.usecases.queries.show_queue_law import show_queue_law  # noqa: PLC0415 - as above

    name = needed_id(current_event(), "id", further_chars=QUEUE_CHARS)
    in_force, locale = app().settings.in_force(), locale_of(current_event())
    seen = show_queue_law(app().store, in_force, QueueId(name), app().clock.now(), locale)
    return answer(200, seen) if seen else refusal(404, "not_found", f"there is no queue {name}")


@router.get("/v1/law-facts")
def facts_of_law() -> Response[str]:
    from rebate.contracts.law_facts import law_facts  # noqa: PLC0415 - rarely asked for

    return answer(200, law_facts(app().settings.in_force().settings, locale_of(current_event())))


@router.get(f"{_ORDERS}.+")
def order_by_path() -> Response[str]:
    name = router.current_event.path.removeprefix(_ORDERS)
    return _order(checked_id("order_id", name, further_chars=ORDER_CHARS))


@router.get("/v1/order")
def order_by_id() -> Response[str]:
    return _order(needed_id(current_event(), "id", further_chars=ORDER_CHARS))


@router.get("/v1/settings")
def settings() -> Response[str]:
    in_force = app().settings.in_force()
    version = whole_number(current_event(), "version", at_least=1)
    if version is None or int(version) == in_force.version:
        return answer(200, settings_shown(in_force, app().planning.planned()))
    document = document_of(app().store, int(version))
    if document is None:
        return refusal(404, "not_found", f"there is no version {version}")
    return answer(200, SettingsShown(int(version), document, PLANS.names))


@router.get("/v1/settings/versions")
def settings_versions() -> Response[str]:
    return answer(200, show_history(app().store, whole_number(current_event(), "after")))


@router.get("/v1/queues/stalled")
def stalled() -> Response[str]:
    terms = app().settings.in_force().terms
    return answer(200, show_stalled(app().store, terms, queue_after(current_event())))


@router.get("/v1/parked")
def parked() -> Response[str]:
    state, after = (
        choice_of(current_event(), "state", tuple(ParkedState)),
        page_parameter(current_event()),
    )
    return answer(200, show_parked(app().store, state, after))


def _order(name: str) -> Response[str]:
    seen = show_order(app().store, app().settings.in_force().terms, OrderId(name))
    return answer(200, seen) if seen else refusal(404, "not_found", f"there is no order {name}")


def settings_shown(found: InForce, planned: PlannedSettings | None) -> SettingsShown:
    """Return settings in force, and those that are planned, as operators see them."""
    later = None
    if planned:
        later = PlannedShown(
            planned.version,
            planned.expects,
            planned.document,
            datetime_of(planned.at),
            planned.planned_by,
            datetime_of(planned.planned_at),
            planned.state,
            planned.reason,
        )
    return SettingsShown(found.version, found.document, PLANS.names, later)
