"""Somebody else acts between what a use case about merchants reads and what it writes."""

import pytest

from rebate.contracts.events_in import StoreSaved
from rebate.domain.errors import Mismatch, Rejected
from rebate.domain.merchants import Application, StoreRight
from rebate.domain.orders import Order
from rebate.usecases.merchants.apply import edit_application, own_application
from rebate.usecases.merchants.decide_application import approve, reject
from rebate.usecases.merchants.enter_bill import BillAsked, enter_bill
from rebate.usecases.merchants.rights import change_staff
from rebate.usecases.storage.rows.catalog import Shop as Row
from rebate.usecases.storage.rows.keys import Key
from tests.usecases.merchants.shop import OLGA, TEA, applied, opened
from tests.usecases.test_conditions import Shop


def shop():
    return Shop({}, [{"id": "M"}, {"id": "N"}])


def test_somebody_applies_twice_at_once():
    at = shop()
    at.meanwhile(lambda: edit_application(at.other.people, "M", TEA))
    edit_application(at.app.people, "M", TEA._replace(name="Tea"))
    (only,) = at.store.scan(Application)
    assert (only.particulars.name, own_application(at.app.people, "M").id) == ("Tea", only.id)


def test_an_application_is_rejected_while_it_is_approved():
    at = shop()
    asked = applied(at.app)
    at.meanwhile(lambda: reject(at.other.people, asked.id, "no licence", OLGA))
    with pytest.raises(Mismatch, match="is rejected"):
        approve(at.app.people, asked.id, "W", OLGA)
    assert at.store.get(Row, Key("W")) is None


def test_a_store_is_saved_while_an_approval_creates_it():
    at = shop()
    asked = applied(at.app)
    at.meanwhile(lambda: at.other.catalog.save(StoreSaved(store_id="W", name="theirs")))
    with pytest.raises(Mismatch, match="exists already"):
        approve(at.app.people, asked.id, "W", OLGA)
    assert at.store.get(Row, Key("W")).name == "theirs"
    assert approve(at.app.people, asked.id, "W2", OLGA).store == "W2"


def test_a_bill_is_entered_twice_at_once():
    at = shop()
    opened(at.app)
    asked = BillAsked("b1", 1000)
    at.meanwhile(lambda: enter_bill(at.other.people, at.other.orders, "W", "M", asked))
    enter_bill(at.app.people, at.app.orders, "W", "M", asked)
    (order,) = at.store.scan(Order)
    assert (order.id, order.completed_at) == ("bill/W/b1", order.paid_at)


def test_two_owners_take_each_others_rights_away():
    at = shop()
    opened(at.app)
    change_staff(at.app.people, "W", "M", "N", "owner")
    at.meanwhile(lambda: change_staff(at.other.people, "W", "N", "M", None))
    with pytest.raises(Rejected):
        change_staff(at.app.people, "W", "M", "N", None)
    roles = {each.member: each.role for each in at.store.scan(StoreRight)}
    assert roles == {"M": "nobody", "N": "owner"}
