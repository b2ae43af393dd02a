#!/usr/bin/env python3
"""A stand-in for the functions, to try the harness itself: answers each mail with a line of text.

Speaks the Lambda runtime API as the Rust programs do. Used by `run --stand-in` only.
"""

import json
import os
import urllib.request

import boto3
from botocore.config import Config

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"


def client(service: str):
    return boto3.client(service, config=Config(s3={"addressing_style": "path"}))


def answer(notification: dict) -> None:
    name = notification["mail"]["messageId"]
    table = client("dynamodb")
    try:
        table.put_item(
            TableName=os.environ["INVESTTAX_JOBS_TABLE"],
            Item={"job": {"S": name}, "status": {"S": "SUCCESS"}},
            ConditionExpression="attribute_not_exists(job)",
        )
    except table.exceptions.ConditionalCheckFailedException:
        return
    action = notification["receipt"]["action"]
    raw = client("s3").get_object(Bucket=action["bucketName"], Key=action["objectKey"])["Body"].read()
    if b"poison" in raw[:4000]:
        table.delete_item(TableName=os.environ["INVESTTAX_JOBS_TABLE"], Key={"job": {"S": name}})
        raise RuntimeError("cannot read this")
    text = f"From: {os.environ['INVESTTAX_ADDRESS']}\r\nTo: {notification['mail']['source']}\r\n\r\n{len(raw)} bytes\r\n"
    client("sesv2").send_email(
        FromEmailAddress=os.environ["INVESTTAX_ADDRESS"],
        Destination={"ToAddresses": [notification["mail"]["source"]]},
        Content={"Raw": {"Data": text.encode()}},
        ConfigurationSetName=os.environ["INVESTTAX_CONFIGURATION_SET"],
    )


def handle(event: dict) -> dict:
    if "stage" in event:
        return {"job": event["job"], "large": False, "parts": []}
    failed = []
    for record in event.get("Records", []):
        try:
            body = json.loads(record["body"])
            message = json.loads(body["Message"]) if "Message" in body else body
            if "receipt" in message:
                answer(message)
        except Exception as error:  # noqa: BLE001 - any failure is a failed item
            print(json.dumps({"level": "ERROR", "message": repr(error)}), flush=True)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


while True:
    with urllib.request.urlopen(f"{API}/next") as asked:
        name = asked.headers["Lambda-Runtime-Aws-Request-Id"]
        given = json.loads(asked.read())
    try:
        made, where = handle(given), "response"
    except Exception as error:  # noqa: BLE001
        made, where = {"errorType": "Broken", "errorMessage": repr(error)}, "error"
    urllib.request.urlopen(
        urllib.request.Request(f"{API}/{name}/{where}", json.dumps(made).encode(), method="POST")
    ).read()
