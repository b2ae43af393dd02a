"""The test mail asks for what its check expects."""

import json
import os
import sys
import unittest
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from unittest import mock

import canary

AT = datetime(2026, 2, 3, 19, 7, 12, tzinfo=UTC)


def answer(text: str, pdf: bool = True) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = f"Re: Canary {AT:%Y-%m-%dT%H:%M:%SZ}"
    mail.set_content(text)
    if pdf:
        mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="r.pdf")
    return mail.as_bytes(policy=policy.SMTP)


class Canary(unittest.TestCase):
    def test_the_tax_follows_from_the_rows(self):
        mail = message_from_bytes(canary.build(AT, "canary@example.com", "calc@example.pl"), policy=policy.default)
        [file] = mail.iter_attachments()
        rows = [line.split(";") for line in file.get_content().splitlines()[1:]]
        bought, sold = (int(row[6].removesuffix(",00")) for row in rows)
        # 19 % of the income, a whole number of zloty because the income is a multiple of 100.
        self.assertEqual(canary.tax(AT) * 100, 19 * (sold - bought))

    def test_another_hour_is_another_figure(self):
        hours = [canary.tax(AT + timedelta(hours=n)) for n in range(48)]
        self.assertEqual(len(set(hours)), 48)

    def test_a_right_answer_is_right(self):
        text = f"Tax to pay for 2025: PLN {canary.tax(AT):,}.00\n"
        self.assertEqual(canary.check(answer(text)), (AT.replace(microsecond=0), None))

    def test_a_wrong_figure_and_a_missing_report_are_told(self):
        self.assertIn("tax", canary.check(answer("Tax to pay for 2025: PLN 1.00\n"))[1])
        text = f"Tax to pay for 2025: PLN {canary.tax(AT):,}.00\n"
        self.assertIn("report", canary.check(answer(text, pdf=False))[1])

    def test_mail_to_others_of_its_domain_is_left_alone(self):
        told = {"receipt": {"recipients": ["smoke+run@canary.example"], "action": {"bucketName": "b", "objectKey": "k"}}}
        event = {"Records": [{"Sns": {"Message": json.dumps(told)}}]}
        with mock.patch.dict(os.environ, {"FROM": "canary@canary.example"}), mock.patch.dict(sys.modules, {"boto3": mock.Mock()}) as known:
            self.assertEqual(canary.handle(event, None), {"read": 1})
            known["boto3"].client.assert_not_called()


if __name__ == "__main__":
    unittest.main()
