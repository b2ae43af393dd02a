"""The smoke mail judges what came of its own mails, and of nobody else's."""

import email
import email.policy
import hashlib
import io
import json
import unittest
from contextlib import redirect_stdout
from datetime import UTC, datetime
from email.message import EmailMessage
from unittest import mock

import smoke

SAMPLE = b"From: Anna <anna@example.com>\nTo: x@example.com\nSubject: PIT-38\nMessage-ID: <1@example.com>\n\nx\n"
SENDER = "smoke+run@canary.example"


def answer(to: str, pdf: bool = True) -> bytes:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = to, "Re: PIT-38"
    mail.set_content("Podatek do zapłaty")
    if pdf:
        mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="r.pdf")
    return mail.as_bytes(policy=email.policy.SMTP)


class Aws:
    """An environment that gives each mail a job with the next outcome, two items a page, and sends an answer."""

    def __init__(self, outcomes, pdf: bool = True, to_mailbox: bool = False) -> None:
        self.outcomes, self.pdf, self.to_mailbox = list(outcomes), pdf, to_mailbox
        self.jobs, self.sent, self.objects = [], [], {}
        self.stranger("SUCCESS", "answered")

    def stranger(self, status: str, outcome: str) -> None:
        self.jobs.append({"job": "other", "owner": "somebody", "status": status, "outcome": outcome})

    def client(self, _service: str):
        return self

    def get_function_configuration(self, **_asked):
        names = ("MAIL_BUCKET", "ARCHIVE_BUCKET", "JOBS_TABLE", "MAILBOX_TABLE")
        return {"Environment": {"Variables": {f"INVESTTAX_{name}": name for name in names}}}

    def get_caller_identity(self):
        return {"Account": "123456789012"}

    def put_object(self, Bucket: str, Key: str, Body: bytes):
        self.objects[Bucket, Key] = Body

    def publish(self, TopicArn: str, Message: str):
        assert TopicArn == "arn:aws:sns:eu-central-1:123456789012:investtax-dev-received"
        told = json.loads(Message)
        self.take(self.objects["MAIL_BUCKET", told["receipt"]["action"]["objectKey"]])

    def send_email(self, Content: dict, **_who):
        self.take(Content["Raw"]["Data"])

    def take(self, raw: bytes) -> None:
        author = email.message_from_bytes(raw)["From"].rpartition("<")[2].rstrip(">")
        owner = hashlib.sha256(author.encode()).hexdigest()
        outcome, number = self.outcomes.pop(0), len(self.jobs)
        status = "FAILED" if outcome == "apologised" else "SUCCESS"
        self.jobs.append({"job": f"job{number}", "owner": owner, "status": status, "outcome": outcome})
        if outcome != "answered":
            return
        bucket, key = ("MAIL_BUCKET", f"canary/{number}") if self.to_mailbox else ("ARCHIVE_BUCKET", f"blob{number}")
        self.objects[bucket, key] = answer(author, self.pdf)
        self.sent.append({"pk": f"owner#{owner}", "sk": f"sent#{number}", "blob": key})

    def get_paginator(self, name: str):
        return mock.Mock(paginate=getattr(self, f"{name}_pages"))

    def query_pages(self, TableName: str, ExpressionAttributeValues: dict, **_asked):
        owner = ExpressionAttributeValues[":owner"]["S"]
        rows = self.jobs if TableName == "JOBS_TABLE" else self.sent
        rows = [row for row in rows if owner in (row.get("owner"), row.get("pk"))]
        items = [{name: {"S": value} for name, value in row.items()} for row in rows]
        return [{"Items": items[at : at + 2]} for at in range(0, len(items), 2)]

    def list_objects_v2_pages(self, Bucket: str, Prefix: str):
        keys = [key for bucket, key in self.objects if bucket == Bucket and key.startswith(Prefix)]
        return [{"Contents": [{"Key": key, "LastModified": datetime.max.replace(tzinfo=UTC)}]} for key in keys]

    def get_object(self, Bucket: str, Key: str):
        return {"Body": io.BytesIO(self.objects[Bucket, Key])}


def judged(aws: Aws, by_mail: bool = False, ours: bool = False) -> list[str]:
    with (
        redirect_stdout(io.StringIO()),
        mock.patch.object(smoke, "GIVE_UP_SECONDS", 0),
        mock.patch.object(smoke, "PAUSE_SECONDS", 0),
    ):
        run = smoke.Smoke(aws.client, "dev", "eu-central-1", SENDER, "calc@example.com")
        return run.run([SAMPLE] * 3, by_mail, ours)


class Judging(unittest.TestCase):
    def test_three_answers_are_healthy_whoever_else_writes_meanwhile(self):
        aws = Aws(["answered"] * 3)
        aws.stranger("FAILED", "apologised")
        self.assertEqual(judged(aws), [])

    def test_a_silence_is_no_answer(self):
        found = judged(Aws(["answered", "limited", "answered"]))
        self.assertTrue(any("ended as limited" in each for each in found), found)

    def test_a_failure_and_a_missing_job_are_told(self):
        self.assertTrue(any("apologised" in each for each in judged(Aws(["answered", "apologised", "answered"]))))
        aws = Aws(["answered"] * 3)
        lost = aws.take
        aws.take = lambda raw: lost(raw) if len(aws.outcomes) > 1 else None
        self.assertEqual(judged(aws), ["3 mails, 2 jobs at their end, 2 answers"])

    def test_an_answer_that_nobody_sent_is_told(self):
        aws = Aws(["answered"] * 3)
        with mock.patch.object(aws, "sent", new=mock.MagicMock(__iter__=lambda _: iter([]))):
            self.assertEqual(judged(aws), ["3 mails, 3 jobs at their end, 0 answers"])

    def test_answers_are_read(self):
        self.assertIn("it has no report", judged(Aws(["answered"] * 3, pdf=False))[0])
        self.assertIn("it goes to", smoke.wrong_with(answer("somebody@example.com"), SENDER))

    def test_answers_to_a_mailbox_of_ours_are_read_there(self):
        self.assertEqual(judged(Aws(["answered"] * 3, to_mailbox=True), by_mail=True, ours=True), [])
        # SES took them, and they did not arrive.
        found = judged(Aws(["answered"] * 3), by_mail=True, ours=True)
        self.assertEqual(found, ["3 mails, 3 jobs at their end, 0 answers"])

    def test_each_run_has_a_sender_of_its_own(self):
        self.assertEqual(smoke.labelled("Success@simulator.amazonses.com", "a1"), "success+a1@simulator.amazonses.com")

    def test_a_mail_is_new_each_time(self):
        one, two = (smoke.personal(SAMPLE, SENDER, "calc@example.com") for _ in range(2))
        self.assertNotEqual(one, two)
        self.assertIn(f"From: Smoke Test <{SENDER}>".encode(), one)


if __name__ == "__main__":
    unittest.main()
