"""Without NBP: nobody gets a figure, everybody a word, and all an answer once it is back."""

import os
import signal
import time

from .large import BALLAST, entered, execution, same_as_local
from .load import functions
from .place import PREFIX, bucket
from .scenarios import World, sample, somebody, until

# What five years of all currencies cost at most (nbp.md). The small and the large mail come back at the
# same moment, and each may be the first to ask.
BUDGET = 21


def nbp(world: World) -> str:
    """Without NBP a small and a large mail are put off, each sender told once; with NBP both finish by themselves."""
    forget_rates(world)
    small, large = somebody(), somebody()
    raw = sample("trading212", large) + BALLAST
    world.nbp.down = True
    try:
        jobs = {small: world.postman.deliver(sample("trading212", small)), large: world.postman.deliver(raw)}
        for author, job in jobs.items():
            put_off(world, author, job)
    finally:
        world.nbp.down = False
    asked = world.nbp.requests
    start = time.monotonic()
    world.status(jobs[small], "SUCCESS", seconds=120)
    after_small = time.monotonic() - start
    states = entered(execution(world, jobs[large]))
    after_large = time.monotonic() - start
    assert states.count("Promise") == 1 and "RatesLater" in states, states
    for author in jobs:
        assert len(world.answers(author)) == 2, f"{len(world.answers(author))} answers"
    assert b"application/pdf" in world.answers(small)[1]["raw"]
    same_as_local(world, "nbp", raw, world.answers(large)[1]["raw"])
    cold = world.nbp.requests - asked
    assert cold <= 2 * BUDGET, f"{cold} requests"
    asked = world.nbp.requests
    world.status(world.postman.deliver(sample("trading212", somebody())), "SUCCESS")
    assert world.nbp.requests == asked, "the third asks nothing"
    return (f"each told once; after NBP came back the small one answered in {after_small:.0f} s, "
            f"the large one in {after_large:.0f} s; {cold} requests, then 0")


def silent(world: World) -> str:
    """An NBP that takes requests and never answers is one that is down: the worker says so before its time is over."""
    forget_rates(world)
    small = somebody()
    world.nbp.silent = True
    start = time.monotonic()
    try:
        job = world.postman.deliver(sample("trading212", small))
        put_off(world, small, job)
        told = time.monotonic() - start
    finally:
        world.nbp.silent = False
    assert told < 60, f"{told:.0f} s: the worker was killed before it could say so"
    world.status(job, "SUCCESS", seconds=180)
    assert len(world.answers(small)) == 2, f"{len(world.answers(small))} answers"
    return f"told after {told:.0f} s, and answered once NBP spoke"


def put_off(world: World, author: str, job: str) -> None:
    """The sender hears that it takes longer, and no figure."""
    until(lambda: len(world.answers(author)) == 1, 120, lambda: f"no word that it takes longer: {world.job(job)}")
    world.status(job, "WAITING", seconds=60)
    assert b"application/pdf" not in world.answers(author)[0]["raw"]


def forget_rates(world: World) -> None:
    """As if nothing had ever been asked of NBP: neither the table nor the bucket nor a warm function knows."""
    for pid in functions(world):
        os.kill(pid, signal.SIGKILL)
    rates = f"{PREFIX}-rates"
    for item in world.table.scan(TableName=rates)["Items"]:
        world.table.delete_item(TableName=rates, Key={"pk": item["pk"], "sk": item["sk"]})
    for key in world.keys("archive", "rates/"):
        world.s3.delete_object(Bucket=bucket("archive"), Key=key)
