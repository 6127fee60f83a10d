"""Notes that operators write down about members; they are erased with them (Rule 8.10)."""

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.office import Notes, NoteShown
from rebate.domain.errors import Code, Conflict, Mismatch, Rejected
from rebate.domain.names import MemberId
from rebate.domain.times import datetime_of
from rebate.usecases.storage.office import Note
from rebate.usecases.storage.ports import Check, Clock, Put, Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, note_key


def add_note(
    store: Store, clock: Clock, name: str, member: MemberId, text: str, *, by: str
) -> NoteShown:
    """Write a note down, once under its name; the same again is answered as the first time.

    Raises:
        Rejected: `invalid_request` or `unknown_member`.
        Mismatch: the name is known with other content.
        Conflict: the member was erased meanwhile, or somebody else uses the name just now.
    """
    if not text.strip():
        raise Rejected(Code.INVALID_REQUEST, "text must not be empty")
    known = store.get(Note, note_key(member, name))
    if known is not None:
        if known.text != text:
            raise Mismatch(f"note {name} about {member} is known with other content")
        return _shown(known)
    about = store.get(Member, Key(member))
    if about is None:
        raise Rejected(Code.UNKNOWN_MEMBER, f"there is no member {member}")
    note = Note(member, clock.now(), name, by, text)
    unchanged = Check(Member, Key(member), about.version)
    try:
        store.commit([Put(note, expects=0), unchanged])
    except Conflict as conflict:
        raise Conflict(f"somebody writes to {member} just now: try again") from conflict
    return _shown(note)


def show_notes(store: Store, member: MemberId, after: str | None = None) -> Notes:
    """Return a page of the notes about a member."""
    rows = store.query(Note, member, after=after, limit=PAGE_SIZE)
    end = key_of(rows[-1]).sort if len(rows) == PAGE_SIZE else None
    return Notes(tuple(map(_shown, rows)), end)


def _shown(note: Note) -> NoteShown:
    return NoteShown(note.id, datetime_of(note.at), note.by, note.text)
