"""What a row of the table of routes says: who may call, what is taken, what is answered.

Nothing is loaded for it but plain data: models and answers are named, `requests.Withdraw` or
`api.Entries`, as modules below `rebate.contracts` have them, so that a function knows all routes
and loads what checks bodies only when there is one.
"""

from enum import Enum, StrEnum
from typing import Literal

from rebate.domain.records import dataclass

Method = Literal["GET", "POST", "PUT", "DELETE"]


class Audience(StrEnum):
    """Who may call a route."""

    ANYBODY = "anybody"
    """Without a token."""
    MEMBER = "member"
    MERCHANT = "merchant"
    """Which stores somebody holds, our own records say."""
    OPERATOR = "operator"
    SHOP = "shop"
    """Signs what it sends with a key of its own, or shows a token of its client's."""
    PLATFORM = "platform"
    """A shop's platform, whose webhooks carry its own signature."""

    @property
    def scope(self) -> str | None:
        """Return the scope that a token needs; None: no token is looked at."""
        return f"rebate/{self}" if self in _SIGNED_IN else None

    @property
    def share_percent(self) -> int:
        """Return how much of what the API takes one of its routes may have."""
        return _SHARES_PERCENT[self]


SHOP_SCOPE = f"rebate/{Audience.SHOP}"
"""The scope of a shop's token, which a signature stands in for: no gateway insists on it."""

_SIGNED_IN = (Audience.MEMBER, Audience.MERCHANT, Audience.OPERATOR)

_SHARES_PERCENT = {
    Audience.ANYBODY: 25,
    Audience.MEMBER: 50,
    Audience.MERCHANT: 25,
    Audience.OPERATOR: 25,
    Audience.SHOP: 50,
    Audience.PLATFORM: 50,
}
"""So that no flood of one route takes from all others what they need."""


class OperatorRole(StrEnum):
    """What an operator may do; each role may also do what those before it may."""

    VIEWER = "viewer"
    """Reads."""
    SUPPORT = "support"
    """Corrects bindings, sends again, adds notes."""
    FINANCE = "finance"
    """Decides on withdrawals, adjusts."""
    ADMIN = "admin"
    """Settings, rights, stores."""

    @property
    def rank(self) -> int:
        """Return how far up it stands."""
        return list(OperatorRole).index(self)


class Kind(Enum):
    """What a parameter of a query holds."""

    ID = "an id"
    QUEUE = "the id of a queue"
    ENTRY = "the name of an entry"
    ORDER = "the id of an order"
    PAGE = "the `next` of a page"
    NUMBER = "a whole number"
    DAY = "a day"
    MOMENT = "a day or an instant"
    TEXT = "what people type"
    CHOICE = "one of `choices`"


QUEUE_CHARS, ENTRY_CHARS, ORDER_CHARS = 16, 272, 16
"""What stands beside an id in the names of queues (`store/`), entries and repurchases (`-r1`)."""

TYPED_CHARS_MAX = 256
"""Characters of what people type into a query."""

PAGE_CHARS_MAX = 1024
"""Pages go on after a sort key, of which DynamoDB takes so many bytes."""


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A parameter that a query may have; a number is at least `at_least`."""

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the HTTP API.

    `role`: the least one of an operator. `takes` names the model of the body, `gives` the record
    of the answer; without one the answer is 204. `share_percent`: how much of what the API takes
    it may have, where that is not as for all of its audience. `is_csv`: it answers a file, or does
    on request. `function` answers it.
    """

    method: Method
    path: str
    audience: Audience
    summary: str
    role: OperatorRole | None = None
    takes: str | None = None
    gives: str | None = None
    query: tuple[QueryParameter, ...] = ()
    share_percent: int | None = None
    is_csv: bool = False
    function: str = "api"

    @property
    def key(self) -> str:
        """Return what it is called: `GET /v1/me/entries`."""
        return f"{self.method} {self.path}"


def parameter(name: str, kind: Kind, *, at_least: int = 0) -> QueryParameter:
    """Return a parameter that may be left out."""
    return QueryParameter(name, kind, at_least=at_least)


def needed(name: str, kind: Kind) -> QueryParameter:
    """Return a parameter that must be there."""
    return QueryParameter(name, kind, required=True)


def choice(name: str, choices: tuple[str, ...]) -> QueryParameter:
    """Return a parameter that is one of `choices`; left out, it is the first, or none of them."""
    return QueryParameter(name, Kind.CHOICE, choices=choices)


AFTER = parameter("after", Kind.PAGE)
"""Where a list goes on."""
AFTER_NUMBER = parameter("after", Kind.NUMBER)
"""Where a list goes on whose pages end at a number."""
