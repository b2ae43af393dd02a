#!/usr/bin/env python3
"""Cold starts of a function without a cloud: a stand-in for Lambda's runtime API, which starts the binary and
waits for its first question.

    benches/lambda/measure.py target/functions/worker/bootstrap [--runs 40] [--event EVENT.json]

Prints binary size, start to first poll (warm, and with the binary evicted from the page cache), CPU and memory
at the first poll, and fails if a size is over its limit (with --strict: if any budget is missed). With an event (and AWS_ENDPOINT_URL set to an emulator that
has the tables and buckets) it also prints the CPU of the first and of later invocations.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import sys
import time

# The budgets, for an idle machine.
BUDGETS = {"size MB": 9.0, "warm ms": 5.0, "evicted ms": 12.0, "RSS MB": 10.0, "first job CPU ms": 10.0}

# What fails without --strict.
GUARDS = {"size MB": BUDGETS["size MB"], "RSS MB": BUDGETS["RSS MB"]}

NAMES = ["MAIL_BUCKET", "TEMP_BUCKET", "ARCHIVE_BUCKET", "JOBS_TABLE", "MAILBOX_TABLE", "RATES_TABLE"]


def environment(port):
    """What Lambda and the infrastructure set; what is set already stays."""
    fixed = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": "measured",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "INVESTTAX_STAGE": "dev",
        "INVESTTAX_ADDRESS": "calc@investtax.example",
        "INVESTTAX_LOG": "error",
    }
    fixed.update({f"INVESTTAX_{name}": name.lower().replace("_", "-") for name in NAMES})
    return {**fixed, **os.environ, "AWS_LAMBDA_RUNTIME_API": fixed["AWS_LAMBDA_RUNTIME_API"]}


def evict(path):
    """Drops the file from the page cache, as on a machine that never ran it."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def cpu_ms(pid):
    """CPU of all its threads so far."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e6


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as file:
        line = next(line for line in file if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def request(stream):
    """Reads one request: its first line and its body."""
    first = stream.readline().decode()
    length = 0
    while (line := stream.readline().decode().strip().lower()) != "":
        if line.startswith("content-length:"):
            length = int(line.split(":")[1])
    return first, stream.read(length)


def run(path, events, cold):
    """One life of the function."""
    if cold:
        evict(path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        env = environment(server.getsockname()[1])
        start = time.perf_counter()
        pid = os.posix_spawn(path, [path], env)
        try:
            connection, _ = server.accept()
            connection.settimeout(60)
            stream = connection.makefile("rwb")
            request(stream)
            found = {"ms": (time.perf_counter() - start) * 1e3, "CPU ms": cpu_ms(pid), "RSS MB": rss_mb(pid)}
            found["jobs"] = [job(stream, pid, event) for event in events]
            return found
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def job(stream, pid, event):
    """Answers the question for work, reads the result, and says what it cost."""
    before = cpu_ms(pid)
    body = json.dumps(event).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 1\r\n"
        "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:1:function:measured\r\n"
        f"Lambda-Runtime-Deadline-Ms: {int(time.time() * 1000) + 60000}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    stream.write(head.encode() + body)
    stream.flush()
    line, answer = request(stream)
    spent = cpu_ms(pid) - before
    stream.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
    stream.flush()
    request(stream)
    if "/response" not in line or b"itemIdentifier" in answer:
        sys.exit(f"the event failed: {line.strip()} {answer.decode()}")
    return spent


def middle(runs: list[dict], name: str) -> float:
    return statistics.median(found[name] for found in runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--strict", action="store_true", help="fail on a missed time as well")
    parser.add_argument("--event", action="append", default=[], help="JSON; given twice, the second is a later job")
    args = parser.parse_args()
    path = os.path.abspath(args.binary)
    events = []
    for name in args.event:
        with open(name) as file:
            events.append(json.load(file))
    # A file just written lies in the page cache in larger pieces than one that was read from a disk.
    run(path, [], True)
    warm = [run(path, [], False) for _ in range(args.runs)]
    cold = [run(path, [], True) for _ in range(args.runs)]
    found = {
        "size MB": os.path.getsize(path) / 1e6,
        "warm ms": middle(warm, "ms"),
        "evicted ms": middle(cold, "ms"),
        "CPU ms": middle(warm, "CPU ms"),
        "RSS MB": middle(warm, "RSS MB"),
    }
    if len(events) > 1:
        jobs = run(path, events, False)["jobs"]
        found["jobs CPU ms"] = jobs
        found["first job CPU ms"] = jobs[0] - statistics.median(jobs[1:])
    # Times depend on what else the machine does; sizes do not. What is over its budget may not grow further.
    guards = BUDGETS if args.strict else GUARDS
    broken = [name for name, most in guards.items() if name in found and found[name] > most]
    missed = [name for name, most in BUDGETS.items() if name in found and found[name] > most]
    for name, value in found.items():
        text = value if isinstance(value, list) else f"{value:.2f}"
        print(f"{name:>18} {text}{'  over ' + str(BUDGETS[name]) if name in missed else ''}")
    if broken:
        sys.exit(f"over the limit: {', '.join(broken)}")


if __name__ == "__main__":
    main()
