"""What was set aside: for operators."""

from rebate.contracts.routes.route import AFTER, Audience, OperatorRole, Route, choice
from rebate.domain.letters import LetterState

ROUTES = (
    Route(
        "GET",
        "/v1/dead-letters",
        Audience.OPERATOR,
        "What could not be carried out, each with its reason",
        OperatorRole.VIEWER,
        gives="letters.DeadLettersShown",
        query=(choice("state", tuple(LetterState)), AFTER),
    ),
    Route(
        "POST",
        "/v1/dead-letters/replay",
        Audience.OPERATOR,
        "Send letters to where they came from, once more",
        OperatorRole.SUPPORT,
        takes="letter_requests.ReplayLetters",
        gives="letters.LettersReplayed",
    ),
)
