"""What linking accounts to members tells (contracts, section 6)."""

from datetime import datetime

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class LinkOffered:
    """The code that a member enters where they are signed in; it works once, until `expires_at`."""

    id: str
    member_id: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkShown:
    """Which member the account is now; tokens say so from the next one on."""

    member: str
    linked_at: datetime
