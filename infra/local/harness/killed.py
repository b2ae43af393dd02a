"""A function that is killed at the worst moment: SES has the answer, and nobody has noted it."""

import os
import signal

from .load import functions
from .place import PREFIX, REGION
from .scenarios import World, note, sample, somebody, until


def killed(world: World) -> str:
    """Killed between sending and noting it, the answer does not go out once more: SES tells that it took it."""
    url = world.url("intake")
    usual = world.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    world.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    victims: list[int] = []

    def kill() -> None:
        world.ses.then = lambda: None
        for pid in functions(world):
            victims.append(pid)
            os.kill(pid, signal.SIGKILL)

    author = somebody()
    try:
        world.ses.then = kill
        job = world.postman.deliver(sample("template", author))
        until(lambda: victims, 60, lambda: "nobody was killed")
        world.status(job, "SUCCESS", seconds=60)
    finally:
        world.ses.then = lambda: None
        world.sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)

    def outbox() -> list[dict]:
        found = world.table.query(
            TableName=f"{PREFIX}-mailbox", KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "outbox"}}
        )
        return found["Items"]

    until(lambda: not outbox(), 60, lambda: f"still to be sent: {outbox()}")
    world.invoke({"task": "outbox"})
    [sent] = world.answers(author)
    # The id that SES gave it leads to the conversation, though its sender never heard of it.
    thread = f"<{sent['id']}@{REGION}.amazonses.com>"
    ask = note("Re: x", author, "STATUS").replace(b"MIME-Version", f"In-Reply-To: {thread}\nMIME-Version".encode(), 1)
    world.status(world.postman.deliver(ask), "SUCCESS")
    assert len(world.answers(author)) == 2
    return f"{len(victims)} functions killed with the answer under way, 1 answer, nothing left to be sent"
