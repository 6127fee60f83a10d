"""What operators write down and erase: requests with a body.

    POST /v1/notes                 write down what is known of a member
    POST /v1/erasures              erase what is personal of a member
    POST /v1/exports               have rows taken out into a file

Each `id` is the caller's: the same request again is answered as before.
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import name_of
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import InvalidRequest, answer
from functions.api.queries import instant_of_text
from rebate.bootstrap import app
from rebate.contracts import requests
from rebate.contracts.problems import Problem
from rebate.domain.names import MemberId
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
    from rebate.usecases.office.erase_member import erase_member  # noqa: PLC0415 - rare and large

    event = current_event()
    said = body_of(event, requests.Erase)
    member, by = MemberId(said.member), name_of(event)
    return answer(200, erase_member(app().people, said.id, member, by=by, reason=said.reason))


@router.post("/v1/exports")
def export() -> Response[str]:
    from rebate.usecases.office.export_jobs import ask_export, shown  # noqa: PLC0415 - as above
    from rebate.usecases.office.exports import Period  # noqa: PLC0415

    event, zone = current_event(), app().settings.in_force().terms.zone
    said = body_of(event, requests.AskExport)
    starts_at = instant_of_text("from", said.starts_at, zone, days=0)
    ends_at = instant_of_text("to", said.ends_at, zone, days=1)
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise InvalidRequest([Problem("to", "must be after from")])
    job = ask_export(
        app().store,
        app().clock,
        said.what,
        Period(starts_at, ends_at),
        is_csv=said.format == "csv",
        id_=said.id,
        by=name_of(event),
    )
    return answer(200, shown(job, app().outside.export_files))
