"""Applicants, operators and a store on a store in memory, for tests of merchants."""

from rebate.domain.merchants import NegotiatedTerms, Particulars
from rebate.domain.money import Bps
from rebate.usecases.merchants.apply import edit_application, submit_application
from rebate.usecases.merchants.decide_application import Decider, approve, negotiate

OLGA = Decider("olga")
TEA = Particulars("Tea house", "Mr Li", "9131-0000", "West Lake 1", "tea", Bps(2000), ())
AGREED = NegotiatedTerms(Bps(1500), Bps(50))


def applied(app, member="M", **more):
    """Return an application that a member has handed in."""
    edit_application(app.people, member, TEA._replace(**more))
    return submit_application(app.people, member)


def opened(app, store="W", member="M"):
    """Return the application by which a store was opened."""
    asked = applied(app, member)
    negotiate(app.people, asked.id, AGREED, "agreed by phone", OLGA)
    return approve(app.people, asked.id, store, OLGA)
