"""Many mails at once, without faults and with every fault that can be made: exactly one answer each."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import compare
from .place import PREFIX
from .scenarios import World, sample, somebody

KINDS = ("template", "trading212", "ibkr", "two-brokers", "correction")


def children(of: int) -> list[int]:
    """The processes that a process started, from the system's own list."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == of:
            found.append(int(path.parent.name))
    return found


def functions(world: World) -> list[int]:
    """The environments of functions: programs called bootstrap that the emulator started."""
    if not world.cloud.process:
        return []
    found = []
    for pid in children(world.cloud.process.pid):
        try:
            if "bootstrap" in Path(f"/proc/{pid}/cmdline").read_text():
                found.append(pid)
        except OSError:
            continue
    return found


def busy_week(world: World) -> None:
    """The brake for everybody holds at 200 answers a day after quiet days; here a busy week went before."""
    today = datetime.now(UTC).date()
    for back in range(1, 8):
        day = {"pk": {"S": "day"}, "sk": {"S": str(today - timedelta(days=back))}, "replies": {"N": "500"}}
        world.table.put_item(TableName=f"{PREFIX}-mailbox", Item=day)


def settle(world: World, authors: list[str], seconds: float) -> None:
    """Waits until every author has an answer and the queue is empty, as an operator would: by the clock's tasks."""
    end = time.monotonic() + seconds
    asked = time.monotonic()
    while time.monotonic() < end:
        answered = Counter(to for sent in list(world.ses.sent) for to in sent["to"])
        if world.waiting("intake") == 0 and all(answered[author] for author in authors):
            return
        if time.monotonic() - asked > 10:
            asked = time.monotonic()
            with suppress(AssertionError):
                world.invoke({"task": "outbox"})
        time.sleep(0.5)


def is_apology(sent: dict) -> bool:
    """Besides an answer, and not one: what failed five times is apologised for before an operator brings it back."""
    body = compare.read(sent["raw"]).get_body(("plain",)).get_content()
    return body.startswith(("Przepraszam", "Sorry"))


def figures(world: World, authors: list[str], started: float) -> tuple[str, bool]:
    apologies = [sent for sent in world.ses.sent if is_apology(sent)]
    answered = Counter(to for sent in world.ses.sent if sent not in apologies for to in sent["to"])
    none = [author for author in authors if not answered[author]]
    several = [author for author in authors if answered[author] > 1]
    took = max((sent["at"] for sent in world.ses.sent), default=started) - started
    said = (
        f"{len(authors)} mails, {sum(answered.values())} answers in {took:.1f} s"
        f" ({len(authors) / max(took, 0.1):.1f} a second), without an answer {len(none)}, with several {len(several)},"
        f" apologies {len(apologies)},"
        f" dead letters {world.waiting('intake-dead')}, refused by SES {world.ses.refused}"
    )
    return said, not none and not several and world.waiting("intake-dead") == 0


def load(world: World) -> str:
    """200 mails of all kinds, as fast as they can be brought."""
    busy_week(world)
    authors = [somebody() for _ in range(200)]
    world.status(world.postman.deliver(sample("trading212", somebody())), "SUCCESS")
    world.ses.calm()
    started = time.time()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: world.postman.deliver(sample(KINDS[n % len(KINDS)], authors[n])), range(200)))
    # A mail that failed in passing comes again after six minutes.
    settle(world, authors, 800)
    said, good = figures(world, authors, started)
    assert good, said
    return said


def kept(world: World) -> int:
    """How many mails of this run are in the archive: each that was answered must be, whoever was killed when."""
    return sum(key.endswith("/metadata.json") for key in world.keys("archive", "20"))


def redrive(world: World) -> int:
    """As infra/scripts/redrive: dead letters go back into the queue."""
    dead, back = world.url("intake-dead"), 0
    while True:
        found = world.sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
        if not found:
            return back
        for each in found:
            world.sqs.send_message(QueueUrl=world.url("intake"), MessageBody=each["Body"])
            world.sqs.delete_message(QueueUrl=dead, ReceiptHandle=each["ReceiptHandle"])
            back += 1


def faults(world: World) -> str:
    """At least 1000 deliveries: redelivery, functions killed, every service throttling, failing, losing answers."""
    busy_week(world)
    dice = random.Random(7)
    authors = [somebody() for _ in range(300)]
    before = kept(world)
    url = world.url("intake")
    usual = world.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    # A killed function's mail would come again after six minutes; here after twenty seconds.
    world.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "20"})
    world.ses.throttle, world.ses.broken = 0.10, 0.05
    ended = threading.Event()
    killed = 0

    def kill() -> None:
        nonlocal killed
        while not ended.wait(2.0):
            if running := functions(world):
                try:
                    os.kill(dice.choice(running), signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    continue

    started = time.time()
    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    weather = world.cloud.weather
    weather.bad = True
    deliveries = 0
    try:
        def bring(n: int) -> int:
            told = world.postman.store(sample(KINDS[n % len(KINDS)], authors[n]))
            again = random.Random(n).randint(2, 5)
            for _ in range(again):
                world.postman.tell(told)
            return again

        with ThreadPoolExecutor(8) as pool:
            deliveries = sum(pool.map(bring, range(len(authors))))
        # The faults last as long as there is work, or nothing would meet them.
        end = time.monotonic() + 900
        while world.waiting("intake") and time.monotonic() < end:
            time.sleep(1)
    finally:
        ended.set()
        killer.join()
        weather.bad = False
        world.ses.throttle = world.ses.broken = 0.0
    # What failed five times in this weather lies among the dead letters: an operator brings it back.
    redriven = redrive(world)
    # What was cut off between sending and noting may be sent again only after its lease of 15 minutes.
    settle(world, authors, 1200)
    world.sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)
    said, good = figures(world, authors, started)
    archived = kept(world) - before
    said = f"{deliveries} deliveries, {killed} kills, {weather.said()}, {redriven} redriven; {said}, archived {archived}"
    assert good and deliveries >= 1000 and archived == len(authors), said
    return said


LOADS: dict[str, Callable[[World], str]] = {"load": load, "faults": faults}
