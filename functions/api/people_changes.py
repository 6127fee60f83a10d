"""What is changed of invitations and bindings: requests with a body (rule 2.5.1).

PUT  /v1/me/notices/seen remember up to when one looked at one's notices
PUT  /v1/me/invite       show one's nickname to who has one's code, or not
POST /v1/me/referrer     be bound to who gave one a code
POST /v1/bindings        for operators: correct who referred a member, with a reason
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of, name_of, own_members
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.people import own_invitation
from rebate.bootstrap import app
from rebate.contracts import requests
from rebate.contracts.people import BoundShown
from rebate.domain.names import MemberId
from rebate.domain.times import instant_of
from rebate.usecases.notices.see_notices import see_notices
from rebate.usecases.people.bind_referrer import bind_by_code
from rebate.usecases.people.correct_binding import Correction, correct_binding
from rebate.usecases.people.invite import invite, inviter_known, show_nickname
from rebate.usecases.people.show_bindings import binding_shown

router = Router()  # type: ignore[no-untyped-call]


@router.put("/v1/me/invite")
def change_invite() -> Response[str]:
    event = current_event()
    shows = body_of(event, requests.ChangeInvite).show_nickname
    return answer(200, own_invitation(show_nickname(app().people, member_of(event), shows=shows)))


@router.put("/v1/me/notices/seen")
def see_my_notices() -> Response[str]:
    event = current_event()
    until = instant_of(body_of(event, requests.SeeNotices).until)
    see_notices(app().store, app().clock, member_of(event), until)
    return Response(204)


@router.post("/v1/me/referrer")
def bind_to_referrer() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.BindReferrer)
    referrer = bind_by_code(app().people, member_of(event), asked.code)
    shown = inviter_known(app().people, invite(app().people, referrer))
    return answer(200, BoundShown(bound=True, nickname=shown))


@router.post("/v1/bindings")
def correct() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.CorrectBinding)
    referrer = None if said.referrer is None else MemberId(said.referrer)
    wish = Correction(MemberId(said.member), referrer, said.reason)
    own = own_members(event)
    done = correct_binding(app().people, said.id, wish, by=name_of(event), own_members=own)
    return answer(200, binding_shown(done))
