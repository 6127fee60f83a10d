"""Binding referrers: once, neither to oneself nor in a loop of any length (Rules 2.5 and 2.5.1).

A loop closes only where a member is bound to somebody below. Whoever refers nobody has nobody
below, and most who are bound are new: that costs one read, however long the line above is. For the
others the line above is walked.
"""

import secrets
from collections.abc import Iterable, Sequence

from rebate.domain.events import ReferrerBound
from rebate.domain.invitations import TeamMember
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.usecases.office.places import introductions
from rebate.usecases.storage.ports import Check, Put, Remove, Store, Write
from rebate.usecases.storage.rows.catalog import Corrections, Member, new_member
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import CORRECTIONS, Key, joined, number

UPLINE_MAX = 1_000
"""Members above somebody that are looked at; a line that is longer cannot be joined from above."""

REF_BYTES = 8
"""Random bytes by which a referrer is told one of the team from others."""


@dataclass(frozen=True, slots=True)
class Bond:
    """Who referred somebody; `refused` says why another that was named did not.

    `is_bound`: because that was somebody else before. `writes` make sure that nobody closes a loop
    meanwhile.
    """

    referrer: MemberId | None = None
    refused: str | None = None
    is_bound: bool = False
    writes: Sequence[Write] = ()


def bound_once(bound: MemberId | None, named: str | None) -> Bond:
    """Return the bond of somebody who was bound to `bound`, when `named` is named."""
    if bound is None:
        return Bond(MemberId(named) if named is not None else None)
    if named is None or named == bound:
        return Bond(bound)
    return Bond(bound, refused=f"{bound} was bound before {named}", is_bound=True)


def bond_of(store: Store, member: Member, named: str | None) -> Bond:
    """Return a member's bond when `named` is named as the referrer."""
    bond = bound_once(member.referrer, named)
    if bond.referrer is None or bond.referrer == member.referrer:
        return bond
    return bond_to(store, member, bond.referrer)


def bond_to(store: Store, member: Member, name: MemberId) -> Bond:
    """Return a member's bond to a referrer, whoever it was before.

    Until a binding is corrected bonds never change, so of all who stand above the referrer only the
    topmost can still come to stand below the member; the transaction insists that it has not.
    """
    if name == member.id:
        return Bond(refused=f"{member.id} cannot refer themselves")
    referrer = store.get(Member, Key(name)) or new_member(name)
    checks: list[Write] = []
    if not referrer.refers:
        marked = replace(referrer, refers=True, version=referrer.version + 1)
        checks.append(Put(marked, expects=referrer.version))
    if member.version and member.refers is not False:
        corrected = store.get(Corrections, CORRECTIONS) or Corrections()
        top = _top_above(store, referrer, member.id)
        if isinstance(top, str):
            return Bond(refused=top)
        if top.id != name or not checks:
            checks.append(Check(Member, key_of(top), top.version))
        checks.append(Check(Corrections, CORRECTIONS, corrected.version))
    return Bond(name, writes=tuple(checks))


def bound_writes(before: Member, after: Member, now: Instant, by: str) -> Iterable[Write]:
    """Yield what is stored with a bond that is new: the place in the team, and what is told.

    `after` is the member as stored, bound now by `by`: `shop`, `code` or `operator`.
    """
    if before.referrer == after.referrer:
        return
    if after.referrer is not None:
        ref = secrets.token_hex(REF_BYTES)
        yield Put(TeamMember(after.referrer, after.id, now, ref))
    told = ReferrerBound(after.id, after.referrer, before.referrer, by)
    yield Put(Journal(f"binding/{joined(after.id)}", after.version, now, (), (told,)))


def left_team(store: Store, member: Member) -> Iterable[Write]:
    """Yield what removes a member's place in the referrer's team."""
    if member.referrer is None or member.bound_at is None:
        return
    for place in store.query(TeamMember, member.referrer, prefix=f"{number(member.bound_at)}#"):
        if place.member == member.id:
            yield Remove(TeamMember, key_of(place))


def bind(store: Store, before: Member, bond: Bond, now: Instant, by: str) -> Sequence[Write]:
    """Return what stores another bond of a member, if the member is as it was read."""
    after = replace(
        before,
        referrer=bond.referrer,
        bound_at=None if bond.referrer is None else now,
        version=before.version + 1,
    )
    if after.referrer == before.referrer:
        return ()
    members = [Put(after, expects=before.version), *bond.writes]
    return [
        *members,
        *introductions(members, now),
        *left_team(store, before),
        *bound_writes(before, after, now, by),
    ]


def _top_above(store: Store, referrer: Member, member: MemberId) -> Member | str:
    """Return who stands above all from `referrer` on, or why the member cannot be bound."""
    row = referrer
    for _ in range(UPLINE_MAX):
        if row.id == member:
            return f"{referrer.id} stands below {member}"
        if row.referrer is None:
            return row
        row = store.get(Member, Key(row.referrer)) or Member(row.referrer)
    return f"more than {UPLINE_MAX} members stand above {referrer.id}"
