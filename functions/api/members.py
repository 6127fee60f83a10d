"""What members see; the token says which one it is: `member_id`, else its subject.

    GET  /v1/me                       what one has, waits for and was paid; one's invite code
    GET  /v1/me/entries?state=&plan=&sort=&after=   a page of one's entries, over all queues
    GET  /v1/me/queue?id=&around=&after=  the line of a queue in which one has an entry
    GET  /v1/me/queue/facts?id=&locale=   what the line was paid of late, and what is ever paid
    GET  /v1/me/wallet?after=         balances, and a page of what moved

Queue ids may hold slashes and any other character, so they are parameters and not part of a path,
which API Gateway decodes.
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.queries import (
    choice_if_given,
    id_if_given,
    locale_of,
    needed_id,
    page_parameter,
    whole_number,
)
from rebate.bootstrap import app
from rebate.contracts.api import ENTRY_ORDERS, ENTRY_STATES
from rebate.contracts.routes.route import ENTRY_CHARS, QUEUE_CHARS
from rebate.domain.names import EntryId, QueueId
from rebate.domain.plans.registry import PLANS
from rebate.usecases.people.invite import invite
from rebate.usecases.queries.show_entries import WantedEntries, show_entries
from rebate.usecases.queries.show_me import show_me
from rebate.usecases.queries.show_progress import show_progress
from rebate.usecases.queries.show_wallet import show_wallet

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/me")
def me() -> Response[str]:
    member, terms = member_of(current_event()), app().settings.in_force().terms
    invitation = invite(app().people, member)
    shown = show_me(app().store, terms, member, invitation, app().outside.invite_url)
    return answer(200, shown)


@router.get("/v1/me/entries")
def my_entries() -> Response[str]:
    event = current_event()
    terms = app().settings.in_force().terms
    wanted = WantedEntries(
        state=choice_if_given(event, "state", ENTRY_STATES),
        plan=choice_if_given(event, "plan", PLANS.names),
        sort=choice_if_given(event, "sort", ENTRY_ORDERS),
    )
    after = page_parameter(event)
    return answer(200, show_entries(app().store, terms, member_of(event), after, wanted))


@router.get("/v1/me/queue")
def my_queue() -> Response[str]:
    event = current_event()
    terms = app().settings.in_force().terms
    queue = QueueId(needed_id(event, "id", further_chars=QUEUE_CHARS))
    after = whole_number(event, "after")
    around = id_if_given(event, "around", EntryId, further_chars=ENTRY_CHARS)
    return answer(200, show_progress(app().store, terms, member_of(event), queue, after, around))


@router.get("/v1/me/queue/facts")
def my_queue_facts() -> Response[str]:
    # What it reads of the settings takes a while to load.
    from rebate.usecases.queries.show_line_facts import show_line_facts  # noqa: PLC0415

    event, in_force = current_event(), app().settings.in_force()
    queue = QueueId(needed_id(event, "id", further_chars=QUEUE_CHARS))
    now, locale = app().clock.now(), locale_of(event)
    seen = show_line_facts(app().store, in_force, member_of(event), queue, now, locale)
    return answer(200, seen)


@router.get("/v1/me/wallet")
def my_wallet() -> Response[str]:
    event = current_event()
    return answer(200, show_wallet(app().store, member_of(event), page_parameter(event)))
