"""See `smoke`. Needs boto3 and rights to the mail bucket, the topic, and the table of jobs."""

import argparse
import json
import os
import re
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import boto3

SAMPLES = ["trading212", "ibkr", "template"]
VERDICTS = ("spam", "virus", "spf", "dkim", "dmarc")
GIVE_UP_SECONDS = 300


def address(raw: bytes, name: str) -> str:
    return re.search(rf"^{name}:.*?([^\s<>]+@[^\s<>]+)", raw.decode("latin-1"), re.M | re.I)[1]


def personal(raw: bytes, sender: str, to: str) -> bytes:
    """The sample under another author, with an id of its own, so that it is a new mail each time."""
    run = uuid.uuid4().hex[:12]
    raw = re.sub(rb"(?m)^From:.*$", f"From: Smoke Test <{sender}>".encode(), raw, count=1)
    raw = re.sub(rb"(?m)^To:.*$", f"To: {to}".encode(), raw, count=1)
    raw = re.sub(rb"(?mi)^Message-ID:.*$", f"Message-ID: <smoke-{run}@example.com>".encode(), raw, count=1)
    return re.sub(rb"(?m)^Subject: (.*)$", rb"Subject: \1 " + run.encode(), raw, count=1)


def bring(raw: bytes, sender: str, to: str, bucket: str, topic: str) -> str:
    """Does what SES does on receipt; returns the id, which is the name of the job."""
    name = "smoke" + uuid.uuid4().hex
    boto3.client("s3").put_object(Bucket=bucket, Key=f"in/{name}", Body=raw)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    passed = {f"{each}Verdict": {"status": "PASS"} for each in VERDICTS}
    action = {"type": "S3", "bucketName": bucket, "objectKeyPrefix": "in/", "objectKey": f"in/{name}"}
    note = {
        "notificationType": "Received",
        "mail": {"timestamp": now, "source": sender, "messageId": name, "destination": [to]},
        "receipt": {"timestamp": now, "recipients": [to], **passed, "action": action},
    }
    boto3.client("sns").publish(TopicArn=topic, Message=json.dumps(note))
    return name


def wait(table: str, since: str, count: int) -> list[dict]:
    """The jobs since then, once so many have ended."""
    client = boto3.client("dynamodb")
    end = time.monotonic() + GIVE_UP_SECONDS
    while True:
        found = client.scan(
            TableName=table,
            FilterExpression="received >= :since",
            ExpressionAttributeValues={":since": {"S": since}},
        )["Items"]
        ended = [item for item in found if item["status"]["S"] in ("SUCCESS", "FAILED")]
        if len(ended) >= count or time.monotonic() > end:
            return found
        time.sleep(2)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", choices=["dev", "staging", "prod"])
    parser.add_argument("--domain", default=os.environ.get("SMOKE_DOMAIN", ""))
    parser.add_argument("--by-mail", action="store_true")
    given = parser.parse_args()
    prefix = f"investtax-{given.stage}"
    account = boto3.client("sts").get_caller_identity()["Account"]
    region = boto3.session.Session().region_name
    to = f"calc@{given.domain or given.stage + '.investtax.example'}"
    sender = os.environ.get("SMOKE_FROM" if given.by_mail else "SMOKE_TO", "success@simulator.amazonses.com")
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")

    for sample in SAMPLES:
        raw = personal(Path(f"samples/{sample}.eml").read_bytes(), sender, to)
        if given.by_mail:
            boto3.client("sesv2").send_email(
                FromEmailAddress=sender, Destination={"ToAddresses": [to]}, Content={"Raw": {"Data": raw}}
            )
        else:
            topic = f"arn:aws:sns:{region}:{account}:{prefix}-received"
            bring(raw, sender, to, f"{prefix}-mail-{account}-{region}", topic)
        print(f"sent {sample}")

    jobs = wait(f"{prefix}-jobs", since, len(SAMPLES))
    for job in jobs:
        print(job["job"]["S"], job["status"]["S"], job.get("stage", {}).get("S", ""), job.get("error", {}).get("S", ""))
    good = sum(job["status"]["S"] == "SUCCESS" for job in jobs)
    print(f"{good} of {len(SAMPLES)} answered")
    return 0 if good == len(SAMPLES) == len(jobs) else 1


if __name__ == "__main__":
    sys.exit(main())
