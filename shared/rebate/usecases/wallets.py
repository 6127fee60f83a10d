"""What members do with their wallets: ask for cash, pass points on (Rule 3)."""

from collections.abc import Callable
from typing import TypeAlias
from zoneinfo import ZoneInfo

from rebate.contracts.settings import WalletSettings
from rebate.domain.errors import Code, Conflict, Mismatch, Rejected, Unavailable
from rebate.domain.events import Event, WithdrawalDecided, WithdrawalRequested
from rebate.domain.ledger import WITHDRAWN, BalanceType, JournalEntry, Posting, wallet
from rebate.domain.money import Amount, share
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant, day_of
from rebate.domain.wallets import Wallet
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Clock, Credit, Put, Store, Write
from rebate.usecases.storage.rows import (
    Journal,
    Key,
    StatementEntry,
    StatementMovement,
    Withdrawal,
    WithdrawalDay,
    journal_key,
)

ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class WalletOperations:
    """Carries out withdrawals and transfers, each id once."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def withdraw(self, name: str, member: MemberId, amount: Amount, at: Instant) -> None:
        """Ask for cash to be paid out; it is held until that is decided.

        Raises:
            Rejected: `insufficient_balance`, `below_minimum` or `over_limit`.
            Mismatch: the id is known with other content.
            Unavailable: others kept writing to the wallet.
        """
        _retry(lambda: self._withdraw(name, member, amount, at))

    def decide(self, name: str, *, approve: bool, reason: str | None = None) -> None:
        """Pay a requested withdrawal out, or give its amount back.

        Raises:
            Rejected: `unknown_entry`: there is no such request.
            Mismatch: it was decided otherwise.
            Unavailable: others kept writing to the wallet.
        """
        _retry(lambda: self._decide(name, approve=approve, reason=reason))

    def transfer(
        self, name: str, giver: MemberId, taker: MemberId, asset: str, amount: Amount
    ) -> None:
        """Pass points or love value on to another member.

        Raises:
            Rejected: `transfer_off` or `insufficient_balance`.
            Unavailable: others kept writing to the wallet.
        """
        _retry(lambda: self._transfer(name, giver, taker, asset, amount))

    def _withdraw(self, name: str, member: MemberId, amount: Amount, at: Instant) -> None:
        known = self.store.get(Withdrawal, Key(name))
        if known is not None:
            if (known.member, known.amount) != (member, amount):
                message = f"withdrawal {name} is known with other content"
                raise Mismatch(message)
            return
        rules, zone = self._rules()
        held = self.store.get(Wallet, Key(member)) or Wallet(member)
        day = day_of(at, zone).isoformat()
        today = self.store.get(WithdrawalDay, Key(member, day))
        count = today.count if today else 0
        _insist(held, BalanceType.CASH, amount)
        if amount < rules.withdraw_min:
            message = f"the least to withdraw is {rules.withdraw_min}"
            raise Rejected(Code.BELOW_MINIMUM, message)
        if rules.withdraw_per_day is not None and count >= rules.withdraw_per_day:
            message = f"{rules.withdraw_per_day} withdrawals a day are allowed"
            raise Rejected(Code.OVER_LIMIT, message)
        fee = share(amount, rules.withdraw_fee_bps)
        counted = WithdrawalDay(member, day, count + 1, version=count + 1)
        moved = ((BalanceType.CASH, -amount), (BalanceType.HELD, amount))
        self._commit(
            f"withdrawal/{name}",
            [Put(Withdrawal(name, member, amount, at, fee)), Put(counted)],
            number=1,
            moves=((held, moved),),
            event=WithdrawalRequested(name, member, amount, fee),
        )

    def _decide(self, name: str, *, approve: bool, reason: str | None) -> None:
        known = self.store.get(Withdrawal, Key(name))
        if known is None:
            message = f"there is no withdrawal {name}"
            raise Rejected(Code.UNKNOWN_ENTRY, message)
        if known.approved is not None:
            if known.approved != approve:
                message = f"withdrawal {name} was decided otherwise"
                raise Mismatch(message)
            return
        decided = replace(known, approved=approve, reason=reason, version=known.version + 1)
        back = () if approve else ((BalanceType.CASH, known.amount),)
        self._commit(
            f"withdrawal/{name}",
            [Put(decided)],
            number=2,
            moves=((Wallet(known.member), ((BalanceType.HELD, -known.amount), *back)),),
            event=WithdrawalDecided(name, known.member, known.amount, known.fee, approve, reason),
        )

    def _transfer(
        self, name: str, giver: MemberId, taker: MemberId, asset: str, amount: Amount
    ) -> None:
        source = f"transfer/{name}"
        if self.store.get(Journal, journal_key(source, 1)):
            return
        rules, _ = self._rules()
        if asset not in rules.transfer:
            message = f"{asset} may not be passed on"
            raise Rejected(Code.TRANSFER_OFF, message)
        pocket = BalanceType(asset)
        held = self.store.get(Wallet, Key(giver)) or Wallet(giver)
        _insist(held, pocket, amount)
        moves: tuple[_Move, ...] = (
            (held, ((pocket, -amount),)),
            (Wallet(taker), ((pocket, amount),)),
        )
        if giver != taker:
            self._commit(source, [], number=1, moves=moves, event=None)

    def _rules(self) -> tuple[WalletSettings, ZoneInfo]:
        settings = self.settings.in_force().settings
        return settings.wallet, settings.zone

    def _commit(
        self,
        source: str,
        rows: list[Write],
        *,
        number: int,
        moves: tuple["_Move", ...],
        event: Event | None,
    ) -> None:
        """Store one balanced movement, with rows that say what it was for.

        The journal's row is there once, so a name is used once; and a wallet whose balance was
        looked at must be the same, so of two movements that look at it one is decided anew.
        """
        now = self.clock.now()
        kind = source.split("/", maxsplit=1)[0]
        postings = [
            Posting(wallet(owner.member, pocket), amount)
            for owner, amounts in moves
            for pocket, amount in amounts
        ]
        paid_out = -sum(posting.amount for posting in postings)
        if paid_out:
            postings.append(Posting(WITHDRAWN, paid_out))
        entry = JournalEntry(kind, tuple(postings))
        events = (event,) if event else ()
        writes = [*rows, Put(Journal(source, number, now, (entry,), events), expects=0)]
        for owner, amounts in moves:
            looked_at = owner.version if owner.balances else None
            writes.append(Credit(owner.member, amounts, expects=looked_at))
            moved = tuple(StatementMovement(kind, pocket, amount) for pocket, amount in amounts)
            writes.append(Put(StatementEntry(owner.member, now, source, number, moved)))
        self.store.commit(writes)


_Move: TypeAlias = tuple[Wallet, tuple[tuple[BalanceType, Amount], ...]]


def _insist(held: Wallet, pocket: BalanceType, amount: Amount) -> None:
    if held.has(pocket) < amount:
        message = f"{held.has(pocket)} of {pocket} is there, {amount} is wanted"
        raise Rejected(Code.INSUFFICIENT_BALANCE, message)


def _retry(attempt: Callable[[], None]) -> None:
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except Conflict:
            continue
    message = "others keep writing to this wallet"
    raise Unavailable(message)
