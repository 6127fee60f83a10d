"""Those outside: members and operators with their tokens, and services that listen to the bus."""

import json

import pytest

from tests.stack.cloud import running
from tests.stack.deployment import PREFIX
from tests.stack.examples import QUEUE_REBATE, paid


@pytest.fixture(scope="module")
def cloud(templates, tmp_path_factory):
    with running(templates, tmp_path_factory.mktemp("outside")) as cloud:
        cloud.put_in_force(QUEUE_REBATE)
        yield cloud


@pytest.fixture(scope="module")
def ann(cloud):
    return cloud.sign_in_member("ann")


def test_a_member_sees_what_later_buyers_paid(cloud, ann):
    listen(cloud, "another-service", "RebatePaid")
    cloud.send("OrderPaid", paid("first", ann.id))
    cloud.send("OrderPaid", paid("second", "Bo", 1))
    cloud.settle()
    assert ann.get("/v1/me/wallet")["balances"]["cash"] == 1000
    (entry,) = ann.get("/v1/me/entries")["entries"]
    assert (entry["entry"], entry["paid"]) == ("first/1", 1000)

    (told,) = cloud.take("another-service")
    detail = json.loads(told["Body"])["detail"]
    assert (detail["entry"], detail["member"], detail["amount"]) == ("first/1", ann.id, 1000)
    cloud.wait_until(lambda: ann.get("/v1/me/notices", locale="en")["notices"], 30)


def test_tokens_open_what_they_are_for(cloud, ann):
    ask, operator = cloud.api.ask, cloud.operator
    assert ask("GET", "/v1/health").status == 200
    assert ask("GET", "/v1/queues").status == 401
    assert ask("GET", "/v1/me/wallet").status == 401
    assert ask("GET", "/v1/queues", ann.token).status == 401
    assert ask("GET", "/v1/me/wallet", operator.token).status == 401
    assert ask("GET", "/v1/queues", f"{operator.token[:-4]}AAAA").status == 401
    assert ask("GET", "/v1/queues", operator.token).status == 200


def listen(cloud, queue, detail_type):
    """Have events of a type brought to a new queue, as another service of the account would."""
    url = cloud.clients.sqs.create_queue(QueueName=f"{PREFIX}-{queue}")["QueueUrl"]
    arn = cloud.clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    pattern = json.dumps({"source": ["rebate"], "detail-type": [detail_type]})
    events = cloud.clients.events
    events.put_rule(Name=queue, EventBusName=PREFIX, EventPattern=pattern)
    target = {"Id": queue, "Arn": arn["Attributes"]["QueueArn"]}
    events.put_targets(Rule=queue, EventBusName=PREFIX, Targets=[target])


def test_a_function_may_do_what_its_role_allows_and_nothing_else(cloud):
    """Here permissions are enforced, so the other tests show that each role allows enough."""
    iam, functions = cloud.clients.roles, cloud.clients.functions
    role = functions.get_function_configuration(FunctionName=f"{PREFIX}-api")["Role"]
    name = role.rsplit("/", 1)[-1]
    assert cloud.api.ask("GET", "/v1/queues", cloud.operator.token).status == 200
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    refused = cloud.api.ask("GET", "/v1/queues", cloud.operator.token)
    assert (refused.status, refused.body["code"]) == (500, "impossible")
    assert cloud.api.ask("GET", "/v1/health").status == 200
