"""Where things are and which ports they have."""

import os
from dataclasses import dataclass, field
from pathlib import Path

INFRA = Path(__file__).resolve().parents[2]
REPOSITORY = INFRA.parent
SAMPLES = REPOSITORY / "samples"

ACCOUNT = "123456789012"
REGION = "eu-central-1"
DOMAIN = "investtax.example"
ADDRESS = f"calc@{DOMAIN}"
PREFIX = "investtax-dev"

CLOUD_PORT = int(os.environ.get("GATEWAY_PORT", "4566"))
SES_PORT = CLOUD_PORT + 14
NBP_PORT = CLOUD_PORT + 15
SMTP_PORT = CLOUD_PORT + 16
TUNNEL_PORT = CLOUD_PORT + 19


def bucket(kind: str) -> str:
    return f"{PREFIX}-{kind}-{ACCOUNT}-{REGION}"


def topic(kind: str) -> str:
    return f"arn:aws:sns:{REGION}:{ACCOUNT}:{PREFIX}-{kind}"


MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{PREFIX}-large-work"


@dataclass
class Run:
    """One run of the harness."""

    work: Path
    programs: Path
    secure: bool = False
    more_context: dict[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        return f"{'https' if self.secure else 'http'}://localhost:{CLOUD_PORT}"
