"""Sends a test mail to the mailbox, and measures the answer when it arrives.

The mail has the template with one purchase and one sale in zloty, so that no rate is needed and the tax
follows from the hour: n = 1000 + hours since 1970 (mod 1000), bought for 10000, sold for 10000 + 100 n,
income 100 n, tax 19 n. Another figure each hour, because the mailbox does not say the same thing twice.

The subject carries the time, so that nothing has to be remembered between the two calls.
"""

import email
import email.policy
import json
import os
import time
from datetime import UTC, datetime
from email.message import EmailMessage

SUBJECT = "Canary"


def number(at: datetime) -> int:
    """The n of that hour."""
    return 1000 + int(at.timestamp()) // 3600 % 1000


def tax(at: datetime) -> int:
    """The tax that the answer must name: 19 % of 100 n."""
    return 19 * number(at)


def build(at: datetime, sender: str, to: str) -> bytes:
    """The test mail of that hour."""
    rows = [
        "date;settlement_date;type;ticker;isin;quantity;amount;currency",
        "2025-01-08;2025-01-10;buy;CANARY;PLCANRY00019;100;10000,00;PLN",
        f"2025-03-11;2025-03-13;sell;CANARY;PLCANRY00019;100;{10000 + 100 * number(at)},00;PLN",
    ]
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"{SUBJECT} {at:%Y-%m-%dT%H:%M:%SZ}"
    mail.set_content("YEAR 2025\nLANGUAGE EN\n")
    mail.add_attachment(
        "\n".join(rows).encode(), maintype="text", subtype="csv", filename=f"canary-{at:%Y%m%d%H}.csv"
    )
    return mail.as_bytes(policy=email.policy.SMTP)


def check(raw: bytes) -> tuple[datetime, str | None]:
    """When the mail was sent that this answers, and what is wrong with the answer, if anything."""
    answer = email.message_from_bytes(raw, policy=email.policy.default)
    sent = datetime.strptime(answer["Subject"].split()[-1], "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=UTC
    )
    body = answer.get_body(preferencelist=("plain",))
    digits = "".join(c for c in (body.get_content() if body else "") if c.isdigit() or c in ".\n")
    if f"{tax(sent)}.00" not in digits:
        return sent, "the tax is not the expected one"
    if not any(part.get_content_type() == "application/pdf" for part in answer.iter_attachments()):
        return sent, "the report is missing"
    return sent, None


def metric(environment: str, milliseconds: float) -> str:
    """The log line that CloudWatch takes as a metric."""
    return json.dumps(
        {
            "_aws": {
                "Timestamp": int(time.time() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": "InvestTax",
                        "Dimensions": [["Stage"]],
                        "Metrics": [{"Name": "CanaryRoundTrip", "Unit": "Milliseconds"}],
                    }
                ],
            },
            "Stage": environment,
            "CanaryRoundTrip": milliseconds,
        }
    )


def handle(event, _context):
    import boto3  # in the runtime; the tests do without

    if event.get("task") == "send":
        raw = build(datetime.now(UTC), os.environ["FROM"], os.environ["TO"])
        sent = boto3.client("sesv2").send_email(
            FromEmailAddress=os.environ["FROM"],
            Destination={"ToAddresses": [os.environ["TO"]]},
            Content={"Raw": {"Data": raw}},
            ConfigurationSetName=os.environ["CONFIGURATION_SET"],
        )
        return {"sent": sent["MessageId"]}

    for record in event["Records"]:
        receipt = json.loads(record["Sns"]["Message"])
        if os.environ["FROM"] not in receipt["receipt"]["recipients"]:
            # An answer to a smoke mail (scripts/smoke), which is read by whoever sent it.
            continue
        stored = receipt["receipt"]["action"]
        raw = boto3.client("s3").get_object(Bucket=stored["bucketName"], Key=stored["objectKey"])
        sent, wrong = check(raw["Body"].read())
        if wrong:
            # No metric, hence the alarm for a lost test mail, and this line says why.
            print(json.dumps({"level": "ERROR", "code": "canary-wrong", "message": wrong}))
            continue
        arrived = datetime.fromisoformat(receipt["mail"]["timestamp"].replace("Z", "+00:00"))
        print(metric(os.environ["ENVIRONMENT"], (arrived - sent).total_seconds() * 1000))
    return {"read": len(event["Records"])}
