"""Changing how notices are worded (Rule 1.7)."""

from rebate.contracts.notice_texts import DEFAULTS, KINDS, LOCALES, Locale
from rebate.contracts.notices import Wordings, WordingShown, insist_usable
from rebate.contracts.promises import LIMITS
from rebate.domain.errors import Conflict
from rebate.domain.records import replace
from rebate.domain.times import Instant
from rebate.usecases.queries.show_entries import moment_of
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.notices import Wording


def show_wordings(store: Store) -> Wordings:
    """Return how every kind of notice is worded in every language."""
    changed = {(row.locale, row.kind): row for loc in LOCALES for row in store.query(Wording, loc)}
    return Wordings(
        wordings=tuple(
            _shown(locale, kind, changed.get((locale, kind)))
            for locale in LOCALES
            for kind in KINDS
        ),
        limits=LIMITS,
    )


def save_wording(
    store: Store,
    clock: Clock,
    locale: Locale,
    kind: str,
    text: str | None,
    *,
    expects: int,
    by: str,
) -> WordingShown:
    """Word a kind of notice otherwise, past ones included; `text` None: as by default.

    No list of words finds every promise, so a text that was not reviewed is a draft until another
    operator saves the same (Rule 8.4). Defaults were reviewed; they count at once.

    Raises:
        InvalidWording: the kind or a name in braces is not known, or the text promises something.
        Conflict: somebody saved another wording first.
    """
    insist_usable(kind, text)
    known = store.get(Wording, Key(locale, kind))
    row = _after(known or Wording(locale, kind, None, clock.now(), by), text, clock.now(), by)
    row = replace(row, version=expects + 1)
    try:
        store.commit([Put(row, expects=expects)])
    except Conflict as conflict:
        raise Conflict(f"{kind} is no longer at version {expects}: read it again") from conflict
    return _shown(locale, kind, row)


def _after(known: Wording, text: str | None, now: Instant, by: str) -> Wording:
    """Return a wording after somebody saved a text: it counts, or is a draft, or approves one."""
    bare = replace(known, draft=None, drafted_by=None)
    if text in {None, known.text, DEFAULTS[known.locale][known.kind]}:  # type: ignore[index]
        is_same = text is not None and text == known.text
        changed = replace(bare, text=text, saved_at=now, saved_by=by, approved_by=None)
        return bare if is_same else changed
    if text == known.draft and known.drafted_by not in {None, by}:
        writer = known.drafted_by or by
        return replace(bare, text=text, saved_at=now, saved_by=writer, approved_by=by)
    return replace(known, draft=text, drafted_by=by)


def _shown(locale: Locale, kind: str, row: Wording | None) -> WordingShown:
    default = DEFAULTS[locale][kind]
    return WordingShown(
        locale=locale,
        kind=kind,
        text=default if row is None or row.text is None else row.text,
        default=default,
        names=KINDS[kind],
        version=row.version if row else 0,
        saved_at=moment_of(row.saved_at) if row else None,
        saved_by=row.saved_by if row else None,
        draft=row.draft if row else None,
        drafted_by=row.drafted_by if row else None,
        approved_by=row.approved_by if row else None,
    )
