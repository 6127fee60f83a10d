"""A shop asks for a code by which one of its members links their account."""

import secrets
from collections.abc import Callable

from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.links import CODE_CHARS, LETTERS, LinkCode, LinkedMember, LinkOffer
from rebate.domain.names import MemberId
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key


def random_code() -> str:
    """Return a code that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_CHARS))


def offer_link(
    ledger: WalletLedger,
    name: str,
    member: MemberId,
    *,
    caller: str,
    make_code: Callable[[], str] = random_code,
) -> LinkOffer:
    """Return the code by which `member` may link their account; the same `name` has the same.

    `caller` is the sender who asks.

    Raises:
        Rejected: `forbidden`: the member is linked.
        Mismatch: the id is known with another member.
        Unavailable: others kept writing to the same rows.
    """
    return ledger.carry_out(lambda: _offer(ledger, name, member, caller, make_code()))


def _offer(ledger: WalletLedger, name: str, member: MemberId, caller: str, code: str) -> LinkOffer:
    wanted = LinkOffer(caller, name, member, code, ledger.clock.now())
    known = ledger.store.get(LinkOffer, key_of(wanted))
    if known is not None:
        return _insist_same(known, member)
    if ledger.store.get(LinkedMember, Key(member)) is not None:
        raise Rejected(Code.FORBIDDEN, f"{member} is linked already, for good")
    place = LinkCode(code, caller, name)
    ledger.store.commit([Put(wanted, expects=0), Put(place, expects=0)])
    return wanted


def _insist_same(known: LinkOffer, member: MemberId) -> LinkOffer:
    if known.member != member:
        raise Mismatch(f"link {known.id} is known for another member")
    return known
