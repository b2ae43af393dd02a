"""A large mail that failed is started anew, and none that is answered, deleted or in work."""

import json
import unittest
from datetime import UTC, datetime
from unittest import mock

import redo_large

JOB = "0a1b2c3d"
NOW = datetime(2026, 2, 3, 19, 42, 10, tzinfo=UTC)
KEY = f"in/{JOB}"


class Aws:
    """An environment in which the job failed."""

    def __init__(self) -> None:
        self.item = {"job": {"S": JOB}, "status": {"S": "FAILED"}, "outcome": {"S": "apologised"}}
        self.executions = [self.execution("another", "RUNNING"), self.execution(JOB, "FAILED")]
        self.input = json.dumps({"format": 1, "job": JOB, "bucket": "mail", "key": KEY, "trust": "verified"})
        self.keys, self.started = [KEY], []

    @staticmethod
    def execution(name: str, status: str) -> dict:
        return {"name": name, "status": status, "executionArn": f"arn:{name}"}

    def client(self, _service: str):
        return self

    def get_function_configuration(self, **_asked):
        return {"Environment": {"Variables": {"INVESTTAX_JOBS_TABLE": "jobs", "INVESTTAX_STATE_MACHINE_ARN": "machine"}}}

    def get_item(self, **_asked):
        return {"Item": self.item} if self.item else {}

    def get_paginator(self, name: str):
        assert name == "list_executions"
        return mock.Mock(paginate=lambda **_asked: [{"executions": [each]} for each in self.executions])

    def describe_execution(self, executionArn: str):
        assert executionArn.startswith(f"arn:{JOB}"), executionArn
        return {"input": self.input}

    def list_objects_v2(self, Bucket: str, Prefix: str):
        return {"Contents": [{"Key": key} for key in self.keys if key.startswith(Prefix)]} if self.keys else {}

    def start_execution(self, **given):
        self.started.append(given)


class Redo(unittest.TestCase):
    def refused(self, aws: Aws) -> str:
        with self.assertRaises(redo_large.Refused) as why:
            redo_large.redo(aws.client, "prod", JOB, NOW)
        self.assertEqual(aws.started, [])
        return str(why.exception)

    def test_the_same_work_begins_under_a_new_name(self):
        aws = Aws()
        name = redo_large.redo(aws.client, "prod", JOB, NOW)
        self.assertEqual(name, f"{JOB}-again-20260203T194210")
        self.assertEqual(aws.started, [{"stateMachineArn": "machine", "name": name, "input": aws.input}])

    def test_a_long_name_still_fits(self):
        self.assertLessEqual(len(redo_large.begin_of("x" * 80) + "20260203T194210"), 80)

    def test_what_is_answered_or_deleted_is_left_alone(self):
        for outcome in ("answered", "deleted"):
            aws = Aws()
            aws.item = {"job": {"S": JOB}, "status": {"S": "SUCCESS"}, "outcome": {"S": outcome}}
            self.assertIn(outcome, self.refused(aws))

    def test_what_is_in_work_is_left_alone(self):
        aws = Aws()
        aws.executions.append(aws.execution(f"{JOB}-again-20260203T180000", "RUNNING"))
        self.assertIn("in work", self.refused(aws))

    def test_without_job_execution_or_mail_there_is_nothing_to_do(self):
        for attribute in ("item", "executions", "keys"):
            aws = Aws()
            setattr(aws, attribute, None if attribute == "item" else [])
            self.refused(aws)

    def test_the_work_of_another_job_is_not_taken_for_it(self):
        aws = Aws()
        aws.input = aws.input.replace(JOB, "other")
        self.assertIn("other", self.refused(aws))


if __name__ == "__main__":
    unittest.main()
