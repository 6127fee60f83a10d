"""Who a member is to the shop, on one page (contracts, section 6)."""

from rebate.contracts.api import MeShown, OwnCode, OwnFigures
from rebate.domain.invitations import Invitation, link_of
from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING
from rebate.domain.names import MemberId
from rebate.domain.terms import Terms
from rebate.domain.wallets import Wallet
from rebate.usecases.queries.show_entries import entry_sums
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key


def show_me(
    store: Store, terms: Terms, name: MemberId, invitation: Invitation, invite_url: str | None
) -> MeShown:
    """Return a member's figures, and the code and link by which they invite."""
    member = store.get(Member, Key(name)) or Member(name)
    wallet = store.get(Wallet, Key(name)) or Wallet(name)
    in_line, paid = entry_sums(store, terms, name)
    return MeShown(
        member=name,
        nickname=member.nickname,
        avatar_url=member.avatar_url,
        level=member.level,
        rank=member.rank,
        currency=terms.currency,
        figures=OwnFigures(
            available=wallet.balances.get(BalanceType.CASH, NOTHING),
            pending=wallet.balances.get(BalanceType.PENDING, NOTHING),
            in_line=in_line,
            paid=paid,
        ),
        invite=OwnCode(invitation.code, link_of(invitation.code, invite_url)),
    )
