"""Files too large for mail: offered in a reply, sent by a form as a browser sends it, answered in the thread."""

import html.parser
import io
import urllib.error
import urllib.request
import uuid
import zipfile
from email.message import EmailMessage

from . import compare
from .history import history
from .place import ADDRESS, MACHINE, SAMPLES, bucket
from .scenarios import World, note, somebody, until

DRIVE = "Plik jest tutaj: https://drive.google.com/file/d/1a2b3c/view\n"
SUBJECT = "Rozliczenie za 2025"
# src/mail/limits.rs: Limits::UPLOAD
BYTES_MAX = 64 * 1024 * 1024


class Form(html.parser.HTMLParser):
    """The address and the hidden fields of the page's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields = "", {}
        self.feed(page)

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        values = dict(found)
        if tag == "form":
            self.action = values["action"]
        if tag == "input" and values.get("type") == "hidden":
            self.fields[values["name"]] = values["value"] or ""

    def send(self, name: str, content: bytes, **other: str) -> tuple[int, str]:
        """Sends the form with a file; the status and the code of a refusal."""
        boundary = uuid.uuid4().hex
        fields = self.fields | {"x-amz-meta-name": urllib.request.quote(name)} | other
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        )
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n'.encode()
        body += b"Content-Type: application/octet-stream\r\n\r\n" + content + f"\r\n--{boundary}--\r\n".encode()
        request = urllib.request.Request(
            self.action, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, method="POST"
        )
        try:
            with opener().open(request, timeout=60) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as refused:
            said = refused.read().decode(errors="replace")
            return refused.code, said.partition("<Code>")[2].partition("<")[0]


def opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def link_of(reply: bytes) -> str:
    text = compare.read(reply).get_body(("plain",)).get_content()
    [link] = [line for line in text.splitlines() if line.startswith("http")]
    return link


def with_file(author: str, name: str, content: bytes) -> bytes:
    """What the sender would have mailed, had the file fitted."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Anna Example <{author}>", ADDRESS, SUBJECT
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@example.com>"
    mail.set_content(DRIVE)
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def packed(sample: str) -> bytes:
    """The files of a sample in one archive."""
    message = compare.read((SAMPLES / f"{sample}.eml").read_bytes())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        for part in message.walk():
            if part.get_content_disposition() == "attachment":
                into.writestr(part.get_filename(), part.get_payload(decode=True))
    return archive.getvalue()


def upload(world: World) -> str:
    """A link instead of a file gets a place for it; what is put there is answered once, to its owner."""
    author = somebody()
    world.status(world.postman.deliver(note(SUBJECT, author, DRIVE)), "SUCCESS")
    [offer] = world.answers(author)
    page = opener().open(link_of(offer["raw"]), timeout=20).read().decode()
    form = Form(page)
    name, content = "historia żółta.zip", packed("trading212")
    refused = {
        "another key": form.send(name, content, key="upload/somebody/else"),
        "another field": form.send(name, content, acl="public-read"),
        "nothing": form.send(name, b""),
        "too much": form.send(name, bytes(BYTES_MAX + 1)),
    }
    for what, (status, _) in refused.items():
        assert 400 <= status < 500, f"{what}: {status}"
    assert refused["too much"][1] == "EntityTooLarge", refused
    assert form.send(name, content)[0] == 201
    until(lambda: len(world.answers(author)) > 1, 60, lambda: "the file is not answered")
    [_, result] = world.answers(author)
    kept = world.cloud.run.work / "answers" / "upload"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "mail.eml").write_bytes(with_file(author, name, content))
    (kept / "cloud.eml").write_bytes(result["raw"])
    found = compare.differences(result["raw"], compare.local_reply(world.program, kept / "mail.eml", kept / "local"))
    assert not found, "\n".join(found)
    first, second = compare.read(offer["raw"]), compare.read(result["raw"])
    assert first["Reply-To"] == second["Reply-To"], "the same conversation"
    assert first["In-Reply-To"] == second["In-Reply-To"], "under the mail that asked"
    # Once more through the same form: the file is known, and nobody hears of it twice.
    assert form.send(name, content)[0] == 201
    # A place that nobody was offered, though somebody of ours wrote there.
    world.s3.put_object(Bucket=bucket("mail"), Key="upload/nobody/nothing", Body=content)
    until(lambda: world.waiting("intake") == 0, 30, lambda: "the events are not taken")
    assert len(world.answers(author)) == 2, len(world.answers(author))
    # So large that the machine has it; it joins the conversation, and replaces nothing there.
    assert form.send("reszta.csv", history(4, 1200))[0] == 201
    until(lambda: len(world.answers(author)) == 3, 180, lambda: "the large file is not answered")
    executions = world.states.list_executions(stateMachineArn=MACHINE)["executions"]
    assert any(each["name"].startswith("upload-") for each in executions), executions
    left = world.keys("mail", f"upload/{form.fields['key'].split('/')[1]}/")
    return f"{len(refused)} forms refused, 1 answer to 2 sendings, a large one by the machine, {len(left)} left behind"
