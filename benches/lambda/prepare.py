#!/usr/bin/env python3
"""Buckets, tables and mails for measuring jobs: what `measure.py --event` needs of an emulator.

    GATEWAY_PORT=4601 ministack &
    benches/lambda/prepare.py http://127.0.0.1:4601 OUT
    AWS_ENDPOINT_URL=http://127.0.0.1:4601 INVESTTAX_PATH_STYLE=1 \\
      benches/lambda/measure.py target/functions/worker/bootstrap $(printf -- '--event %s ' OUT/*.json)

Wants boto3 and an emulator that has just been started. Each mail has two rows in złoty, so that nobody asks NBP.
"""

import json
import sys
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).parents[2] / "infra" / "local"))
from harness.mail import stamped

MAILS = 8
REGION = "eu-central-1"
ADDRESS = "calc@investtax.example"
VERDICTS = dict.fromkeys(["spam", "virus", "spf", "dkim", "dmarc"], "PASS")


def letter(number: int) -> bytes:
    """A purchase and a sale, different in each mail."""
    lines = [
        f"From: Jan <jan{number}@example.com>",
        f"To: {ADDRESS}",
        f"Subject: PIT {number}",
        f"Message-ID: <m{number}@example.com>",
        "Date: Mon, 02 Mar 2026 10:00:00 +0000",
        "MIME-Version: 1.0",
        "Content-Type: text/csv",
        "Content-Disposition: attachment; filename=transakcje.csv",
        "",
        "date;type;isin;quantity;price;currency",
        f"2025-01-15;buy;PLPKO0000016;10;{100 + number};PLN",
        "2025-03-14;sell;PLPKO0000016;10;120;PLN",
        "",
    ]
    return "\r\n".join(lines).encode()


def event(number: int) -> dict:
    """As the queue tells of what SES has received."""
    name = f"mail{number}"
    received = {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2026-03-02T10:00:00.000Z",
            "source": f"jan{number}@example.com",
            "messageId": name,
            "destination": [ADDRESS],
        },
        "receipt": {
            "timestamp": "2026-03-02T10:00:00.000Z",
            "recipients": [ADDRESS],
            **{f"{kind}Verdict": {"status": status} for kind, status in VERDICTS.items()},
            "action": {"type": "S3", "bucketName": "mail-bucket", "objectKey": f"in/{name}"},
        },
    }
    body = json.dumps({"Type": "Notification", "Message": json.dumps(received)})
    return {"Records": [{"messageId": str(number), "eventSource": "aws:sqs", "body": body}]}


def make_table(tables, name: str, keys: list[str], index: list[str] | None = None) -> None:
    def schema(of: list[str]) -> list[dict]:
        kinds = zip(of, ["HASH", "RANGE"], strict=False)
        return [{"AttributeName": key, "KeyType": kind} for key, kind in kinds]

    more = {}
    if index:
        projection = {"ProjectionType": "ALL"}
        more["GlobalSecondaryIndexes"] = [
            {"IndexName": "by-owner", "KeySchema": schema(index), "Projection": projection}
        ]
    tables.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=schema(keys),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in [*keys, *(index or [])]],
        **more,
    )


def main() -> None:
    endpoint, out = sys.argv[1], Path(sys.argv[2])
    place = {
        "endpoint_url": endpoint,
        "region_name": REGION,
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }
    blobs, tables = boto3.client("s3", **place), boto3.client("dynamodb", **place)
    for name in ["mail-bucket", "temp-bucket", "archive-bucket"]:
        blobs.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    make_table(tables, "mailbox-table", ["pk", "sk"])
    make_table(tables, "rates-table", ["pk", "sk"])
    make_table(tables, "jobs-table", ["job"], index=["owner", "received"])
    boto3.client("sesv2", **place).create_email_identity(EmailIdentity=ADDRESS.split("@")[1])
    out.mkdir(parents=True, exist_ok=True)
    for number in range(MAILS):
        name = f"mail{number}"
        body = stamped(letter(number), name, f"jan{number}@example.com", VERDICTS)
        blobs.put_object(Bucket="mail-bucket", Key=f"in/{name}", Body=body)
        (out / f"{name}.json").write_text(json.dumps(event(number)))


if __name__ == "__main__":
    main()
