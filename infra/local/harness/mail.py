"""Brings mail to the cloud the way SES does: bytes into the bucket, verdicts to the topic."""

import json
import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy

from .place import ADDRESS, REGION, bucket, topic

PASS = {"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"}


def ses_id() -> str:
    return uuid.uuid4().hex + "abcdef01"


def stamped(raw: bytes, name: str, sender: str, verdicts: dict[str, str]) -> bytes:
    """The mail with the block of headers that SES puts on top."""
    domain = sender.rpartition("@")[2]
    low = {key: value.lower() for key, value in verdicts.items()}
    top = [
        f"Return-Path: <{sender}>",
        f"Received: from mail.{domain} (mail.{domain} [192.0.2.25]) by inbound-smtp.{REGION}.amazonaws.com"
        f" with SMTP id {name} for {ADDRESS}; {datetime.now(UTC):%a, %d %b %Y %H:%M:%S} +0000 (UTC)",
        f"X-SES-Spam-Verdict: {verdicts['spam']}",
        f"X-SES-Virus-Verdict: {verdicts['virus']}",
        f"Received-SPF: {low['spf']} (spfCheck: domain of {domain} designates 192.0.2.25 as permitted sender)"
        f" client-ip=192.0.2.25; envelope-from={sender}; helo=mail.{domain};",
        f"Authentication-Results: amazonses.com; spf={low['spf']} (spfCheck: domain of {domain})"
        f" client-ip=192.0.2.25; envelope-from={sender}; helo=mail.{domain};"
        f" dkim={low['dkim']} header.i=@{domain}; dmarc={low['dmarc']} header.from={domain};",
        "X-SES-RECEIPT: AEFBQUFBQUFBQUFG",
        "X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=c3RhbmQtaW4=",
    ]
    return ("\r\n".join(top) + "\r\n").encode() + raw


class Postman:
    def __init__(self, cloud) -> None:
        self.s3 = cloud.client("s3")
        self.sns = cloud.client("sns")

    def store(self, raw: bytes, sender: str | None = None, **verdicts: str) -> dict:
        """Stores a mail; returns the notification that SES would publish."""
        found = PASS | verdicts
        # On the wire lines end in CR LF, however the file has them.
        raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        message = message_from_bytes(raw.split(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=policy.compat32)
        author = sender or str(message["From"]).rpartition("<")[2].rstrip(">").strip()
        name = ses_id()
        self.s3.put_object(
            Bucket=bucket("mail"), Key=f"in/{name}", Body=stamped(raw, name, author, found)
        )
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {
            "notificationType": "Received",
            "mail": {
                "timestamp": now,
                "source": author,
                "messageId": name,
                "destination": [ADDRESS],
                "headersTruncated": False,
                "headers": [{"name": key, "value": str(value)} for key, value in message.items()],
                "commonHeaders": {
                    "from": [str(message["From"])],
                    "to": [str(message["To"])],
                    "subject": str(message["Subject"]),
                    "messageId": str(message["Message-ID"]),
                },
            },
            "receipt": {
                "timestamp": now,
                "processingTimeMillis": 412,
                "recipients": [ADDRESS],
                **{f"{kind}Verdict": {"status": status} for kind, status in found.items()},
                "action": {
                    "type": "S3",
                    "topicArn": topic("received"),
                    "bucketName": bucket("mail"),
                    "objectKeyPrefix": "in/",
                    "objectKey": f"in/{name}",
                },
            },
        }

    def tell(self, notification: dict) -> str:
        """Publishes the notification; again for a second delivery of the same mail."""
        self.sns.publish(
            TopicArn=topic("received"),
            Subject="Amazon SES Email Receipt Notification",
            Message=json.dumps(notification),
        )
        return notification["mail"]["messageId"]

    def deliver(self, raw: bytes, sender: str | None = None, **verdicts: str) -> str:
        return self.tell(self.store(raw, sender, **verdicts))
