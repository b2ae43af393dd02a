"""The scripts that are commands of `aws`, against one that remembers what it was told."""

import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).parent

# Answers as `--output text` does after the script's `--query`.
FAKE = """#!/usr/bin/env python3
import json, os, sys
path = os.environ["FAKE_STATE"]
state = json.load(open(path))
words = sys.argv[1:]
what, given = " ".join(words[:2]), dict(zip(words, words[1:]))
name = given.get("--function-name", given.get("--table-name", given.get("--deployment-group-name")))
said, code = "", 0
if what == "lambda get-alias":
    alias = state["aliases"].get(name)
    if alias is None:
        code = 255
    elif given["--query"] == "FunctionVersion":
        said = alias[0]
    else:
        said = alias[0] + "\\t" + (alias[1] or "None")
elif what == "lambda update-alias":
    state["aliases"][name] = [given["--function-version"], None]
elif what == "deploy list-deployments":
    said = state["deployments"].get(name, "")
elif what == "deploy stop-deployment":
    state["stopped"].append(given["--deployment-id"])
elif what == "ssm get-parameter":
    said = state["parameter"]
    code = 0 if said else 255
elif what == "ssm put-parameter":
    state["parameter"] = given["--value"]
elif what == "lambda list-event-source-mappings":
    said = "the-mapping" if name == "investtax-prod-worker:live" else "None"
elif what == "lambda update-event-source-mapping":
    state["mapping"] = "Enabled" if "--enabled" in words else "Disabled"
elif what == "lambda get-event-source-mapping":
    said = state["mapping"]
elif what == "dynamodb describe-table":
    statuses = state["tables"].get(name)
    if statuses is None:
        code = 254
    else:
        said = statuses.pop(0) if len(statuses) > 1 else statuses[0]
elif what == "dynamodb restore-table-to-point-in-time":
    state["tables"][given["--target-table-name"]] = ["CREATING", "CREATING", "ACTIVE"]
elif what == "dynamodb describe-time-to-live":
    said = state["ttl"]
elif what == "dynamodb update-time-to-live":
    state["ttl"] = "ENABLED"
elif what == "dynamodb update-continuous-backups":
    # Not at once.
    code = 0 if state["pitr"] else 254
    state["pitr"] += 1
elif what == "dynamodb update-table":
    state["protected"] = name
else:
    said, code = "unknown: " + what, 2
state["asked"].append(what)
json.dump(state, open(path, "w"))
if said:
    print(said)
sys.exit(code)
"""
# Stands for `npx cdk deploy`: the versions that it brings.
CDK = """#!/usr/bin/env python3
import json, os, sys
path = os.environ["FAKE_STATE"]
state = json.load(open(path))
state["cdk"] = sys.argv[1:]
state["aliases"].update({name: [version, None] for name, version in state["next"].items()})
json.dump(state, open(path, "w"))
sys.exit(state["cdk_code"])
"""


def alias(name: str) -> str:
    return f"investtax-prod-{name}"


class Script(unittest.TestCase):
    def setUp(self) -> None:
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = Path(home.name)
        for name, text in (("aws", FAKE), ("npx", CDK)):
            (self.home / name).write_text(text)
            (self.home / name).chmod(0o755)
        versions = {"worker": "42", "stage-compute": "17", "stage-rates": "9", "stage-deliver": "30"}
        self.state = {
            "aliases": {alias(name): [version, None] for name, version in versions.items()},
            "parameter": "worker=41 stage-compute=17 stage-rates=9 stage-deliver=28",
            "deployments": {}, "stopped": [], "asked": [], "mapping": "Enabled",
            "tables": {}, "ttl": "DISABLED", "pitr": 0, "next": {}, "cdk_code": 0,
        }

    def run_script(self, name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        path = self.home / "state.json"
        path.write_text(json.dumps(self.state))
        env = os.environ | {"PATH": f"{self.home}:{os.environ['PATH']}", "FAKE_STATE": str(path), "PAUSE_SECONDS": "0"}
        done = subprocess.run(
            [HERE / name, *arguments], env=env | more, capture_output=True, text=True, check=False, timeout=60
        )
        self.state = json.loads(path.read_text())
        return done

    def versions(self) -> dict[str, str]:
        return {name.removeprefix("investtax-prod-"): found[0] for name, found in self.state["aliases"].items()}


class Rollback(Script):
    def test_only_what_changed_goes_back_and_to_where_it_was(self):
        done = self.run_script("rollback", "prod")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            self.versions(), {"worker": "41", "stage-compute": "17", "stage-rates": "9", "stage-deliver": "28"}
        )
        self.assertEqual(self.state["asked"].count("lambda update-alias"), 2)

    def test_a_second_time_changes_nothing(self):
        self.run_script("rollback", "prod")
        once = self.versions()
        self.state["asked"] = []
        self.run_script("rollback", "prod")
        self.assertEqual((self.versions(), self.state["asked"].count("lambda update-alias")), (once, 0))

    def test_during_a_canary_the_new_version_loses_its_share_and_the_old_one_stays(self):
        self.state["aliases"][alias("worker")] = ["41", "42"]
        self.state["deployments"] = {alias("worker"): "d-1"}
        # An older deployment's, as if noting them had failed.
        self.state["parameter"] = "worker=40 stage-compute=17 stage-rates=9 stage-deliver=30"
        done = self.run_script("rollback", "prod")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.state["stopped"], ["d-1"])
        self.assertEqual(self.state["aliases"][alias("worker")], ["41", None])
        self.assertEqual(self.state["asked"].count("lambda update-alias"), 1)

    def test_one_function_goes_to_a_version_that_is_named(self):
        self.run_script("rollback", "prod", "worker", "39")
        self.assertEqual(self.versions()["worker"], "39")
        self.assertEqual(self.versions()["stage-deliver"], "30")

    def test_without_a_known_version_it_says_so_and_guesses_none(self):
        self.state["parameter"] = ""
        done = self.run_script("rollback", "prod")
        self.assertEqual(done.returncode, 1)
        self.assertIn("name one", done.stderr)
        self.assertNotIn("lambda update-alias", self.state["asked"])


class Deploy(Script):
    def test_what_can_be_gone_back_to_is_noted(self):
        self.state["next"] = {alias("worker"): "43"}
        self.run_script("deploy", "prod")
        self.assertEqual(self.state["parameter"], "worker=42 stage-compute=17 stage-rates=9 stage-deliver=30")
        self.run_script("rollback", "prod")
        self.assertEqual(self.versions()["worker"], "42")

    def test_a_deployment_that_changes_no_function_leaves_the_note(self):
        was = self.state["parameter"]
        self.run_script("deploy", "prod", "all")
        self.assertEqual(self.state["parameter"], was)
        self.run_script("deploy", "prod", "observability")
        self.assertEqual(self.state["parameter"], was)

    def test_the_first_has_nothing_to_note(self):
        self.state["aliases"], self.state["parameter"] = {}, ""
        self.assertEqual(self.run_script("deploy", "prod").returncode, 0)
        self.assertEqual(self.state["parameter"], "")

    def test_a_part_is_deployed_by_itself(self):
        self.run_script("deploy", "prod", "observability", "-c", "domain=example.org")
        self.assertEqual(self.state["cdk"][-2:], ["--exclusively", "investtax-prod-observability"])
        self.assertIn("domain=example.org", self.state["cdk"])
        self.run_script("deploy", "prod")
        self.assertEqual(self.state["cdk"][-1], "--all")

    def test_a_failure_is_told(self):
        self.state["cdk_code"] = 3
        self.assertEqual(self.run_script("deploy", "prod").returncode, 3)

    def test_a_look_changes_nothing(self):
        self.run_script("deploy", "prod", DRY="1")
        self.assertEqual((self.state["cdk"][1], self.state["asked"]), ("diff", []))


class Rights(unittest.TestCase):
    def test_the_pipeline_may_do_what_its_scripts_call(self):
        policy = json.loads((HERE / "pipeline-policy.json").read_text())
        actions = [each["Action"] for each in policy["Statement"]]
        allowed = {action for each in actions for action in ([each] if isinstance(each, str) else each)}
        self.assertFalse([action for action in allowed if "*" in action])
        calls = re.findall(r"\baws ([a-z]+) ([a-z-]+)", "".join((HERE / name).read_text() for name in ("versions", "rollback")))
        asked = {
            f"{'codedeploy' if service == 'deploy' else service}:{''.join(word.capitalize() for word in call.split('-'))}"
            for service, call in calls
        }
        self.assertEqual(asked - allowed, set())
        self.assertTrue({"dynamodb:Query", "s3:GetObject", "s3:ListBucket", "ses:SendEmail", "sns:Publish"} <= allowed)


class Feed(Script):
    def test_the_queue_is_let_go_and_taken_again(self):
        self.assertEqual(self.run_script("feed", "prod", "off").returncode, 0)
        self.assertEqual(self.state["mapping"], "Disabled")
        self.assertEqual(self.run_script("feed", "prod", "on").returncode, 0)
        self.assertEqual(self.state["mapping"], "Enabled")

    def test_no_queue_and_no_word_are_refused(self):
        self.assertEqual(self.run_script("feed", "dev", "off").returncode, 1)
        self.assertEqual(self.run_script("feed", "prod").returncode, 2)


class Restore(Script):
    NEW = "investtax-prod-mailbox-20260203094000"

    def restore(self, **more: str) -> subprocess.CompletedProcess:
        return self.run_script("restore", "prod", "mailbox", "2026-02-03T09:40:00Z", **more)

    def test_it_waits_and_sets_what_a_restore_leaves_out(self):
        done = self.restore()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.state["ttl"], self.state["pitr"], self.state["protected"]), ("ENABLED", 2, self.NEW))
        self.assertIn(f"restored: {{ mailbox: '{self.NEW}' }}", done.stdout)

    def test_called_again_it_goes_on_and_restores_no_second_time(self):
        done = self.restore(WAIT_SECONDS="0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("call this again", done.stderr)
        self.assertEqual(self.state["ttl"], "DISABLED")
        self.assertEqual(self.restore().returncode, 0)
        self.assertEqual(self.state["asked"].count("dynamodb restore-table-to-point-in-time"), 1)
        self.assertEqual(self.restore().returncode, 0, "what is set already is no fault")
        self.assertEqual(self.state["asked"].count("dynamodb update-time-to-live"), 1)


if __name__ == "__main__":
    unittest.main()
