"""Holds an answer from the cloud beside the answer that `investtax reply` gives on this machine."""

import difflib
import email
import email.policy
import subprocess
from email.message import EmailMessage
from pathlib import Path

from .place import ADDRESS, SAMPLES

# The local program has no memory, so it offers no thread to answer in: only these may differ.
THREAD_HEADERS = {"date", "message-id", "references", "in-reply-to", "reply-to", "x-investtax-bot"}


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def local_reply(program: Path, mail: Path, out: Path) -> bytes:
    """The golden path: the same mail on the command line, offline."""
    out.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [program, "reply", mail, "--rates", SAMPLES / "rates", "--out", out, "--address", ADDRESS],
        capture_output=True,
        check=False,
        timeout=120,
    )
    if done.returncode not in (0, 1):
        raise AssertionError(f"investtax reply: {done.stderr.decode(errors='replace')}")
    return (out / "reply.eml").read_bytes()


def parts(message: EmailMessage) -> list[tuple[str, bytes]]:
    """The leaves of a message, by type and name, with their decoded bytes."""
    found = []
    for part in message.walk():
        if part.is_multipart():
            continue
        name = f"{part.get_content_type()} {part.get_filename() or ''}".strip()
        found.append((name, part.get_payload(decode=True)))
    return found


def shown(raw: bytes) -> str:
    """A reply as its reader sees it: whose it is, the letter, and what is attached."""
    message = read(raw)
    top = [f"{name}: {message[name]}" for name in ("From", "To", "Subject") if message[name]]
    letter = message.get_body(("plain",)).get_content().strip()
    files = [f"[{part.get_filename()}, {len(part.get_payload(decode=True))} bytes]" for part in message.iter_attachments()]
    return "\n".join([*top, "", letter, "", *files])


def differences(cloud: bytes, local: bytes) -> list[str]:
    """What differs that may not; an empty list is what is wanted."""
    ours, golden = read(cloud), read(local)
    found = []
    for name in sorted({key.lower() for key in [*ours.keys(), *golden.keys()]} - THREAD_HEADERS):
        if name in ("content-type", "mime-version"):
            continue
        if ours.get_all(name) != golden.get_all(name):
            found.append(f"header {name}: {ours.get_all(name)} and {golden.get_all(name)}")
    here, there = parts(ours), parts(golden)
    if [name for name, _ in here] != [name for name, _ in there]:
        found.append(f"parts: {[name for name, _ in here]} and {[name for name, _ in there]}")
        return found
    for (name, one), (_, other) in zip(here, there, strict=True):
        if one == other:
            continue
        if name.startswith("text/"):
            lines = difflib.unified_diff(
                other.decode().splitlines(), one.decode().splitlines(), "local", "cloud", n=0, lineterm=""
            )
            found.append(f"{name}:\n" + "\n".join(list(lines)[:20]))
        else:
            found.append(f"{name}: {len(one)} and {len(other)} bytes, not the same")
    return found
