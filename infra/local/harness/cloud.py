"""Starts the emulator, deploys the templates to it, and talks to it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config

from .place import ACCOUNT, CLOUD_PORT, DOMAIN, INFRA, NBP_PORT, PREFIX, REGION, SES_PORT, TUNNEL_PORT, Run
from .standins import Tunnel
from .weather import Weather

# What the emulator's CloudFormation does not know. These are proven by synth, cfn-lint and assertions.
UNKNOWN = {
    "AWS::Backup::BackupSelection",
    "AWS::Budgets::Budget",
    "AWS::CloudTrail::Trail",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Logs::QueryDefinition",
}
# Not deployed at all: the emulator does not receive mail.
STACKS = ["stateful", "application", "observability"]


class Cloud:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.process: subprocess.Popen | None = None
        self.log = run.work / "ministack.log"

    def environment(self) -> dict[str, str]:
        # Functions are children of the emulator and inherit all of this.
        env = dict(os.environ)
        for name in list(env):
            if name.lower().endswith("_proxy"):
                del env[name]
        env |= {
            "AWS_ENDPOINT_URL": self.run.endpoint,
            "AWS_ENDPOINT_URL_SESV2": f"http://127.0.0.1:{SES_PORT}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "GATEWAY_PORT": str(CLOUD_PORT),
            "PATH": f"{Path(sys.executable).parent}:{env['PATH']}",
            "TMPDIR": str(self.run.work / "tmp"),
        }
        if self.run.secure:
            certificate = self.certificate()
            env |= {"AUTH": "true", "USE_SSL": "1"}
            for name in ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"):
                env[name] = str(certificate)
        return env

    def certificate(self) -> Path:
        return self.run.work / "tmp" / "ministack-tls" / "server.crt"

    def start(self) -> None:
        (self.run.work / "tmp").mkdir(parents=True, exist_ok=True)
        if self.run.secure:
            self.tunnel = Tunnel(TUNNEL_PORT, CLOUD_PORT)
        else:
            self.weather = Weather(TUNNEL_PORT, CLOUD_PORT)
        # The way of the functions; what deploys and looks goes straight.
        functions = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{TUNNEL_PORT}"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).parent / "ministack")],
                env=self.environment() | functions,
                stdout=log,
                stderr=log,
                cwd=self.run.work,
            )
        for _ in range(100):
            if self.process.poll() is not None:
                raise RuntimeError(f"the emulator ended at once, see {self.log}")
            try:
                self.client("sts").get_caller_identity()
                return
            except Exception:  # noqa: BLE001 - whatever it is, it is not up yet
                time.sleep(0.2)
        raise RuntimeError(f"the emulator does not answer, see {self.log}")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def client(self, service: str):
        env = self.environment()
        return boto3.client(
            service,
            endpoint_url=self.run.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            verify=str(self.certificate()) if self.run.secure else None,
            config=Config(
                s3={"addressing_style": "path"}, max_pool_connections=50, proxies={},
                retries={"max_attempts": 4}, user_agent_extra=env["MINISTACK_ACCOUNT_ID"],
            ),
        )

    def cdk(self, *arguments: str, seconds: int = 300) -> None:
        log = self.run.work / "cdk.log"
        with log.open("ab") as out:
            done = subprocess.run(
                [str(INFRA / "node_modules/.bin/cdk"), *arguments, "--no-notices"],
                # Elsewhere there is no cdk.json, and nothing is synthesised twice.
                cwd=INFRA if arguments[0] == "synth" else self.run.work,
                env=self.environment(),
                stdout=out,
                stderr=out,
                timeout=seconds,
                check=False,
            )
        if done.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
            raise RuntimeError(f"cdk {arguments[0]} failed:\n{tail}")

    def deploy(self) -> list[str]:
        """Bootstraps and deploys; returns the types that had to be cut out."""
        assembly = self.run.work / "cdk.out"
        shutil.rmtree(assembly, ignore_errors=True)
        context = {
            "stage": "dev",
            "domain": DOMAIN,
            "architecture": "x86_64",
            "artefacts": str(self.run.programs),
            "nbpUrl": f"http://127.0.0.1:{NBP_PORT}/api",
            "pathStyle": "true",
            "logLevel": "debug",
        } | self.run.more_context
        flags = [flag for name, value in context.items() for flag in ("-c", f"{name}={value}")]
        self.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
        self.cdk("synth", "--quiet", "--output", str(assembly), *flags)
        cut = sorted({kind for path in assembly.glob("*.template.json") for kind in cut_out(path)})
        stacks = [f"{PREFIX}-{stack}" for stack in STACKS]
        self.cdk("deploy", "--app", str(assembly), "--require-approval", "never", *stacks, seconds=400)
        return cut


def is_unknown(resource: dict) -> bool:
    """Alarms over a computed metric are not known either."""
    computed = resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]
    return computed or resource["Type"] in UNKNOWN


def cut_out(path: Path) -> set[str]:
    """Removes from a template what the emulator does not know."""
    template = json.loads(path.read_text())
    resources = template["Resources"]
    gone = {name for name, each in resources.items() if is_unknown(each)}
    kinds = {resources[name]["Type"] for name in gone}
    for name in gone:
        del resources[name]
    # Identities there have no DKIM tokens, which the outputs show to whoever sets the records.
    outputs = template.get("Outputs", {})
    template["Outputs"] = {k: v for k, v in outputs.items() if "DkimDNSToken" not in json.dumps(v)}
    for each in resources.values():
        each.pop("UpdatePolicy", None)
        after = each.get("DependsOn", [])
        after = [name for name in ([after] if isinstance(after, str) else after) if name not in gone]
        if after:
            each["DependsOn"] = after
        else:
            each.pop("DependsOn", None)
    path.write_text(json.dumps(template))
    return kinds
