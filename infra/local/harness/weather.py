"""Bad weather between the functions and the cloud: throttling, errors, answers that are lost on the way."""

import http.client
import random
import socket
import threading
import time

from .standins import Quiet, serve

# Seconds of a spell, and of what lies between two.
SPELL, CALM = 4.0, 16.0


class Weather:
    """A way to the cloud that can be bad: in spells most requests fail, else some are answered too late."""

    def __init__(self, port: int, to: int) -> None:
        self.to = to
        self.bad = False
        self.throttled = self.broken = self.lost = self.passed = 0
        # What lies under a path that has this in it cannot be written.
        self.shut = ""
        self.refused = 0
        self.random = random.Random(11)
        self.lock = threading.Lock()
        self.server = serve(port, WeatherHandler, self)

    def fate(self, method: str, path: str) -> str:
        """What becomes of the next request."""
        with self.lock:
            if self.shut and method == "PUT" and self.shut in path:
                self.refused += 1
                return "broken"
            spell = self.bad and time.monotonic() % (SPELL + CALM) < SPELL
            dice = self.random.random()
            if spell and dice < 0.4:
                self.throttled += 1
                return "throttled"
            if spell and dice < 0.7:
                self.broken += 1
                return "broken"
            # The work is done, and nobody hears of it.
            if self.bad and dice > (0.9 if spell else 0.98):
                self.lost += 1
                return "lost"
            self.passed += 1
            return "passed"

    def said(self) -> str:
        return f"{self.throttled} throttled, {self.broken} errors, {self.lost} answers lost of {self.passed} calls"


class WeatherHandler(Quiet):
    owner: Weather

    def go(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fate = self.owner.fate(self.command, self.path)
        if fate in ("throttled", "broken"):
            return self.refuse(fate)
        there = http.client.HTTPConnection("127.0.0.1", self.owner.to, timeout=60)
        try:
            there.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                there.putheader(name, value)
            there.endheaders(body)
            answer = there.getresponse()
            content = answer.read()
        finally:
            there.close()
        if fate == "lost":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        return None

    def refuse(self, fate: str) -> None:
        """As S3 or as DynamoDB says it."""
        target = self.headers.get("X-Amz-Target")
        if not target:
            code, status = ("SlowDown", 503) if fate == "throttled" else ("InternalError", 500)
            raw = f"<Error><Code>{code}</Code><Message>as asked</Message></Error>".encode()
            kind = "application/xml"
        else:
            code, status = ("ThrottlingException", 400) if fate == "throttled" else ("InternalServerError", 500)
            raw = f'{{"__type":"com.amazonaws#{code}","message":"as asked"}}'.encode()
            kind = "application/x-amz-json-1.0"
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = go
