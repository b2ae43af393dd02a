"""Large mail: through every stage, and worked out in parts."""

import json
import time
import uuid
from email.message import EmailMessage

from . import compare
from .history import history
from .place import ACCOUNT, ADDRESS, PREFIX, REGION
from .scenarios import World, note, sample, somebody, until

# Bytes behind the last boundary, where nothing counts (RFC 2046, 5.1.1): large on the way, the same to read.
BALLAST = b"\n" + (b"x" * 75 + b"\n") * (400_000 // 76)


def with_history(author: str) -> bytes:
    """A mail with more events than one part has (`eventsPerPart` of this run), in several instruments."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Anna Example <{author}>", ADDRESS, "PIT-38 za 2025"
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@example.com>"
    mail.set_content("W zalaczniku historia.")
    mail.add_attachment(history(12, 20), maintype="text", subtype="csv", filename="historia.csv")
    return mail.as_bytes() + BALLAST


def over(world: World, name: str, seconds: float) -> dict:
    """An execution once it is over, however it ended."""
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{PREFIX}-large-work:{name}"

    def ended() -> dict | None:
        try:
            found = world.states.describe_execution(executionArn=arn)
        except world.states.exceptions.ExecutionDoesNotExist:
            return None
        return found if found["status"] != "RUNNING" else None

    return until(ended, seconds, lambda: f"{name} is still running")


def execution(world: World, job: str, seconds: float = 240) -> list[dict]:
    """The history of a job's execution once it has succeeded."""
    found = over(world, job, seconds)
    events = world.states.get_execution_history(executionArn=found["executionArn"], maxResults=1000)["events"]
    assert found["status"] == "SUCCEEDED", json.dumps(events[-6:], default=str, indent=1)
    return events


def entered(events: list[dict]) -> list[str]:
    """The states in the order in which they were entered."""
    details = (each.get("stateEnteredEventDetails") for each in events)
    return [each["name"] for each in details if each]


def same_as_local(world: World, name: str, raw: bytes, reply: bytes) -> None:
    kept = world.cloud.run.work / "answers" / name
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "mail.eml").write_bytes(raw)
    (kept / "cloud.eml").write_bytes(reply)
    found = compare.differences(reply, compare.local_reply(world.program, kept / "mail.eml", kept / "local"))
    assert not found, "\n".join(found)


def large(world: World) -> str:
    """Large mail goes through every stage of the state machine and is answered as small mail is."""
    author = somebody()
    raw = sample("trading212", author) + BALLAST
    start = time.monotonic()
    job = world.postman.deliver(raw)
    execution(world, job, 120)
    took = time.monotonic() - start
    [sent] = world.answers(author)
    same_as_local(world, "large", raw, sent["raw"])
    left = [key for key in world.keys("temp", f"jobs/{job}/") if not key.endswith("leftovers.json")]
    help_author = somebody()
    world.postman.deliver(note("POMOC", help_author) + b"\n" * 400_000)
    until(lambda: world.answers(help_author), 60, lambda: "the shortcut does not answer")
    return f"all stages in {took:.1f} s, {len(left)} objects left between them; POMOC past the calculation"


def calculated_parts(world: World) -> int:
    """How many parts were worked out so far, by the metric that each writes."""
    pages = world.cloud.client("logs").get_paginator("filter_log_events")
    said = pages.paginate(logGroupName=f"/aws/lambda/{PREFIX}-stage-compute")
    return sum('"Step":"calculate-part"' in each["message"] for page in said for each in page["events"])


def parts(world: World) -> str:
    """A large ledger is worked out in parts by the distributed map, and answered as in one go."""
    author = somebody()
    raw = with_history(author)
    before = calculated_parts(world)
    start = time.monotonic()
    job = world.postman.deliver(raw)
    states = entered(execution(world, job))
    took = time.monotonic() - start
    assert "CalculateParts" in states, states
    ran = calculated_parts(world) - before
    assert ran > 1, f"{ran} parts ran"
    [sent] = world.answers(author)
    same_as_local(world, "parts", raw, sent["raw"])
    left = world.keys("temp", f"jobs/{job}/")
    assert not left, left
    assert "owner" in world.job(job) and int(world.job(job)["transactions"]) == 480, world.job(job)
    return f"{ran} parts, 480 events, {took:.1f} s, to the byte as in one go"
