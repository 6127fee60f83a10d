"""The settings in force, and how they are changed (contracts, section 3; Rule 8.5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rebate.domain.errors import Code, Conflict, Mismatch, Rejected, Unreadable
from rebate.domain.fingerprints import fingerprint
from rebate.domain.money import Bps
from rebate.domain.terms import EDITION, Terms
from rebate.domain.times import Instant
from rebate.usecases.storage.chains import previous_of
from rebate.usecases.storage.ports import Clock, Place, Put, Store, Write
from rebate.usecases.storage.rows.catalog import Product
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key, number
from rebate.usecases.storage.rows.settings import CURRENT, CurrentSettings, SettingsVersion

if TYPE_CHECKING:
    from rebate.contracts.settings import Settings

CURRENT_SETTINGS: Place = (CurrentSettings, CURRENT)
"""Where it stands which settings are in force."""

SOURCE = "settings"
"""The source of the journal rows that tell of changed settings; no queue is called so."""

NO_SETTINGS: Mapping[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
"""What is in force before anything was set: every plan is off."""


@dataclass(frozen=True)
class InForce:
    """Settings and their version, 0 before any were saved; and what they mean.

    The document is read when it is asked for: few functions need more than the terms.
    """

    version: int
    terms: Terms
    document: Mapping[str, Any]
    saved_at: Instant

    @cached_property
    def settings(self) -> "Settings":
        """The document, read."""
        from rebate.contracts.settings import read_settings

        return read_settings(self.document)[0]


class SettingsReader:
    """Reads the settings in force; a version that was read once is not read again.

    A later release may have saved them: what it alone knows is passed over, and `tell` is told.
    """

    def __init__(self, store: Store, tell: Callable[[str, str], None] = lambda *_: None) -> None:
        """Read from `store`; `tell` takes whose part and which part is not known."""
        self._store = store
        self._tell = tell
        self._known: InForce | None = None

    def in_force(self, store: Store | None = None) -> InForce:
        """Return the settings that hold at this moment; `store` may have read already which."""
        current = (store or self._store).get(CurrentSettings, CURRENT)
        version = current.version if current else 0
        if self._known is None or version != self._known.version:
            self._known = self._load(version)
        return self._known

    def since(self, at: Instant) -> list[tuple[Instant, Terms]]:
        """Return what was in force from `at` on, and from when each; the earliest first."""
        now = self.in_force()
        found, version = [(now.saved_at, now.terms)], now.version
        while version > 1 and found[-1][0] > at:
            version -= 1
            row = self._version(version)
            found.append((row.saved_at, self._meaning(row)))
        return found[::-1]

    def _load(self, version: int) -> InForce:
        if version == 0:
            return InForce(0, _terms_of(NO_SETTINGS), NO_SETTINGS, Instant(0))
        row = self._version(version)
        return _saved(row, self._meaning(row))

    def _version(self, version: int) -> SettingsVersion:
        row = self._store.get(SettingsVersion, Key(number(version)))
        assert row is not None, f"settings version {version} was in force and is not stored"
        return row

    def _meaning(self, row: SettingsVersion) -> Terms:
        stored = row.terms if row.edition == EDITION else None
        return stored if stored and stored.are_whole else self._terms(row)

    def _terms(self, row: SettingsVersion) -> Terms:
        """Return what a document means that another release saved.

        Where it has a value that this one does not know, its own terms say what it means, if they
        can be read; to guess would settle by rules that nobody set.

        Raises:
            Unreadable: they cannot.
        """
        from rebate.contracts.settings import InvalidSettings, read_settings
        from rebate.usecases.settings.terms import terms_of

        try:
            settings, unknown = read_settings(row.document)
        except InvalidSettings as invalid:
            self._tell(f"settings {row.number}", str(invalid))
            if row.terms is None:
                raise Unreadable(f"settings {row.number}: {invalid}") from invalid
            return row.terms
        for path in unknown:
            self._tell(f"settings {row.number}", path)
        return terms_of(settings)


def terms_of_version(row: SettingsVersion) -> Terms | None:
    """Return what a stored document means; its own terms where a later release saved it."""
    from rebate.contracts.settings import InvalidSettings, read_settings
    from rebate.usecases.settings.terms import terms_of

    try:
        settings, unknown = read_settings(row.document)
    except InvalidSettings:
        return row.terms
    return row.terms if unknown else terms_of(settings)


class SettingsAsRead(SettingsReader):
    """The settings as they were read for a whole batch."""

    def __init__(self, in_force: InForce) -> None:
        """Answer with `in_force`, whatever is saved meanwhile."""
        self._in_force = in_force

    def in_force(self, store: Store | None = None) -> InForce:  # noqa: ARG002 - it is read
        """Return what was in force when the batch began."""
        return self._in_force


def _saved(row: SettingsVersion, terms: Terms) -> InForce:
    return InForce(row.number, terms, row.document, row.saved_at)


def _terms_of(document: Mapping[str, Any]) -> Terms:
    from rebate.contracts.settings import parse_settings
    from rebate.usecases.settings.terms import terms_of

    return terms_of(parse_settings(document))


def save_settings(  # noqa: PLR0913 - what a version keeps, and what it is judged by
    store: Store,
    clock: Clock,
    document: Mapping[str, Any],
    *,
    expects: int,
    by: str,
    margin_bps: Bps | None = None,
    is_live: bool = False,
    request: str | None = None,
    beside: Sequence[Write] = (),
) -> InForce:
    """Put `document` in force as the version after `expects`; keep who changed it and when.

    Where `by` did so already under the same `request`, what was saved then is returned. `beside` is
    written in the same transaction.

    What changed is told in the same transaction, as a row of the journal without movements.
    Settings that give back more than `margin_bps` must be acknowledged (Rule 8.4), and so must
    others that change what waits (Rule 0.9), and where money `is_live` those that hold nothing of
    it for a refund (Rule 3.6). What was acknowledged without a figure holds for the one that it was
    acknowledged at.

    Raises:
        Rejected: `invalid_settings` or `needs_acknowledgement`, naming paths.
        Mismatch: `by` saved something else under this `request`.
        Conflict: somebody saved another version first.
    """
    from rebate.usecases.settings.changes import events_of_change

    if saved := _saved_before(store, document, expects, by, request):
        return saved
    known = SettingsReader(store).in_force()
    terms, unchanged = judged(store, document, known, margin_bps, is_live=is_live)
    version, now = expects + 1, clock.now()
    row = SettingsVersion(version, dict(document), now, by, terms, EDITION, request)
    before = store.get(SettingsVersion, Key(number(expects))) if expects else None
    told = Journal(
        SOURCE,
        version,
        now,
        (),
        events_of_change(before, row),
        previous_of(store, SOURCE, version),
        {f"document {version}": fingerprint(row.document)},
    )
    try:
        current = Put(CurrentSettings(version), expects=expects)
        store.commit([current, Put(row), Put(told), *unchanged, *beside])
    except Conflict as conflict:
        if saved := _saved_before(store, document, expects, by, request):
            return saved
        raise Conflict(no_longer_at(store, expects)) from conflict
    return _saved(row, terms)


def judged(
    store: Store,
    document: Mapping[str, Any],
    known: InForce,
    margin_bps: Bps | None,
    *,
    is_live: bool,
) -> tuple[Terms, Sequence[Write]]:
    """Return what settings mean in place of those `known`, and what must not change meanwhile.

    Raises:
        Rejected: `invalid_settings` or `needs_acknowledgement`, naming paths.
    """
    from rebate.contracts.settings import InvalidSettings, parse_settings
    from rebate.usecases.settings.acknowledgements import with_figures
    from rebate.usecases.settings.change_guards import insist_on_change
    from rebate.usecases.settings.terms import terms_of

    try:
        held_to = with_figures(store, document, known.version, margin_bps)
        settings = parse_settings(held_to, margin_bps, is_live=is_live)
        terms = terms_of(settings)
        unchanged = insist_on_change(store, known.terms, terms, settings) if known.version else []
    except InvalidSettings as invalid:
        raise Rejected(Code(invalid.code), str(invalid)) from invalid
    return terms, unchanged


def no_longer_at(store: Store, expects: int) -> str:
    """Return that a version is not in force any more, and who changed what since."""
    from rebate.contracts.problems import render_path
    from rebate.usecases.settings.changes import differences

    current = store.get(CurrentSettings, CURRENT)
    last = current.version if current else 0
    numbers = range(max(1, expects), last + 1)[:VERSIONS_TOLD_MAX]
    rows = store.get_many(SettingsVersion, [Key(number(each)) for each in {*numbers, last}])
    since = sorted((r for r in rows.values() if r.number > expects), key=lambda r: r.number)
    if not since:
        return f"the settings are no longer at version {expects}: read them again"
    before = rows.get(Key(number(expects)))
    changed = differences(before.document if before else {}, since[-1].document)
    paths = [render_path(each.path) for each in changed]
    named = ", ".join(paths[:PATHS_TOLD_MAX]) or "nothing in the end"
    more = f" and {len(paths) - PATHS_TOLD_MAX} more" if len(paths) > PATHS_TOLD_MAX else ""
    who = ", ".join(dict.fromkeys(row.saved_by for row in since))
    says = f"the settings are no longer at version {expects}"
    return f"{says}: {who} changed {named}{more} since; read them again"


def _saved_before(
    store: Store, document: Mapping[str, Any], expects: int, by: str, request: str | None
) -> InForce | None:
    """Return what was saved under a request instead of a version; None: nothing was."""
    row = None if request is None else store.get(SettingsVersion, Key(number(expects + 1)))
    if row is None or (row.request, row.saved_by) != (request, by):
        return None
    if row.document != document:
        raise Mismatch(f"{request} saved other settings")
    return _saved(row, row.terms or _terms_of(row.document))


VERSIONS_TOLD_MAX = 20
PATHS_TOLD_MAX = 5
"""Of what others saved meanwhile, how much a refusal tells."""


def lowest_margin(store: Store) -> Bps | None:
    """Return the lowest margin of the products on sale, as far as margins are known."""
    products = (product for product in store.scan(Product) if product.on_sale)
    return min((each.margin_bps for each in products if each.margin_bps is not None), default=None)
