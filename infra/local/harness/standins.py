"""Two stand-ins: SES v2, which keeps the exact bytes, and NBP, which serves the samples' tables.

Both can be told to fail. They run in threads of the harness.
"""

import base64
import csv
import json
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .place import NBP_PORT, SAMPLES, SES_PORT


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A function that was killed hangs up in the middle: nothing to tell."""


def serve(port: int, handler: type[Quiet], owner: object) -> ThreadingHTTPServer:
    server = Server(("127.0.0.1", port), type("Bound", (handler,), {"owner": owner}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Ses:
    """SendEmail of SES v2. A mail counts as sent only if the caller got its id."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.refused = 0
        self.throttle = 0.0
        self.broken = 0.0
        # Who hears that a message was taken, as by an event of SES; and what happens before its sender does.
        self.tell: Callable[[dict], None] = lambda sent: None
        self.then: Callable[[], None] = lambda: None
        self.random = random.Random(20260203)
        self.lock = threading.Lock()
        self.server = serve(SES_PORT, SesHandler, self)

    def calm(self) -> None:
        """No faults, nothing sent."""
        with self.lock:
            self.sent, self.refused, self.throttle, self.broken = [], 0, 0.0, 0.0

    def fault(self) -> tuple[int, str] | None:
        """The fault that this call meets, if any."""
        with self.lock:
            dice = self.random.random()
            if dice < self.throttle:
                self.refused += 1
                return 429, "TooManyRequestsException"
            if dice < self.throttle + self.broken:
                self.refused += 1
                return 500, "InternalServiceErrorException"
            return None

    def take(self, request: dict) -> str:
        with self.lock:
            name = f"0107019{len(self.sent):09x}-stand-in-000000"
            self.sent.append(
                {
                    "id": name,
                    "at": time.time(),
                    "from": request.get("FromEmailAddress"),
                    "to": (request.get("Destination") or {}).get("ToAddresses", []),
                    "set": request.get("ConfigurationSetName"),
                    "tags": {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])},
                    "raw": base64.b64decode(request["Content"]["Raw"]["Data"]),
                }
            )
            sent = self.sent[-1]
        threading.Thread(target=self.tell, args=(sent,), daemon=True).start()
        self.then()
        return name


class SesHandler(Quiet):
    owner: Ses

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.path.endswith("/outbound-emails"):
            return self.answer(404, {"message": f"no {self.path}"})
        if fault := self.owner.fault():
            status, kind = fault
            return self.answer(status, {"message": "as asked"}, {"x-amzn-ErrorType": kind})
        return self.answer(200, {"MessageId": self.owner.take(json.loads(body))})


class Nbp:
    """`/exchangerates/tables/<a|b>/<from>/<to>/` from the samples' tables; can be down, or take a request and
    say nothing."""

    def __init__(self) -> None:
        self.down = False
        self.silent = False
        self.requests = 0
        self.tables: list[dict] = []
        for path in sorted((SAMPLES / "rates").glob("table_a_*.csv")):
            with path.open() as file:
                for row in csv.DictReader(file):
                    self.tables.append(row)
        self.invented = self.since(self.tables[-1])
        self.server = serve(NBP_PORT, NbpHandler, self)

    @staticmethod
    def since(latest: dict) -> dict[str, list[dict]]:
        """Tables for the days since the samples end, so that today is not without: the same rates again,
        A on every weekday, B on Wednesdays."""
        made: dict[str, list[dict]] = {"a": [], "b": []}
        numbers: dict[tuple[str, int], int] = {}
        day = date.fromisoformat(latest["date"]) + timedelta(days=1)
        rates = {key: value for key, value in latest.items() if key not in ("date", "table_no")}
        while day < date.today():
            for kind, published in (("a", day.weekday() < 5), ("b", day.weekday() == 2)):
                if published:
                    number = numbers[kind, day.year] = numbers.get((kind, day.year), 0) + 1
                    name = {"date": str(day), "table_no": f"{number:03}/{kind.upper()}/NBP/{day.year}"}
                    made[kind].append(name | (rates if kind == "a" else {"AED": "1.1255"}))
            day += timedelta(days=1)
        return made

    def body(self, kind: str, first: str, last: str) -> bytes | None:
        """The tables of these days, as NBP writes them: rates are numbers as published."""
        found = []
        for row in (self.tables if kind == "a" else []) + self.invented[kind]:
            if first <= row["date"] <= last:
                rates = ",".join(
                    f'{{"currency":"{code}","code":"{code}","mid":{mid}}}'
                    for code, mid in row.items()
                    if code not in ("date", "table_no") and mid
                )
                found.append(
                    f'{{"table":"{kind.upper()}","no":"{row["table_no"]}",'
                    f'"effectiveDate":"{row["date"]}","rates":[{rates}]}}'
                )
        return f"[{','.join(found)}]".encode() if found else None


class NbpHandler(Quiet):
    owner: Nbp

    def do_GET(self):
        self.owner.requests += 1
        parts = self.path.split("?")[0].strip("/").split("/")
        while self.owner.silent:
            time.sleep(0.2)
        if self.owner.down:
            return self.answer(503, {"message": "down"})
        if len(parts) < 6 or parts[-4] != "tables":
            return self.answer(400, {"message": self.path})
        _, kind, first, last = parts[-4:]
        body = self.owner.body(kind.lower(), first, last)
        if body is None:
            return self.answer(404, {"message": "404 NotFound - Not Found - Brak danych"})
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None


class Tunnel:
    """Plain on this side, TLS on the emulator's: the programs trust the roots that are built into them and
    no certificate of an emulator, and the buckets refuse what did not come by TLS."""

    def __init__(self, port: int, to: int) -> None:
        self.to = to
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        while True:
            near, _ = self.listener.accept()
            try:
                far = trusting.wrap_socket(socket.create_connection(("127.0.0.1", self.to)))
            except OSError:
                near.close()
                continue
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    @staticmethod
    def pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
