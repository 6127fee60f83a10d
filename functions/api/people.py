"""What is looked at of invitations, teams and bindings (rules 2.5.1 and 2.8).

GET /v1/invites/{code}?locale=       for anybody: what a code is; who tries many waits an hour
GET /v1/me/invite                    one's code, link and QR code
GET /v1/me/team?of=&after=           one's people, or those of one of them
GET /v1/bindings?member=&after=      for operators: corrections of who referred whom
GET /v1/bindings/shared?after=       for operators: who withdraws where their referrer does
"""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of
from functions.api.current import current_event, parameter
from functions.api.errors import answer
from functions.api.queries import checked_id, id_if_given, page_parameter
from rebate.bootstrap import app
from rebate.contracts import people
from rebate.contracts.notice_texts import LOCALES, Locale
from rebate.domain.invitations import Invitation, link_of
from rebate.domain.names import MemberId
from rebate.usecases.people.invite import invite, inviter_known, inviter_of
from rebate.usecases.people.show_bindings import show_bindings, show_shared_accounts
from rebate.usecases.people.show_team import show_team

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/invites/<code>")
def look_at_invite(code: str) -> Response[str]:
    event = current_event()
    address = event["requestContext"]["http"].get("sourceIp", "")
    found = inviter_of(app().people, code, tried_by=f"address/{address}")
    what = people.WHAT_IT_IS[_locale(event)]
    return answer(200, people.InviteShown(found.code, inviter_known(app().people, found), what))


@router.get("/v1/me/invite")
def my_invite() -> Response[str]:
    member = MemberId(checked_id("member_id", member_of(current_event())))
    return answer(200, own_invitation(invite(app().people, member)))


@router.get("/v1/me/team")
def my_team() -> Response[str]:
    event, currency = current_event(), app().settings.in_force().terms.currency
    of, after = page_parameter(event, "of"), page_parameter(event)
    return answer(200, show_team(app().store, currency, member_of(event), of=of, after=after))


@router.get("/v1/bindings")
def bindings() -> Response[str]:
    event = current_event()
    member = id_if_given(event, "member", MemberId)
    return answer(200, show_bindings(app().store, member, page_parameter(event)))


@router.get("/v1/bindings/shared")
def shared() -> Response[str]:
    return answer(200, show_shared_accounts(app().store, page_parameter(current_event())))


def own_invitation(found: Invitation) -> people.OwnInvitation:
    """Return a member's own invitation as it is shown to them."""
    link = link_of(found.code, app().outside.invite_url)
    return people.OwnInvitation(found.code, link, link and _qr(link), found.shows_nickname)


def _qr(link: str) -> str:
    import segno  # noqa: PLC0415 - rarely asked for

    return segno.make(link, micro=False).svg_inline(scale=4)


def _locale(event: dict[str, Any]) -> Locale:
    said = parameter(event, "locale")
    return next((each for each in LOCALES if each == said), LOCALES[0])
