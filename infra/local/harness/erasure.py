"""`USUŃ`: what is left of a sender afterwards, in every place."""

import hashlib
import json

from . import compare
from .place import PREFIX, REGION, bucket
from .scenarios import World, note, sample, somebody, until


def reply_to(sent: dict, author: str, text: str) -> bytes:
    thread = f"<{sent['id']}@{REGION}.amazonses.com>"
    raw = note("Re: x", author, text)
    return raw.replace(b"MIME-Version", f"In-Reply-To: {thread}\nReferences: {thread}\nMIME-Version".encode(), 1)


def versions(world: World, kind: str, begin: str) -> list[str]:
    pages = world.s3.get_paginator("list_object_versions").paginate(Bucket=bucket(kind), Prefix=begin)
    return [each["Key"] for page in pages for each in page.get("Versions", [])]


def erase(world: World) -> str:
    """Whoever has everything deleted leaves no mail, no file, no job and no version of any; others stay."""
    author, other = somebody(), somebody()
    owner = hashlib.sha256(author.encode()).hexdigest()
    neighbour = world.postman.deliver(sample("template", other))
    jobs = [world.postman.deliver(sample(name, author)) for name in ("template", "two-brokers")]
    for job in [*jobs, neighbour]:
        world.status(job, "SUCCESS")
    kept = [key for key in world.keys("archive", "20") if any(f"/{job}/" in key for job in jobs)]
    assert len(kept) > 8, kept
    last = world.answers(author)[-1]
    asked = world.postman.deliver(reply_to(last, author, "USUŃ"))
    world.status(asked, "SUCCESS")
    text = compare.read(world.answers(author)[-1]["raw"]).get_body(("plain",)).get_content()
    code = text.split("kodem")[1].split()[0]
    confirmed = world.postman.deliver(reply_to(world.answers(author)[-1], author, code))
    world.status(confirmed, "SUCCESS")
    until(lambda: len(world.answers(author)) == 4, 30, lambda: f"{len(world.answers(author))} answers")

    for job in jobs:
        assert not [key for key in versions(world, "archive", "20") if f"/{job}/" in key], job
    for begin in (f"owners/{owner}", f"mailbox/{owner}/files"):
        assert not versions(world, "archive", begin), begin
    for job in [*jobs, asked, confirmed]:
        assert not world.keys("mail", f"in/{job}"), job
        assert not {"owner", "file_key", "year", "transactions"} & set(world.job(job)), world.job(job)
    def named() -> list[dict]:
        rows = world.table.scan(TableName=f"{PREFIX}-mailbox")["Items"]
        return [row for row in rows if author in str(row) or owner in str(row)]

    # The confirmation itself leaves the outbox a moment after it was sent.
    until(lambda: not named(), 20, lambda: f"rows still name the sender: {named()}")
    # Nobody else's.
    assert [key for key in world.keys("archive", "20") if f"/{neighbour}/" in key]
    assert world.keys("mail", f"in/{neighbour}") and "owner" in world.job(neighbour)
    # Told of once more, the mails bring nothing back.
    for job in jobs:
        told = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
                             "s3": {"bucket": {"name": bucket("mail")}, "object": {"key": f"in/{job}"}}}]}
        world.sqs.send_message(QueueUrl=world.url("intake"), MessageBody=json.dumps(told))
    until(lambda: world.waiting("intake") == 0, 30, lambda: "the events are not taken")
    assert len(world.answers(author)) == 4
    return f"{len(kept)} archived objects with their versions, {len(jobs) + 2} mails, nothing of the neighbour's"
