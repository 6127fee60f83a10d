"""What the API answers, as far as the client names it (docs/openapi.json has all of it)."""

from typing import TypedDict


class Problem(TypedDict):
    """One thing that is wrong with what was sent."""

    path: str
    message: str
    nearest: str | None


class EventTaken(TypedDict):
    """What came of an event: `accepted`, `duplicate`, `kept`, `saved` or `outdated`."""

    outcome: str
    queues: list[str]


class LinkOffered(TypedDict):
    """The code that a member enters where they are signed in."""

    id: str
    member_id: str
    code: str
    expires_at: str


class Balances(TypedDict):
    """What a member has, by balance."""

    member: str
    balances: dict[str, int]


class Receipt(TypedDict):
    """What came of a spend or a give back; `left` can still be given back."""

    id: str
    kind: str
    member: str
    asset: str
    amount: int
    subject: str
    state: str
    at: str
    approvals: list[str]
    left: int | None
