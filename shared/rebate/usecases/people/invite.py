"""Each member's invite code, made when it is first asked for (Rule 2.5.1)."""

import secrets
from hashlib import sha256

from rebate.domain.errors import Code, Rejected
from rebate.domain.invitations import CODE_BITS, Invitation, Tries, code_of, read_code
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.times import SECOND
from rebate.usecases.office.places import introductions
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

TRIES_AN_HOUR = 20
"""Codes that there are not which one address, or one member, may try in an hour."""

_HOUR = 3_600 * SECOND
_TRIES_KEPT = 86_400


def invite(desk: PeopleDesk, member: MemberId) -> Invitation:
    """Return a member's invitation, with the one code that the member ever has.

    Raises:
        Unavailable: others kept writing to the member.
    """
    return desk.carry_out(lambda: _invite(desk, member))


def show_nickname(desk: PeopleDesk, member: MemberId, *, shows: bool) -> Invitation:
    """Let those who have the code see their inviter's nickname, or not any more.

    Raises:
        Unavailable: others kept writing to the member.
    """
    return desk.carry_out(lambda: _shown(desk, member, shows=shows))


def inviter_of(desk: PeopleDesk, text: str, *, tried_by: str) -> Invitation:
    """Return the invitation of a code as somebody has typed it; `tried_by` is an address or so.

    Raises:
        Rejected: `invalid_request`: it is no code; `unknown_member`: it is nobody's; `over_limit`:
            too many that are nobody's were tried within this hour.
    """
    code = read_code(text)
    if code is None:
        raise Rejected(Code.INVALID_REQUEST, "code must be eight letters and digits")
    return desk.carry_out(lambda: _found(desk, code, sha256(tried_by.encode()).hexdigest()))


def inviter_known(desk: PeopleDesk, invitation: Invitation) -> str | None:
    """Return the nickname that an invitation may show, None: it shows none."""
    if not invitation.shows_nickname:
        return None
    owner = desk.store.get(Member, Key(invitation.member))
    return owner.nickname if owner else None


def _invite(desk: PeopleDesk, name: MemberId) -> Invitation:
    member = desk.member(name)
    if member.invite is not None:
        known = desk.store.get(Invitation, Key(member.invite))
        assert known is not None, f"code {member.invite} is given and not stored"
        return known
    made = Invitation(code_of(secrets.randbits(CODE_BITS)), name, desk.clock.now())
    owner = replace(member, invite=made.code, version=member.version + 1)
    writes: list[Write] = [Put(owner, expects=member.version), Put(made, expects=0)]
    desk.store.commit([*writes, *introductions(writes, made.at)])
    return made


def _shown(desk: PeopleDesk, member: MemberId, *, shows: bool) -> Invitation:
    known = _invite(desk, member)
    after = replace(known, shows_nickname=shows, version=known.version + 1)
    desk.store.commit([Put(after, expects=known.version)])
    return after


def _found(desk: PeopleDesk, code: str, who: str) -> Invitation:
    hour, seconds = desk.clock.now() // _HOUR, desk.clock.now() // SECOND
    tries = Tries(who, hour, seconds + _TRIES_KEPT)
    tries = desk.store.get(Tries, key_of(tries)) or tries
    if tries.count >= TRIES_AN_HOUR:
        message = f"{TRIES_AN_HOUR} codes that there are not were tried: wait an hour"
        raise Rejected(Code.OVER_LIMIT, message)
    found = desk.store.get(Invitation, Key(code))
    if found is None:
        more = replace(tries, count=tries.count + 1, version=tries.version + 1)
        desk.store.commit([Put(more, expects=tries.version)])
        raise Rejected(Code.UNKNOWN_MEMBER, f"code {code} is nobody's")
    return found
