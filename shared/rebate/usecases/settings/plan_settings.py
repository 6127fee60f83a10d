"""Settings for later: planned now, put in force when their time has come (Rule 8.5).

One document at a time may wait. It is judged as if it were saved when it is planned, and again when
it is put in force: what it was judged by may have changed. If others save settings before, what was
planned is overtaken, because it was written instead of a version that is no longer in force.
"""

from collections.abc import Mapping
from typing import Any

from rebate.domain.errors import Code, Conflict, Mismatch, Rejected
from rebate.domain.fingerprints import fingerprint
from rebate.domain.records import dataclass, replace
from rebate.domain.times import DAY, Instant
from rebate.usecases.settings.save_settings import (
    SettingsReader,
    judged,
    lowest_margin,
    no_longer_at,
    save_settings,
)
from rebate.usecases.storage.chains import previous_of
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.settings import PLANNED, PlannedSettings, PlannedState

AHEAD_MAX = 366 * DAY
"""How far ahead settings may be planned."""

PLANS_SOURCE = "planned"
"""The source of the journal rows that tell of planned settings; no queue is called so."""

UNDONE = (PlannedState.WAITING, PlannedState.OVERTAKEN, PlannedState.REFUSED)
"""Of what was planned, what somebody still has to know of."""


@dataclass(frozen=True, slots=True)
class SettingsPlanning:
    """Plans settings, drops what was planned, and puts it in force when it is due."""

    store: Store
    clock: Clock

    def planned(self) -> PlannedSettings | None:
        """Return what waits, or was not put in force and not dropped either."""
        row = self.store.get(PlannedSettings, PLANNED)
        return row if row and row.state in UNDONE else None

    def plan(
        self,
        document: Mapping[str, Any],
        at: Instant,
        *,
        expects: int,
        by: str,
        request: str | None = None,
    ) -> PlannedSettings:
        """Keep `document` until `at`, to be put in force then instead of version `expects`.

        Where `by` did so already under the same `request`, what was planned then is returned.

        Raises:
            Rejected: `invalid_request`: `at` is over or too far ahead; and as saving them would be.
            Mismatch: `by` planned something else under this `request`.
            Conflict: another version is in force, or others are planned.
        """
        last, now = self.store.get(PlannedSettings, PLANNED), self.clock.now()
        if last and request is not None and (last.request, last.planned_by) == (request, by):
            if (last.document, last.at, last.expects) != (document, at, expects):
                raise Mismatch(f"{request} planned other settings")
            return last
        if not now < at <= now + AHEAD_MAX:
            raise Rejected(Code.INVALID_REQUEST, "at must be later than now, within a year")
        if last and last.state == PlannedState.WAITING:
            raise Conflict(f"{last.planned_by} planned others: drop those first")
        known = SettingsReader(self.store).in_force()
        if known.version != expects:
            raise Conflict(no_longer_at(self.store, expects))
        judged(self.store, document, known, lowest_margin(self.store), is_live=True)
        version = last.version if last else 0
        row = PlannedSettings(dict(document), at, expects, by, now, version + 1, request=request)
        self.store.commit([Put(row, expects=version), self._told(row)])
        return row

    def drop(self, version: int) -> None:
        """Let what was planned, as `version`, be over; the same again changes nothing.

        Raises:
            Rejected: `unknown_entry`: nothing was planned, or it is in force already.
            Conflict: `version` is not what was planned last.
        """
        row = self.store.get(PlannedSettings, PLANNED)
        if row is None or row.state == PlannedState.DONE:
            raise Rejected(Code.UNKNOWN_ENTRY, "no settings are planned")
        if row.state == PlannedState.DROPPED and row.version == version + 1:
            return
        if row.version != version:
            raise Conflict(f"the settings that are planned are not at version {version}")
        self._end(row, PlannedState.DROPPED)

    def put_in_force(self) -> PlannedSettings | None:
        """Put what is due in force; return it as it is afterwards, None where nothing is due.

        Raises:
            Conflict, Unavailable: as the store does; the next one tries again.
        """
        row = self.store.get(PlannedSettings, PLANNED)
        if row is None or row.state != PlannedState.WAITING or row.at > self.clock.now():
            return None
        done = _ended(row, PlannedState.DONE)
        try:
            save_settings(
                self.store,
                self.clock,
                row.document,
                expects=row.expects,
                by=row.planned_by,
                margin_bps=lowest_margin(self.store),
                is_live=True,
                beside=(Put(done, expects=row.version), self._told(done)),
            )
        except Rejected as refused:
            return self._end(row, PlannedState.REFUSED, str(refused))
        except Conflict as conflict:
            if SettingsReader(self.store).in_force().version == row.expects:
                raise
            return self._end(row, PlannedState.OVERTAKEN, str(conflict))
        return done

    def _end(
        self, row: PlannedSettings, state: PlannedState, reason: str | None = None
    ) -> PlannedSettings:
        ended = _ended(row, state, reason)
        self.store.commit([Put(ended, expects=row.version), self._told(ended)])
        return ended

    def _told(self, row: PlannedSettings) -> Put:
        """Return what the chain says of planned settings."""
        previous = previous_of(self.store, PLANS_SOURCE, row.version)
        facts = {str(row.version): fact_of_planned(row)}
        return Put(Journal(PLANS_SOURCE, row.version, self.clock.now(), (), (), previous, facts))


def fact_of_planned(row: PlannedSettings) -> str:
    """Return the fingerprint of planned settings, by which the audit knows them (Rule 8.5)."""
    when = (row.at, row.expects, row.planned_by, row.planned_at)
    return fingerprint((row.document, when, row.version, row.state, row.request))


def _ended(row: PlannedSettings, state: PlannedState, reason: str | None = None) -> PlannedSettings:
    return replace(row, state=state, reason=reason, version=row.version + 1)
