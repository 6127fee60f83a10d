"""What applicants, operators and merchants change: requests with a body (rule 2.7).

PUT  /v1/me/application            write down what one applies with
POST /v1/me/application/submit     hand it in
POST /v1/applications/negotiate    for operators: what was agreed so far, or questions
POST /v1/applications/approve      for operators: create the store, and its owner's rights
POST /v1/applications/reject       for operators: with a reason
PUT  /v1/store/terms               for a store's owners: its own ratios, within the bounds
POST /v1/store/bills               for its people: a bill, which becomes an order
POST /v1/store/bills/refund        for its owners: a bill given back, or a part of it
PUT  /v1/store/staff               for its owners: who may do what in it
"""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of, name_of, own_members
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.merchants import rights_shown
from rebate.bootstrap import app
from rebate.contracts import requests
from rebate.contracts.merchants import BillRefunded, BillShown, StoreTermsShown
from rebate.domain.merchants import Application, NegotiatedTerms, Particulars
from rebate.domain.names import MemberId, StoreId
from rebate.domain.times import datetime_of
from rebate.usecases.merchants.apply import edit_application, submit_application
from rebate.usecases.merchants.change_terms import TermsAsked, change_terms
from rebate.usecases.merchants.decide_application import Decider, approve, negotiate, reject
from rebate.usecases.merchants.enter_bill import (
    BillAsked,
    RefundAsked,
    enter_bill,
    refund_bill,
)
from rebate.usecases.merchants.rights import change_staff, insist_right, staff_of
from rebate.usecases.merchants.show_applications import application_shown
from rebate.usecases.people.invite import inviter_of

router = Router()  # type: ignore[no-untyped-call]


@router.put("/v1/me/application")
def edit() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.SaveApplication)
    particulars = Particulars(
        said.name,
        said.contact,
        said.licence,
        said.address,
        said.category,
        said.concession_bps,
        said.attachments,
    )
    return _own(edit_application(app().people, member_of(event), particulars, said.code))


@router.post("/v1/me/application/submit")
def submit() -> Response[str]:
    event = current_event()
    body_of(event, requests.SubmitApplication)
    return _own(submit_application(app().people, member_of(event)))


@router.post("/v1/applications/negotiate")
def talk() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.Negotiate)
    agreed = NegotiatedTerms(said.concession_bps, said.merchant_bps)
    by, asks = _decider(event), said.questions
    return _all(negotiate(app().people, said.id, agreed, said.note, by, asks=asks))


@router.post("/v1/applications/approve")
def approve_application() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.ApproveApplication)
    return _all(approve(app().people, said.id, StoreId(said.store), _decider(event)))


@router.post("/v1/applications/reject")
def reject_application() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.RejectApplication)
    return _all(reject(app().people, said.id, said.reason, _decider(event)))


@router.put("/v1/store/terms")
def set_terms() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.ChangeTerms)
    asked = TermsAsked(said.channel, said.extraction_bps, said.fixed_bps)
    done = change_terms(app().people, StoreId(said.store), member_of(event), asked)
    return answer(200, StoreTermsShown(*done))


@router.post("/v1/store/bills")
def enter() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.EnterBill)
    asked = BillAsked(said.id, said.amount, said.code)
    bill = enter_bill(app().people, app().orders, StoreId(said.store), member_of(event), asked)
    at = datetime_of(bill.at)
    return answer(200, BillShown(bill.id, bill.store, bill.order, bill.amount, at))


@router.post("/v1/store/bills/refund")
def give_back() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.RefundBill)
    asked = RefundAsked(said.id, said.bill, said.amount)
    done = refund_bill(app().people, app().orders, StoreId(said.store), member_of(event), asked)
    bill, at = done.bill, datetime_of(done.at)
    shown = (asked.id, bill.id, bill.store, bill.order, asked.amount, done.refunded, at)
    return answer(200, BillRefunded(*shown))


@router.put("/v1/store/staff")
def set_staff() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.ChangeStaff)
    store, by = StoreId(said.store), member_of(event)
    insist_right(app().people, store, by)
    if said.code is not None:
        member = inviter_of(app().people, said.code, tried_by=f"member/{by}").member
    else:
        member = MemberId(said.member or "")
    change_staff(app().people, store, by, member, said.role)
    return answer(200, rights_shown(staff_of(app().people, store, by)))


def _decider(event: dict[str, Any]) -> Decider:
    return Decider(name_of(event), own_members(event))


def _own(found: Application) -> Response[str]:
    return answer(200, application_shown(found, names=False))


def _all(found: Application) -> Response[str]:
    return answer(200, application_shown(found, names=True))
