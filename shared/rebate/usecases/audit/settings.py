"""Settings: each version is the document that was saved, means what it says, and the last holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rebate.domain.terms import EDITION
from rebate.usecases.audit.chains import Chains
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.settings.save_settings import SOURCE, terms_of_version
from rebate.usecases.storage.rows.settings import CurrentSettings, SettingsVersion


@dataclass(slots=True)
class SettingsAudit:
    """Checks versions of the settings as they come; `last` is the highest."""

    chains: Chains
    last: int = 0
    seen: set[int] = field(default_factory=set)

    def check(self, row: SettingsVersion) -> Iterator[AuditDifference]:
        """Yield where a version is not what was saved, or its terms are not what it means."""
        self.last = max(self.last, row.number)
        self.seen.add(row.number)
        path = f"settings.{row.number}"
        yield from self.chains.check_document(row.number, row.document)
        if row.edition == EDITION and row.terms != terms_of_version(row):
            yield AuditDifference(f"{path}.terms", "are not what the document means")

    def rest(self, current: CurrentSettings | None) -> Iterator[AuditDifference]:
        """Yield where what is in force is not what was saved last, or a version is gone."""
        told = max(self.chains.links.get(SOURCE, {0: None}), default=0)
        in_force = current.version if current else 0
        yield from wrong("settings", "in_force", found=in_force, expected=max(told, self.last))
        for number in sorted(set(range(1, in_force + 1)) - self.seen):
            yield AuditDifference(f"settings.{number}", "is not stored")
