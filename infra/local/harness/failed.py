"""A large mail whose stage fails until every retry is spent, and what an operator does then."""

import functools
import json
import sys
import uuid
from datetime import UTC, datetime

from .large import BALLAST, over, same_as_local
from .load import is_apology
from .place import INFRA, MACHINE, bucket
from .scenarios import World, sample, somebody, until


def not_there(world: World) -> str:
    """Work on a mail that is not there: nobody to tell, and nothing to try again."""
    job = uuid.uuid4().hex
    work = {"format": 1, "job": job, "bucket": bucket("mail"), "key": "in/not-there", "trust": "verified",
            "received": "2026-02-03T19:42:10Z"}
    world.states.start_execution(stateMachineArn=MACHINE, name=job, input=json.dumps(work))
    found = over(world, job, 120)
    assert (found["status"], found.get("error")) == ("FAILED", "Rejected"), found
    return job


def apology(world: World) -> str:
    """A large mail that fails for good gets one apology; started anew by `redo-large` it gets its answer."""
    sys.path.insert(0, str(INFRA / "scripts"))
    import redo_large

    not_there(world)
    author = somebody()
    raw = sample("trading212", author) + BALLAST
    told = world.postman.store(raw)
    job = told["mail"]["messageId"]
    # Nothing that `calculate` makes can be kept.
    weather = world.cloud.weather
    weather.shut = f"{bucket('temp')}/jobs/{job}/calc"
    try:
        world.postman.tell(told)
        found = over(world, job, 240)
    finally:
        refused, weather.shut, weather.refused = weather.refused, "", 0
    assert (found["status"], found.get("error")) == ("FAILED", "Apologised"), found
    [sent] = world.answers(author)
    assert is_apology(sent), sent["raw"][:2000]
    assert world.job(job)["status"] == "FAILED", world.job(job)
    # The first try and three more, each asked several times by the client.
    assert refused >= 4, f"{refused} refusals"

    client = functools.cache(world.cloud.client)
    again = redo_large.redo(client, "dev", job, datetime.now(UTC))
    until(lambda: over(world, again, 120)["status"] == "SUCCEEDED", 5, lambda: f"{again}: {over(world, again, 1)}")
    answers = world.answers(author)
    assert len(answers) == 2 and not is_apology(answers[1]), len(answers)
    same_as_local(world, "apology", raw, answers[1]["raw"])
    try:
        redo_large.redo(client, "dev", job, datetime.now(UTC))
    except redo_large.Refused as why:
        return f"{refused} refusals, 1 apology, 1 answer after redo-large; a second time: {why}"
    raise AssertionError("an answered job is started anew")
