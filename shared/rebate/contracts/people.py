"""What the API gives of invitations, teams and bindings (rules 2.5.1 and 2.8).

Amounts are minor units of `currency`, instants UTC, months ISO 8601 of the shop's timezone.
"""
# ruff: noqa: RUF001 - Chinese texts have Chinese punctuation

from collections.abc import Mapping
from datetime import datetime

from rebate.contracts.notice_texts import Locale
from rebate.domain.money import Amount
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class OwnInvitation:
    """A member's invite code, its link and that as a QR code in SVG; both null without an address.

    `shows_nickname`: to whoever has the code.
    """

    code: str
    link: str | None
    qr_svg: str | None
    shows_nickname: bool


@dataclass(frozen=True, slots=True)
class InviteShown:
    """What anybody is told of an invite code: its inviter's nickname, if the inviter lets it."""

    code: str
    nickname: str | None
    what: str


@dataclass(frozen=True, slots=True)
class BoundShown:
    """Who referred a member: that it is settled, and the nickname, if it may be shown."""

    bound: bool
    nickname: str | None


@dataclass(frozen=True, slots=True)
class MonthEarned:
    """What a member's orders of a month earned a promoter, and how many they were."""

    month: str
    earned: Amount
    orders: int


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A member of a team, by nickname alone; `person` goes back as the parameter `of`.

    `bought`: whether an order of theirs was accepted; null: it is not known of that time.
    `member` is the id, told to operators only.
    """

    person: str
    nickname: str | None
    avatar_url: str | None
    joined_at: datetime
    bought: bool | None
    earned: Amount
    orders: int
    months: tuple[MonthEarned, ...]
    member: str | None = None


@dataclass(frozen=True, slots=True)
class TeamShown:
    """A page of a team, the newest first: one's own, or that of one of one's people.

    `level` is 1 or 2. `buyers` is how many people's orders earned something: by the month in which
    they were paid, and ever.
    """

    level: int
    members: tuple[PersonShown, ...]
    buyers: Mapping[str, int]
    buyers_ever: int
    currency: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class BindingShown:
    """A correction of who referred a member, with who made it and why."""

    id: str
    member: str
    before: str | None
    referrer: str | None
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BindingsShown:
    """A page of corrections, the newest first."""

    bindings: tuple[BindingShown, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class SharedAccount:
    """A member and the member's referrer who have withdrawn to the same payout reference."""

    member: str
    referrer: str
    withdrawal: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SharedAccounts:
    """A page of them, the newest first."""

    shared: tuple[SharedAccount, ...]
    next: str | None = None


WHAT_IT_IS: Mapping[Locale, str] = {
    "zh-CN": "好友邀请：登录后，邀请人将成为您的推荐人。",
    "en": "An invitation: once you sign in, who invited you is your referrer.",
}
"""What an invite code is, in words."""
