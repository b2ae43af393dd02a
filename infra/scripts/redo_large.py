"""See `redo-large`. Needs boto3, and rights to the table of jobs, the mail bucket and the state machine."""

import argparse
import functools
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime

# Names of executions have at most 80 characters, those of jobs as well.
NAME_BEGIN = 50


class Refused(Exception):
    """Why the job is not started."""


def begin_of(job: str) -> str:
    return f"{job[:NAME_BEGIN]}-again-"


def executions(states, machine: str, job: str) -> list[dict]:
    """The executions of a job, the latest first. What is over is kept for 90 days, longer than any mail."""
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine)
    found = [each for page in pages for each in page["executions"]]
    return [each for each in found if each["name"] == job or each["name"].startswith(begin_of(job))]


def redo(client: Callable, stage: str, job: str, now: datetime) -> str:
    """Starts the job with the input of its last execution; the name of the new one.

    Raises Refused if that would be wrong.
    """
    place = client("lambda").get_function_configuration(FunctionName=f"investtax-{stage}-worker", Qualifier="live")
    place = place["Environment"]["Variables"]
    asked = {"TableName": place["INVESTTAX_JOBS_TABLE"], "Key": {"job": {"S": job}}, "ConsistentRead": True}
    item = client("dynamodb").get_item(**asked).get("Item")
    if not item:
        raise Refused("there is no such job")
    status, outcome = (item.get(name, {}).get("S", "") for name in ("status", "outcome"))
    if status == "SUCCESS":
        raise Refused(f"it is done: {outcome}")

    states, machine = client("stepfunctions"), place["INVESTTAX_STATE_MACHINE_ARN"]
    found = executions(states, machine, job)
    if not found:
        raise Refused("the state machine never had it; look for it among the dead letters")
    if running := [each["name"] for each in found if each["status"] == "RUNNING"]:
        raise Refused(f"it is in work: {running[0]}")
    given = states.describe_execution(executionArn=found[0]["executionArn"])["input"]
    work = json.loads(given)
    if work["job"] != job:
        raise Refused(f"{found[0]['name']} is the work on {work['job']}")
    mails = client("s3").list_objects_v2(Bucket=work["bucket"], Prefix=work["key"])
    if work["key"] not in [each["Key"] for each in mails.get("Contents", [])]:
        raise Refused("its mail is not there any more: deleted at its sender's word, or past its 30 days")

    name = f"{begin_of(job)}{now:%Y%m%dT%H%M%S}"
    states.start_execution(stateMachineArn=machine, name=name, input=given)
    return name


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra/scripts/redo-large")
    parser.add_argument("stage", choices=["dev", "staging", "prod"])
    parser.add_argument("job")
    given = parser.parse_args()
    import boto3  # not wanted by the tests

    try:
        print("started", redo(functools.cache(boto3.client), given.stage, given.job, datetime.now(UTC)))
    except Refused as why:
        print(f"{given.job} is not started: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
