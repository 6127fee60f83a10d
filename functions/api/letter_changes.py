"""What operators do about what was set aside.

POST /v1/dead-letters/replay   send letters to where they came from, once more
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import name_of
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import answer
from rebate.adapters.telemetry import logger
from rebate.bootstrap import app
from rebate.contracts.letter_requests import ReplayLetters
from rebate.contracts.letters import LettersReplayed
from rebate.usecases.letters.replay_letters import replay_letters

router = Router()  # type: ignore[no-untyped-call]


@router.post("/v1/dead-letters/replay")
def replay() -> Response[str]:
    event = current_event()
    said = body_of(event, ReplayLetters)
    done = replay_letters(
        app().store,
        app().clock,
        app().outside.replay_queues,
        said.letters,
        by=name_of(event),
        body=said.body,
    )
    logger.info("letters replayed", extra={"by": name_of(event), "replayed": done.replayed})
    return answer(200, LettersReplayed(done.replayed, done.before))
