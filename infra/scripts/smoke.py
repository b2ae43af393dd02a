"""See `smoke`. Needs boto3, and rights to the mail bucket, the topic, the tables and the archive."""

import argparse
import email
import email.policy
import functools
import hashlib
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

SAMPLES = ["trading212", "ibkr", "template"]
VERDICTS = ("spam", "virus", "spf", "dkim", "dmarc")
SIMULATOR = "success@simulator.amazonses.com"
GIVE_UP_SECONDS = 300
PAUSE_SECONDS = 2


def labelled(address: str, run: str) -> str:
    """The address with a label of this run: a sender whom nobody else is, with limits of its own."""
    local, _, domain = address.partition("@")
    return f"{local}+{run}@{domain}".lower()


def personal(raw: bytes, sender: str, to: str) -> bytes:
    """The sample under another author, with an id of its own, so that it is a new mail each time."""
    run = uuid.uuid4().hex[:12]
    raw = re.sub(rb"(?m)^From:.*$", f"From: Smoke Test <{sender}>".encode(), raw, count=1)
    raw = re.sub(rb"(?m)^To:.*$", f"To: {to}".encode(), raw, count=1)
    raw = re.sub(rb"(?mi)^Message-ID:.*$", f"Message-ID: <smoke-{run}@example.com>".encode(), raw, count=1)
    return re.sub(rb"(?m)^Subject: (.*)$", rb"Subject: \1 " + run.encode(), raw, count=1)


def wrong_with(raw: bytes, sender: str) -> str | None:
    """What is wrong with an answer, if anything: the samples are complete, so each has its report."""
    answer = email.message_from_bytes(raw, policy=email.policy.default)
    if sender not in str(answer["To"]).lower():
        return f"it goes to {answer['To']}"
    body = answer.get_body(("plain",))
    if body is None or not body.get_content().strip():
        return "it has no text"
    if not any(part.get_content_type() == "application/pdf" for part in answer.iter_attachments()):
        return "it has no report"
    return None


def enough(look: Callable[[], list], count: int) -> list:
    """What is found, once it is so many or nobody waits any longer."""
    end = time.monotonic() + GIVE_UP_SECONDS
    while True:
        found = look()
        if len(found) >= count or time.monotonic() > end:
            return found
        time.sleep(PAUSE_SECONDS)


class Smoke:
    """Mails of one sender through one environment. `client` makes the clients of AWS."""

    def __init__(self, client: Callable, stage: str, region: str, sender: str, to: str) -> None:
        self.client, self.sender, self.to = client, sender, to
        self.prefix, self.region = f"investtax-{stage}", region
        self.owner = hashlib.sha256(sender.encode()).hexdigest()
        # The tables may have been restored under other names; the function knows which it uses.
        worker = client("lambda").get_function_configuration(FunctionName=f"{self.prefix}-worker", Qualifier="live")
        self.place = worker["Environment"]["Variables"]
        self.since = datetime.now(UTC).replace(microsecond=0)

    def bring(self, raw: bytes) -> None:
        """Does what SES does on receipt."""
        name, bucket = "smoke" + uuid.uuid4().hex, self.place["INVESTTAX_MAIL_BUCKET"]
        self.client("s3").put_object(Bucket=bucket, Key=f"in/{name}", Body=raw)
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        passed = {f"{each}Verdict": {"status": "PASS"} for each in VERDICTS}
        action = {"type": "S3", "bucketName": bucket, "objectKeyPrefix": "in/", "objectKey": f"in/{name}"}
        note = {
            "notificationType": "Received",
            "mail": {"timestamp": now, "source": self.sender, "messageId": name, "destination": [self.to]},
            "receipt": {"timestamp": now, "recipients": [self.to], **passed, "action": action},
        }
        account = self.client("sts").get_caller_identity()["Account"]
        topic = f"arn:aws:sns:{self.region}:{account}:{self.prefix}-received"
        self.client("sns").publish(TopicArn=topic, Message=json.dumps(note))

    def mail(self, raw: bytes) -> None:
        """Sends as a person does."""
        self.client("sesv2").send_email(
            FromEmailAddress=self.sender, Destination={"ToAddresses": [self.to]}, Content={"Raw": {"Data": raw}}
        )

    def query(self, **question) -> list[dict]:
        pages = self.client("dynamodb").get_paginator("query").paginate(**question)
        return [item for page in pages for item in page["Items"]]

    def jobs(self) -> list[dict[str, str]]:
        """The jobs of this sender; those of anybody else are nobody's business here."""
        found = self.query(
            TableName=self.place["INVESTTAX_JOBS_TABLE"],
            IndexName="by-owner",
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": self.owner}},
        )
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in found]

    def ended(self) -> list[dict[str, str]]:
        return [job for job in self.jobs() if job.get("status") in ("SUCCESS", "FAILED")]

    def sent(self) -> list[bytes]:
        """The answers that SES took, as they were handed to it."""
        found = self.query(
            TableName=self.place["INVESTTAX_MAILBOX_TABLE"],
            KeyConditionExpression="pk = :owner AND begins_with(sk, :sent)",
            ExpressionAttributeValues={":owner": {"S": f"owner#{self.owner}"}, ":sent": {"S": "sent#"}},
            ConsistentRead=True,
        )
        bucket = self.place["INVESTTAX_ARCHIVE_BUCKET"]
        return [self.read(bucket, item["blob"]["S"]) for item in found]

    def arrived(self) -> list[bytes]:
        """The answers that came into the mailbox of the test domain, which is ours."""
        bucket = self.place["INVESTTAX_MAIL_BUCKET"]
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="canary/")
        new = [each["Key"] for page in pages for each in page.get("Contents", []) if each["LastModified"] >= self.since]
        mails = [self.read(bucket, key) for key in new]
        return [raw for raw in mails if self.sender.encode() in raw.partition(b"\r\n\r\n")[0].lower()]

    def read(self, bucket: str, key: str) -> bytes:
        return self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()

    def run(self, mails: list[bytes], by_mail: bool, ours: bool) -> list[str]:
        """Sends the mails; what is wrong with what came of them."""
        for raw in mails:
            (self.mail if by_mail else self.bring)(personal(raw, self.sender, self.to))
        jobs = enough(self.ended, len(mails))
        wrong = []
        for job in jobs:
            print(*(job.get(name, "-") for name in ("job", "status", "stage", "outcome", "error")))
            # A job that ended in silence is a success as well: it is the answer that is wanted.
            if job.get("outcome") != "answered":
                wrong.append(f"{job['job']} ended as {job.get('outcome', job['status'])}")
        answers = enough(self.arrived if ours else self.sent, len(mails)) if jobs and not wrong else []
        wrong += [f"an answer is wrong: {fault}" for raw in answers if (fault := wrong_with(raw, self.sender))]
        if len(jobs) != len(mails) or len(answers) != len(mails):
            wrong.append(f"{len(mails)} mails, {len(jobs)} jobs at their end, {len(answers)} answers")
        return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra/scripts/smoke")
    parser.add_argument("stage", choices=["dev", "staging", "prod"])
    parser.add_argument("--domain", default=os.environ.get("SMOKE_DOMAIN", ""))
    parser.add_argument("--by-mail", action="store_true")
    given = parser.parse_args()
    author = os.environ.get("SMOKE_FROM" if given.by_mail else "SMOKE_TO", "" if given.by_mail else SIMULATOR)
    if "@" not in author:
        parser.error("--by-mail sends from SMOKE_FROM, an address of a domain that SES has verified")
    # Not wanted by the tests.
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client = functools.cache(boto3.client)
    to = f"calc@{given.domain or given.stage + '.investtax.example'}"
    run = uuid.uuid4().hex[:10]
    ours = author.partition("@")[2].lower() == os.environ.get("CANARY_DOMAIN", "").lower()
    mails = [Path(f"samples/{sample}.eml").read_bytes() for sample in SAMPLES]
    try:
        smoke = Smoke(client, given.stage, boto3.session.Session().region_name, labelled(author, run), to)
        wrong = smoke.run(mails, given.by_mail, given.by_mail and ours)
    except (BotoCoreError, ClientError) as fault:
        print(f"could not be tried, which says nothing of the environment: {fault}", file=sys.stderr)
        return 2
    for fault in wrong:
        print(fault, file=sys.stderr)
    print(f"{len(mails)} mails answered" if not wrong else "not healthy")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
