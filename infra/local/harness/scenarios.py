"""What is tried, each against the deployed templates and the real programs."""

import json
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from . import compare
from .cloud import Cloud
from .mail import Postman
from .place import ADDRESS, INFRA, PREFIX, REGION, SAMPLES, bucket, topic
from .standins import Nbp, Ses


class World:
    """All that a scenario needs."""

    def __init__(self, cloud: Cloud, ses: Ses, nbp: Nbp, program: Path) -> None:
        self.cloud, self.ses, self.nbp, self.program = cloud, ses, nbp, program
        self.postman = Postman(cloud)
        self.s3, self.sqs = cloud.client("s3"), cloud.client("sqs")
        self.table, self.lambdas = cloud.client("dynamodb"), cloud.client("lambda")
        self.states, self.sns = cloud.client("stepfunctions"), cloud.client("sns")
        ses.tell = self.taken

    def taken(self, sent: dict) -> None:
        """As SES tells that it took a message."""
        mail = {"messageId": sent["id"], "source": ADDRESS, "destination": sent["to"], "tags": sent["tags"]}
        self.sns.publish(TopicArn=topic("deliveries"), Message=json.dumps({"eventType": "Send", "mail": mail, "send": {}}))

    def url(self, kind: str) -> str:
        return self.sqs.get_queue_url(QueueName=f"{PREFIX}-{kind}")["QueueUrl"]

    def job(self, name: str) -> dict:
        item = self.table.get_item(TableName=f"{PREFIX}-jobs", Key={"job": {"S": name}}).get("Item", {})
        return {key: next(iter(value.values())) for key, value in item.items()}

    def status(self, name: str, *wanted: str, seconds: float = 30) -> dict:
        """The job once it stands at one of these."""
        return until(lambda: (job := self.job(name)).get("status") in wanted and job, seconds,
                     lambda: f"job {name} is {self.job(name)}")

    def waiting(self, kind: str) -> int:
        found = self.sqs.get_queue_attributes(QueueUrl=self.url(kind), AttributeNames=["All"])["Attributes"]
        return sum(
            int(found.get(f"ApproximateNumberOfMessages{more}", 0)) for more in ("", "NotVisible", "Delayed")
        )

    def answers(self, to: str) -> list[dict]:
        return [sent for sent in self.ses.sent if to in sent["to"]]

    def keys(self, kind: str, prefix: str) -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket(kind), Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def invoke(self, task: dict) -> dict:
        done = self.lambdas.invoke(FunctionName=f"{PREFIX}-worker:live", Payload=json.dumps(task).encode())
        assert "FunctionError" not in done, done["Payload"].read()
        return json.loads(done["Payload"].read() or b"null")


def until(found: Callable[[], object], seconds: float, otherwise: Callable[[], str]):
    end = time.monotonic() + seconds
    while True:
        if value := found():
            return value
        if time.monotonic() > end:
            raise AssertionError(otherwise())
        time.sleep(0.1)


def somebody() -> str:
    return f"anna.{uuid.uuid4().hex[:10]}@example.com"


def sample(name: str, author: str) -> bytes:
    """A sample under another author, with an id of its own."""
    raw = (SAMPLES / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n")
    lines = []
    for line in raw.split(b"\n\n", 1)[0].split(b"\n"):
        if line.lower().startswith(b"from:"):
            line = f"From: Anna Example <{author}>".encode()
        if line.lower().startswith(b"message-id:"):
            line = f"Message-ID: <{uuid.uuid4().hex}@example.com>".encode()
        lines.append(line)
    return b"\n".join(lines) + b"\n\n" + raw.split(b"\n\n", 1)[1]


def note(subject: str, author: str, text: str = "") -> bytes:
    return (
        f"From: Anna Example <{author}>\nTo: {ADDRESS}\nSubject: {subject}\n"
        f"Message-ID: <{uuid.uuid4().hex}@example.com>\nDate: Tue, 03 Feb 2026 19:42:10 +0100\n"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    ).encode()


def answer(world: World) -> str:
    """A mail is answered as the local program answers it, to the byte, and archived."""
    told = []
    for name in ("trading212", "ibkr", "template", "two-brokers", "forwarded", "correction"):
        author = somebody()
        raw = sample(name, author)
        start = time.monotonic()
        job = world.postman.deliver(raw)
        world.status(job, "SUCCESS")
        took = time.monotonic() - start
        [sent] = world.answers(author)
        assert sent["from"] in (ADDRESS, None) and sent["set"] == f"{PREFIX}-answers", sent["set"]
        kept = world.cloud.run.work / "answers" / name
        kept.mkdir(parents=True, exist_ok=True)
        (kept / "mail.eml").write_bytes(raw)
        (kept / "cloud.eml").write_bytes(sent["raw"])
        local = compare.local_reply(world.program, kept / "mail.eml", kept / "local")
        found = compare.differences(sent["raw"], local)
        assert not found, f"{name}:\n" + "\n".join(found)
        if not told:
            print(f"\nsamples/{name}.eml is answered:\n\n{compare.shown(sent['raw'])}\n", flush=True)
        archived = [key for key in world.keys("archive", "20") if f"/{job}/" in key]
        assert any(key.endswith("/original.eml") for key in archived), archived
        assert any(key.endswith("/metadata.json") for key in archived), archived
        told.append(f"{name} {took:.2f} s")
    return ", ".join(told)


def test_mail(world: World) -> str:
    """The hourly test mail gets the figure that its check expects."""
    sys.path.insert(0, str(INFRA / "lib/monitoring/canary"))
    import canary

    at = datetime.now(UTC).replace(microsecond=0)
    author = f"canary@canary-{uuid.uuid4().hex[:8]}.example"
    world.status(world.postman.deliver(canary.build(at, author, ADDRESS)), "SUCCESS")
    [sent] = world.answers(author)
    assert canary.check(sent["raw"]) == (at, None), canary.check(sent["raw"])
    return f"tax {canary.tax(at)} as calculated beforehand"


def duplicate(world: World) -> str:
    """The same mail told of twice, and brought again by the sender's server, gets one answer."""
    author = somebody()
    raw = sample("template", author)
    told = world.postman.store(raw)
    first = world.postman.tell(told)
    world.postman.tell(told)
    second = world.postman.deliver(raw)
    world.status(first, "SUCCESS")
    world.status(second, "SUCCESS")
    until(lambda: world.waiting("intake") == 0, 30, lambda: "the queue does not empty")
    assert len(world.answers(author)) == 1, len(world.answers(author))
    return "3 deliveries, 1 answer"


def poison(world: World) -> str:
    """What cannot be handled ends among the dead letters, and its neighbours do not."""
    before = world.waiting("intake-dead")
    url = world.url("intake")
    usual = world.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    world.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "2"})
    try:
        author = somebody()
        told = world.postman.store(note("POMOC", author))
        told["receipt"]["action"]["objectKey"] += "-gone"
        world.postman.tell(told)
        world.sqs.send_message(QueueUrl=url, MessageBody='{"what":"is this"}')
        neighbour = somebody()
        world.status(world.postman.deliver(sample("template", neighbour)), "SUCCESS")
        until(lambda: world.waiting("intake-dead") >= before + 2, 90,
              lambda: f"{world.waiting('intake-dead')} dead letters, {world.waiting('intake')} waiting")
        assert not world.answers(author) and len(world.answers(neighbour)) == 1
    finally:
        world.sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)
        world.sqs.purge_queue(QueueUrl=world.url("intake-dead"))
    return "2 dead letters after 5 deliveries each, the neighbour answered"


def bounce(world: World) -> str:
    """Who bounces for good hears nothing more for two weeks; a complaint likewise."""
    told = []
    for kind, where, detail in (
        ("Bounce", "bounces", {"bounceType": "Permanent", "bounceSubType": "General",
                               "bouncedRecipients": [{"emailAddress": "?"}]}),
        ("Complaint", "complaints", {"complaintFeedbackType": "abuse",
                                     "complainedRecipients": [{"emailAddress": "?"}]}),
    ):
        author = somebody()
        world.status(world.postman.deliver(sample("template", author)), "SUCCESS")
        [sent] = world.answers(author)
        detail = json.loads(json.dumps(detail).replace("?", author)) | {"timestamp": "2026-02-03T19:00:00.000Z"}
        event = {
            "eventType": kind,
            kind.lower(): detail,
            "mail": {"messageId": sent["id"], "source": ADDRESS, "destination": [author]},
        }
        world.sns.publish(TopicArn=topic(where), Message=json.dumps(event))
        until(lambda: world.waiting("intake") == 0, 30, lambda: "the event is not taken")
        time.sleep(1)
        world.status(world.postman.deliver(sample("two-brokers", author)), "SUCCESS")
        assert len(world.answers(author)) == 1, f"{kind}: {len(world.answers(author))} answers"
        told.append(kind.lower())
    return " and ".join(told) + ": no further answer"


def thread(world: World) -> str:
    """An answer to our answer, by the id that SES gave it, continues the conversation."""
    author = somebody()
    world.status(world.postman.deliver(sample("correction", author)), "SUCCESS")
    [first] = world.answers(author)
    raw = sample("template", author).replace(
        b"MIME-Version",
        f"In-Reply-To: <{first['id']}@{REGION}.amazonses.com>\n"
        f"References: <{first['id']}@{REGION}.amazonses.com>\nMIME-Version".encode(),
        1,
    )
    world.status(world.postman.deliver(raw), "SUCCESS")
    second = compare.read(world.answers(author)[1]["raw"])
    before = compare.read(first["raw"])
    assert second["Reply-To"] == before["Reply-To"], "the same conversation"
    return "one conversation over two mails"


def silence(world: World) -> str:
    """Forgers, machines and viruses hear nothing."""
    cases = {
        "forged": (sample("template", forged := somebody()), forged, {"dmarc": "FAIL"}),
        "virus": (sample("template", ill := somebody()), ill, {"virus": "FAIL"}),
        "machine": (
            sample("template", machine := somebody()).replace(
                b"MIME-Version", b"Auto-Submitted: auto-replied\nMIME-Version", 1),
            machine, {}),
    }
    for name, (raw, author, verdicts) in cases.items():
        world.status(world.postman.deliver(raw, author, **verdicts), "SUCCESS")
        assert not world.answers(author), name
    return ", ".join(cases)


def tasks(world: World) -> str:
    """What the clock asks for is done, and an unsent answer goes out with the next look."""
    author = somebody()
    world.ses.throttle = 1.0
    try:
        world.postman.deliver(sample("template", author))
        until(lambda: world.ses.refused >= 3, 60, lambda: "SES is not asked")
    finally:
        world.ses.throttle = 0.0
    until(lambda: world.waiting("intake") == 0 or world.answers(author), 60, lambda: "the mail is not taken")
    time.sleep(1)
    for task in ("rates", "outbox", "forget"):
        world.invoke({"task": task})
    until(lambda: world.answers(author), 30, lambda: "the outbox is not emptied")
    assert len(world.answers(author)) == 1
    schedules = world.cloud.client("scheduler").list_schedules()["Schedules"]
    assert {each["Name"] for each in schedules} >= {f"{PREFIX}-{task}" for task in ("rates", "outbox", "forget")}
    return "rates, outbox, forget; a throttled answer went out late, once"


SCENARIOS: dict[str, Callable[[World], str]] = {
    each.__name__: each
    # NBP's absence first: a function that runs for a while keeps the rates of past years in memory.
    for each in (answer, test_mail, duplicate, thread, silence, tasks, bounce, poison)
}
