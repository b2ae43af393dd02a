"""The operators' scripts that are programs, against the deployment as they are used."""

import functools
import io
import sys
import uuid
from contextlib import redirect_stdout

from .place import ADDRESS, INFRA, REGION, SAMPLES
from .scenarios import World, sample, somebody


def smoke(world: World) -> str:
    """The smoke mail finds its own answers among others', and notices that one is missing."""
    sys.path.insert(0, str(INFRA / "scripts"))
    import smoke as script

    def run(samples: list[str]) -> list[str]:
        world.postman.deliver(sample("template", somebody()))
        sender = script.labelled(f"smoke@{uuid.uuid4().hex[:8]}.example", "run")
        client = functools.cache(world.cloud.client)
        with redirect_stdout(io.StringIO()):
            each = script.Smoke(client, "dev", REGION, sender, ADDRESS)
            return each.run([(SAMPLES / f"{name}.eml").read_bytes() for name in samples], by_mail=False, ours=False)

    assert (wrong := run(script.SAMPLES)) == [], wrong
    # The same letter for the third time is met with silence, which is a success of the worker's.
    wrong = run(["template"] * 4)
    assert wrong, "a silence counts as an answer"
    return f"{len(script.SAMPLES)} answers read; of others: {wrong[0]}"
