"""What was set aside: who keeps it, and who sends it back to where it came from."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.rebate_function import RebateFunction


class Letters(Construct):
    """Lets one function take letters out of all their queues, and another replay them."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        keeps: RebateFunction,
        functions: Sequence[RebateFunction],
    ) -> None:
        """Let `keeps` keep what `functions` set aside."""
        super().__init__(scope, id_)
        keeps.ring_on_errors()
        dead = {each.name: each.dead_letters.queue for each in functions if each.keeps_letters}
        keeps.function.add_environment("REBATE_LETTER_QUEUES", _named(dead))
        keeps.role.add_to_policy(
            iam.PolicyStatement(
                sid="TakeLetters",
                actions=["sqs:ReceiveMessage", "sqs:DeleteMessage"],
                resources=[queue.queue_arn for queue in dead.values()],
            )
        )


def replay_to(function: RebateFunction, queues: Mapping[str, sqs.IQueue]) -> None:
    """Let a function send letters to the queues of others."""
    function.function.add_environment("REBATE_REPLAY_QUEUES", _named(queues))
    function.role.add_to_policy(
        iam.PolicyStatement(
            sid="Replay",
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn for queue in queues.values()],
        )
    )


def _named(queues: Mapping[str, sqs.IQueue]) -> str:
    return "\n".join(f"{name} {queue.queue_url}" for name, queue in queues.items())
