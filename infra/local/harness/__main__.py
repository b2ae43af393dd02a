"""The command: starts everything, deploys, runs the scenarios, stops everything."""

import argparse
import shutil
import sys
import time
import traceback
from pathlib import Path

from .cloud import Cloud
from .erasure import erase
from .failed import apology
from .killed import killed
from .large import large, parts
from .load import LOADS
from .outage import nbp, silent
from .place import Run
from .real_mail import Skipped, real_mail
from .scenarios import SCENARIOS, World
from .scripts import smoke
from .standins import Nbp, Ses
from .uploads import upload

MORE = {each.__name__: each for each in (large, parts, apology, upload, erase, killed, smoke, real_mail)}
ALL = {"nbp": nbp, "silent": silent} | SCENARIOS | MORE | LOADS


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra/local/run")
    parser.add_argument("names", nargs="*", help="scenarios; all but the load if none is named")
    parser.add_argument("--programs", type=Path, required=True, help="folder of worker/bootstrap, stage/bootstrap")
    parser.add_argument("--investtax", type=Path, required=True, help="the local program, for comparison")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--secure", action="store_true", help="TLS, and every call checked against its role")
    parser.add_argument("--whole", action="store_true", help="a scenario that is skipped counts as failed")
    parser.add_argument("--keep", action="store_true", help="leave everything running until Enter")
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    if given.list:
        for name, scenario in ALL.items():
            print(f"{name:10} {(scenario.__doc__ or '').splitlines()[0]}")
        return 0
    names = given.names or [name for name in ALL if name not in LOADS]
    if unknown := set(names) - set(ALL):
        parser.error(f"no scenario {', '.join(sorted(unknown))}")

    work = given.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run = Run(work, given.programs.resolve(), given.secure, {"largeBytes": "300000", "eventsPerPart": "150"})
    cloud, ses, rates = Cloud(run), Ses(), Nbp()
    failed, skipped = [], []
    try:
        start = time.monotonic()
        cloud.start()
        print(f"emulator up after {time.monotonic() - start:.1f} s", flush=True)
        start = time.monotonic()
        cut = cloud.deploy()
        print(f"deployed after {time.monotonic() - start:.0f} s; not known to the emulator: {', '.join(cut)}", flush=True)
        world = World(cloud, ses, rates, given.investtax.resolve())
        for name in names:
            start = time.monotonic()
            ses.calm()
            try:
                said = ALL[name](world)
                print(f"ok   {name:10} {time.monotonic() - start:6.1f} s  {said}", flush=True)
            except Skipped as why:
                print(f"SKIP {name:10} {why}", flush=True)
                skipped.append(name)
            except Exception as error:  # noqa: BLE001 - a failed scenario is told of, the others go on
                failed.append(name)
                print(f"FAIL {name:10} {time.monotonic() - start:6.1f} s  {error}", flush=True)
                if not isinstance(error, AssertionError):
                    traceback.print_exc()
        if given.keep:
            input(f"{run.endpoint} is up; Enter ends it. ")
    finally:
        cloud.stop()
    passed = len(names) - len(failed) - len(skipped)
    print(f"{passed} of {len(names)} scenarios passed, {len(skipped)} skipped; what they left is in {work}")
    return 1 if failed or (given.whole and skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
