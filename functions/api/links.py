"""Linking the account that somebody signs in with to the shop's member (contracts, section 6).

POST /v1/links      for shops, signed: a code for a member, used once within ten minutes
POST /v1/me/link    the code, entered where the member is signed in
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import is_verified, subject_of
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.signatures import signed_by_shop
from rebate.bootstrap import app
from rebate.contracts import requests
from rebate.contracts.linking import LinkOffered, LinkShown
from rebate.domain.times import datetime_of
from rebate.usecases.identity.offer_link import offer_link
from rebate.usecases.identity.use_link import use_link

router = Router()  # type: ignore[no-untyped-call]


@router.post("/v1/links")
def offer() -> Response[str]:
    event = current_event()
    shop = signed_by_shop(event)
    asked = body_of(event, requests.OfferLink)
    member = shop.member(asked.member_id)
    given = offer_link(app().wallets, asked.id, member, caller=shop.sender.name)
    shown = LinkOffered(given.id, asked.member_id, given.code, datetime_of(given.ends_at))
    return answer(200, shown)


@router.post("/v1/me/link")
def use() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.UseLink)
    link = use_link(app().wallets, subject_of(event), asked.code, is_verified=is_verified(event))
    return answer(200, LinkShown(link.member, datetime_of(link.at)))
