"""Applications as applicants and operators see them (Rule 2.7.1)."""

from rebate.contracts.merchants import ApplicationShown, ApplicationsShown, ApplicationStepShown
from rebate.domain.merchants import Application
from rebate.domain.times import datetime_of
from rebate.usecases.merchants.apply import of_state
from rebate.usecases.storage.listed import listed
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key


def show_applications(store: Store, state: str, after: str | None = None) -> ApplicationsShown:
    """Return a page of the applications in a state, the oldest first."""
    rows, end = listed(
        store, Application, of_state(state), after, key=lambda item: Key(item.id), backwards=False
    )
    return ApplicationsShown(tuple(application_shown(row, names=True) for row in rows), end)


def application_shown(row: Application, *, names: bool) -> ApplicationShown:
    """Return an application; with the `names` of operators and referrers to operators only."""
    wanted, agreed = row.particulars, row.agreed
    return ApplicationShown(
        id=row.id,
        member=row.member,
        state=row.state,
        asked=row.asked,
        name=wanted.name,
        contact=wanted.contact,
        licence=wanted.licence,
        address=wanted.address,
        category=wanted.category,
        concession_bps=wanted.concession_bps,
        attachments=wanted.attachments,
        agreed_concession_bps=agreed.concession_bps,
        agreed_merchant_bps=agreed.merchant_bps if names else None,
        referrer=row.referrer if names else None,
        store=row.store,
        reason=row.reason,
        at=datetime_of(row.at),
        steps=tuple(
            ApplicationStepShown(
                step.state,
                datetime_of(step.at),
                step.by if names or step.by == row.member else None,
                step.note,
            )
            for step in row.steps
        ),
    )
