"""Binding a member to who invited them: once, and before the first order (Rule 2.5.1)."""

from rebate.domain.errors import Code, Rejected
from rebate.domain.names import MemberId
from rebate.usecases.catalog.bonds import bind, bond_of
from rebate.usecases.people.desk import PeopleDesk, has_bought
from rebate.usecases.people.invite import inviter_of
from rebate.usecases.storage.rows.catalog import Member


def bind_by_code(desk: PeopleDesk, member: MemberId, code: str) -> MemberId:
    """Bind a member to the owner of an invite code; the same again changes nothing.

    Raises:
        Rejected: `invalid_request`, `unknown_member` or `over_limit`, as of `inviter_of`;
            `referrer_bound`: it is the member's own code, the member has another referrer or has
            bought before, or is above the owner.
        Unavailable: others kept writing to the member.
    """
    invitation = inviter_of(desk, code, tried_by=f"member/{member}")
    return bind_referrer(desk, member, invitation.member)


def bind_referrer(desk: PeopleDesk, member: MemberId, referrer: MemberId) -> MemberId:
    """Bind a member to a referrer, as with the referrer's code; return the referrer.

    Raises:
        Rejected: `referrer_bound`, as of `bind_by_code`.
        Unavailable: others kept writing to the member.
    """
    return desk.carry_out(lambda: _bind(desk, desk.member(member), referrer))


def _bind(desk: PeopleDesk, known: Member, referrer: MemberId) -> MemberId:
    if known.referrer == referrer:
        return referrer
    if known.referrer is None and known.id != referrer and has_bought(desk.store, known):
        message = f"{known.id} has bought before, and is bound to nobody any more"
        raise Rejected(Code.REFERRER_BOUND, message)
    bond = bond_of(desk.store, known, referrer)
    if bond.refused:
        raise Rejected(Code.REFERRER_BOUND, bond.refused)
    desk.store.commit(bind(desk.store, known, bond, desk.clock.now(), "code"))
    return referrer
