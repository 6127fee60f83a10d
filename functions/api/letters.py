"""What operators see of what was set aside.

GET /v1/dead-letters?state=&after=   a page of letters, the newest first
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.queries import choice_of, page_parameter
from rebate.bootstrap import app
from rebate.domain.letters import LetterState
from rebate.usecases.letters.show_letters import show_letters

router = Router()  # type: ignore[no-untyped-call]


@router.get("/v1/dead-letters")
def dead_letters() -> Response[str]:
    event = current_event()
    state = choice_of(event, "state", tuple(LetterState))
    return answer(200, show_letters(app().store, state, page_parameter(event)))
