"""What operators write down and erase: requests with a body.

    POST /v1/notes                 write down what is known of a member
    POST /v1/erasures              erase what is personal of a member

Each `id` is the caller's: the same request again is answered as before.
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import name_of
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import answer
from rebate.bootstrap import app
from rebate.contracts import requests
from rebate.domain.names import MemberId
from rebate.usecases.office.erase_member import erase_member
from rebate.usecases.office.notes import add_note

router = Router()  # type: ignore[no-untyped-call]


@router.post("/v1/notes")
def note() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.AddNote)
    by, member = name_of(event), MemberId(said.member)
    return answer(200, add_note(app().store, app().clock, said.id, member, said.text, by=by))


@router.post("/v1/erasures")
def erase() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.Erase)
    member, by = MemberId(said.member), name_of(event)
    return answer(200, erase_member(app().people, said.id, member, by=by, reason=said.reason))
