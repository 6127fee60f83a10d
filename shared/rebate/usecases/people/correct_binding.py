"""Correcting who referred a member, by operators and with a reason (Rules 2.5.1 and 8.9)."""

from collections.abc import Collection
from typing import NamedTuple

from rebate.domain.deciders import own
from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.invitations import Binding
from rebate.domain.names import MemberId
from rebate.usecases.catalog.bonds import Bond, bind, bond_to
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.catalog import Corrections
from rebate.usecases.storage.rows.keys import CORRECTIONS, Key
from rebate.usecases.storage.rows.lists import ListItem

ALL = "bindings"
"""The list of all corrections."""


class Correction(NamedTuple):
    """Who shall have referred a member from now on (None: nobody), and why."""

    member: MemberId
    referrer: MemberId | None
    reason: str


def of_member(member: MemberId) -> str:
    """Return the list of a member's corrections."""
    return f"bindings of/{member}"


def correct_binding(
    desk: PeopleDesk,
    name: str,
    wish: Correction,
    *,
    by: str,
    own_members: Collection[MemberId] = (),
) -> Binding:
    """Bind a member to another referrer; what was earned before stays, and so does a repetition.

    Raises:
        Rejected: `invalid_request`: there is no reason; `unknown_member`; `referrer_bound`: the
            member would stand above themselves; `not_yours`: an operator who is the member, or one
            of the referrers, has another one do it.
        Mismatch: the id is known with other content.
        Unavailable: others kept writing to the same people.
    """
    if not wish.reason.strip():
        raise Rejected(Code.INVALID_REQUEST, "reason must not be empty")
    return desk.carry_out(lambda: _correct(desk, name, wish, by, own_members))


def _correct(
    desk: PeopleDesk, name: str, wish: Correction, by: str, own_members: Collection[MemberId]
) -> Binding:
    done = desk.store.get(Binding, Key(name))
    if done:
        if (done.member, done.after, done.reason) != wish:
            raise Mismatch(f"binding {name} is known with other content")
        return done
    member = desk.known_member(wish.member)
    if wish.referrer is not None:
        desk.known_member(wish.referrer)
    if {member.id, member.referrer, wish.referrer} & set(own_members):
        raise own(f"the binding of {member.id}")
    bond = bond_to(desk.store, member, wish.referrer) if wish.referrer is not None else Bond()
    if bond.refused:
        raise Rejected(Code.REFERRER_BOUND, bond.refused)
    now = desk.clock.now()
    if wish.referrer == member.referrer:
        raise Rejected(Code.INVALID_REQUEST, f"referrer of {member.id} is that already")
    made = Binding(name, member.id, member.referrer, wish.referrer, wish.reason, by, now)
    before = desk.store.get(Corrections, CORRECTIONS) or Corrections()
    checks = [each for each in bond.writes if getattr(each, "kind", None) is not Corrections]
    moved = bind(desk.store, member, Bond(bond.referrer, writes=checks), now, "operator")
    desk.store.commit(
        [
            Put(made),
            Put(Corrections(before.version + 1), expects=before.version),
            Put(ListItem(ALL, now, name)),
            Put(ListItem(of_member(member.id), now, name)),
            *moved,
        ]
    )
    return made
