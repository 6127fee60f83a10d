"""Binding referrers: once, neither to oneself nor in a loop of any length (Rule 2.5).

A loop closes only where a member is bound to somebody below. Whoever refers nobody has nobody
below, and most who are bound are new: that costs one read, however long the line above is. For the
others the line above is walked.
"""

from collections.abc import Sequence

from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.usecases.storage.ports import Check, Put, Store, Write
from rebate.usecases.storage.rows import Key, Member, key_of

UPLINE_MAX = 1_000
"""Members above somebody that are looked at; a line that is longer cannot be joined from above."""


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
    """Return a member's bond when `named` is named as the referrer.

    Bonds never change, so of all who stand above the referrer only the topmost can still come to
    stand below the member; the transaction insists that it has not.
    """
    bond = bound_once(member.referrer, named)
    if bond.referrer is None or bond.referrer == member.referrer:
        return bond
    if bond.referrer == member.id:
        return Bond(refused=f"{member.id} cannot refer themselves")
    name = bond.referrer
    referrer = store.get(Member, Key(name)) or Member(name, refers=False, told={})
    checks: list[Write] = []
    if not referrer.refers:
        marked = replace(referrer, refers=True, version=referrer.version + 1)
        checks.append(Put(marked, expects=referrer.version))
    if member.version and member.refers is not False:
        top = _top_above(store, referrer, member.id)
        if isinstance(top, str):
            return Bond(refused=top)
        if top.id != name or not checks:
            checks.append(Check(Member, key_of(top), top.version))
    return replace(bond, writes=tuple(checks))


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
