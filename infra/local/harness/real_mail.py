"""The whole way with real mail servers on both ends: Postfix brings the mail and takes the answer, Dovecot
shows it to an IMAP client. Only SES itself is played, by an SMTP listener that does what its rule does."""

import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
import time
from pathlib import Path

from . import compare
from .place import ADDRESS, DOMAIN, SMTP_PORT
from .scenarios import World, sample, somebody, until

POSTFIX_PORT = SMTP_PORT + 1
IMAP_PORT = SMTP_PORT + 2


class Skipped(Exception):
    """The machine has no mail servers; said aloud, not passed over."""


class Door:
    """Plays SES's inbound endpoint: what Postfix brings is stored and told of."""

    def __init__(self, world: World) -> None:
        from aiosmtpd.controller import Controller

        self.world = world
        self.jobs: list[str] = []
        self.controller = Controller(
            self, hostname="127.0.0.1", port=SMTP_PORT, data_size_limit=40 << 20, decode_data=False
        )
        self.controller.start()

    async def handle_DATA(self, _server, _session, envelope):
        raw = envelope.original_content.replace(b"\r\n", b"\n")
        self.jobs.append(self.world.postman.deliver(raw, envelope.mail_from))
        return "250 stored"


class Servers:
    """Postfix and Dovecot with configurations of their own, on loopback; nothing can leave."""

    def __init__(self) -> None:
        for program in ("postfix", "dovecot"):
            if not shutil.which(program, path="/usr/sbin:/usr/bin"):
                raise Skipped(f"{program} is not installed")
        if os.geteuid():
            raise Skipped("Postfix starts as root only")
        self.home = Path(tempfile.mkdtemp(prefix="investtax-mail-"))
        self.home.chmod(0o755)
        self.dovecot: subprocess.Popen | None = None
        uid, gid = pwd.getpwnam("nobody").pw_uid, grp.getgrnam("nogroup").gr_gid
        for name in ("config", "queue", "data", "mail", "run"):
            (self.home / name).mkdir()
        shutil.chown(self.home / "data", "postfix")
        os.chown(self.home / "mail", uid, gid)
        self.configure(uid, gid)

    def configure(self, uid: int, gid: int) -> None:
        settings = {
            "compatibility_level": "3.6",
            "myhostname": "mail.example.com",
            "queue_directory": self.home / "queue",
            "data_directory": self.home / "data",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "mydestination": "",
            "alias_maps": "",
            "mynetworks": "127.0.0.0/8",
            "smtpd_relay_restrictions": "permit_mynetworks, reject",
            "relay_domains": DOMAIN,
            "transport_maps": f"inline:{{{DOMAIN}=smtp:[127.0.0.1]:{SMTP_PORT}}}",
            "default_transport": "error:nothing leaves this machine",
            "virtual_mailbox_domains": "example.com",
            "virtual_mailbox_base": self.home / "mail",
            "virtual_mailbox_maps": "static:anna/",
            "virtual_uid_maps": f"static:{uid}",
            "virtual_gid_maps": f"static:{gid}",
            "virtual_minimum_uid": "100",
            "virtual_mailbox_limit": "0",
            "message_size_limit": "41943040",
            "maillog_file": self.home / "mail.log",
            "maillog_file_prefixes": self.home,
        }
        main = "\n".join(f"{name} = {value}" for name, value in settings.items())
        (self.home / "config" / "main.cf").write_text(main + "\n")
        services = Path("/etc/postfix/master.cf.proto")
        source = services if services.exists() else Path("/usr/share/postfix/master.cf.dist")
        lines = [line for line in source.read_text().splitlines() if not line.startswith("smtp ") or "inet" not in line]
        lines += [f"127.0.0.1:{POSTFIX_PORT} inet n - n - - smtpd", "postlog unix-dgram n - n - 1 postlogd"]
        seen: set[str] = set()
        kept = [line for line in lines if not (line.startswith("postlog") and line.split()[0] in seen) and not seen.add(line.split()[0] if line.split() else "")]
        (self.home / "config" / "master.cf").write_text("\n".join(kept) + "\n")
        (self.home / "dovecot.conf").write_text(
            f"""
protocols = imap
listen = 127.0.0.1
base_dir = {self.home}/run
log_path = {self.home}/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{self.home}/mail/anna
first_valid_uid = 100
first_valid_gid = 100
service imap-login {{
  inet_listener imap {{
    port = {IMAP_PORT}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password=anna
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={self.home}/mail
}}
"""
        )

    def start(self) -> None:
        subprocess.run(["/usr/sbin/postfix", "-c", self.home / "config", "start"], check=True, capture_output=True)
        self.dovecot = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", self.home / "dovecot.conf"])

    def stop(self) -> None:
        subprocess.run(["/usr/sbin/postfix", "-c", self.home / "config", "stop"], check=False, capture_output=True)
        if self.dovecot:
            self.dovecot.terminate()
            self.dovecot.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)


def inbox() -> list[bytes]:
    """What a mail program sees."""
    with imaplib.IMAP4("127.0.0.1", IMAP_PORT, timeout=10) as client:
        client.login("anna", "anna")
        client.select("INBOX", readonly=True)
        _, [numbers] = client.search(None, "ALL")
        return [client.fetch(n.decode(), "(BODY.PEEK[])")[1][0][1] for n in numbers.split()]


def post(raw: bytes, sender: str, to: str) -> None:
    with smtplib.SMTP("127.0.0.1", POSTFIX_PORT, timeout=10) as client:
        client.sendmail(sender, [to], raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def real_mail(world: World) -> str:
    """A mail by SMTP through Postfix, the answer read by IMAP from Dovecot, to the byte."""
    servers = Servers()
    door = Door(world)
    try:
        servers.start()
        author = somebody()
        raw = sample("trading212", author)
        start = time.monotonic()
        until(lambda: _reachable(), 20, lambda: "Postfix does not listen")
        post(raw, author, ADDRESS)
        until(lambda: door.jobs, 30, lambda: (servers.home / "mail.log").read_text()[-2000:])
        world.status(door.jobs[0], "SUCCESS")
        [sent] = world.answers(author)
        post(sent["raw"], ADDRESS, author)
        until(lambda: any((servers.home / "mail").glob("anna/new/*")), 30,
              lambda: (servers.home / "mail.log").read_text()[-2000:])
        [seen] = inbox()
        took = time.monotonic() - start
        # Postfix puts its headers on top and touches nothing else.
        assert seen.replace(b"\r\n", b"\n").endswith(sent["raw"].replace(b"\r\n", b"\n")), "the answer was changed"
        types = [name for name, _ in compare.parts(compare.read(seen))]
        return f"{took:.1f} s from SMTP to IMAP, {len(seen)} bytes: {', '.join(types)}"
    finally:
        door.controller.stop()
        servers.stop()


def _reachable() -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", POSTFIX_PORT, timeout=2):
            return True
    except OSError:
        return False
