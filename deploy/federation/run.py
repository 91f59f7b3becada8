#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run a whole federation on loopback: one hub, a node per school, one campaign or two of
them one after another; on the sealed track a notary too, in a process and a directory of
its own.

Every step is a command of drempel-hub or drempel-node as people type it; this driver
only generates the schools, keeps two nodes at work at a time, and collects what design
and README promise of a demo folder: tables/, truth/, sent/, run/ and summary.json. With
two sessions these are of the last one; of the one before, tables/ and truth/ are in
sessions/CAMPAIGN/, and truth/common_schools.csv says how many schools were in both. What
the hub says of the difference is in sessions/trend.csv, between groups in
sessions/differences.csv, of targets in sessions/targets.csv.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import random
import shlex
import shutil
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

import generate
import truth
from programs import Failure, Hub, Programs

ROOT = generate.ROOT
FRAME = os.path.join(ROOT, "deploy/reference/frame-vlaanderen-2020.csv")
TARGET = os.path.join(ROOT, "deploy/reference/target-example.yaml")
INSTRUMENT = os.path.join(ROOT, "deploy/instruments/selfie.yaml")
NODES_AT_ONCE = 2
VERIFIED_WITHIN_S = 120
SERVED_WITHIN_S = 30


class Progress:
    """One line on a terminal, rewritten; nothing elsewhere."""

    def __init__(self):
        self.shown = sys.stderr.isatty()
        self.lock = threading.Lock()
        self.phase, self.done, self.total = "", 0, 0

    def start(self, phase, total):
        with self.lock:
            self.phase, self.done, self.total = phase, 0, total
            self.draw()

    def step(self):
        with self.lock:
            self.done += 1
            self.draw()

    def draw(self):
        if self.shown:
            filled = 30 * self.done // max(1, self.total)
            sys.stderr.write(f"\r\033[K{self.phase:<10} [{'#' * filled:<30}] "
                             f"{self.done}/{self.total}")
            sys.stderr.flush()

    def clear(self):
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


class Session:
    """One campaign: what was generated for it and where its tables go."""

    def __init__(self, campaign, title, generated, out):
        self.campaign, self.title = campaign, title
        self.generated, self.out = generated, out
        plan = truth.read_plan(generated)
        self.schools, self.period = plan["schools"], plan["period"]
        self.names = {school["school"] for school in self.schools}

    def count_contributions(self):
        return sum(len(unit["groups"]) for school in self.schools
                   for unit in school["units"])

    def observations(self, folder="tables"):
        return os.path.join(self.out, folder, "observations.csv")


class Demo:
    """One federation in one folder; each method is a phase, most of them of the session
    that is at work."""

    def __init__(self, options):
        self.options = options
        self.out = os.path.abspath(options.out)
        self.run_dir = os.path.join(self.out, "run")
        self.generated = os.path.join(self.run_dir, "generated")
        self.hub_dir = os.path.join(self.run_dir, "hub")
        self.notary_dir = os.path.join(self.run_dir, "notary")
        self.vouchers = os.path.join(self.run_dir, "vouchers")
        self.sealed = options.track == "sealed"
        self.logs = os.path.join(self.run_dir, "logs")
        os.makedirs(self.logs)
        self.programs = Programs(os.path.abspath(options.bin), self.logs)
        self.progress = Progress()
        self.seconds = {}
        self.hub = self.notary = None
        self.today = datetime.date.today()
        self.sessions = []
        self.session = None
        self.enrolled = set()
        self.sent_bytes = {}

    def on_hub(self, *arguments, log="hub"):
        return self.programs.run(log, self.programs.hub, *arguments, "--dir", self.hub_dir)

    def on_notary(self, *arguments):
        return self.programs.run("notary", self.programs.hub, *arguments, "--dir",
                                 self.notary_dir)

    def on_node(self, school, *arguments):
        name = school["school"]
        directory = os.path.join(self.run_dir, "nodes", name)
        return self.programs.run(name, self.programs.node, *arguments, "--dir", directory)

    def on_python(self, script, *arguments):
        """Beside this one; in a process of its own, so that this one stays small."""
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), script)
        self.programs.run("driver", sys.executable, "-B", path, *arguments)

    def phase(self, name, work, schools=None):
        """Do the work once, or once per school with NODES_AT_ONCE at a time."""
        started = time.monotonic()
        self.progress.start(name, len(schools) if schools else 1)
        if schools is None:
            work()
            self.progress.step()
        else:
            with concurrent.futures.ThreadPoolExecutor(NODES_AT_ONCE) as pool:
                pending = [pool.submit(work, school) for school in schools]
                try:
                    for future in concurrent.futures.as_completed(pending):
                        future.result()
                        self.progress.step()
                except BaseException:
                    self.programs.stop()
                    pool.shutdown(cancel_futures=True)
                    self.check_daemons()  # nodes fail when one is gone: say the cause
                    raise
        self.check_daemons()
        if self.session not in (None, *self.sessions[-1:]):
            name = f"{self.session.campaign} {name}"
        self.seconds[name] = round(time.monotonic() - started, 3)

    def check_daemons(self):
        for daemon in (self.hub, self.notary):
            if daemon:
                daemon.check()

    def run(self):
        self.phase("generate", self.generate)
        self.phase("found", self.found)
        for self.session in self.sessions:
            self.hold()
        if len(self.sessions) > 1:
            self.phase("compare", self.compare)
        self.phase("sent", self.write_sent, self.session.schools)
        self.write_summary()
        self.progress.clear()

    def hold(self):
        """One session, from the invites to the frozen edition."""
        schools = self.session.schools
        self.lose_nodes()
        self.phase("enrol", self.enrol, [school for school in schools
                                         if school["school"] not in self.enrolled])
        self.enrolled |= self.session.names
        self.phase("announce", self.announce)
        self.phase("fill", self.fill, schools)
        self.phase("publish", self.publish, schools)
        if self.sealed:
            self.phase("verify", self.verify)
            self.phase("confirm", self.publish, schools)
        self.phase("close", self.close)
        if self.sealed:
            self.phase("count", self.publish, schools)
        self.phase("export", self.export)
        self.phase("audit", self.audit)
        self.phase("freeze", self.freeze)
        self.phase("truth", self.write_truth)

    def generate(self):
        count = self.options.sessions
        self.on_python("generate.py", "--out", self.generated, "--schools",
                       self.options.schools, "--seed", self.options.seed, "--instrument",
                       self.options.instrument, "--hub", self.programs.hub,
                       "--sessions", count)
        year = self.today.year
        last, before = f"demo-{year}", f"demo-{year - 1}"
        if count > 1:
            self.sessions.append(Session(before, f"Drempel demo {year - 1}",
                                         os.path.join(self.generated, "earlier"),
                                         os.path.join(self.out, "sessions", before)))
        title = f"Drempel demo {year}" if count > 1 else "Drempel demo"
        self.sessions.append(Session(last, title, self.generated, self.out))

    def write_target(self):
        """The example's target with a day that is still to come, beside the frame that it
        names."""
        by = datetime.date((self.today + datetime.timedelta(days=60)).year, 12, 31)
        with open(TARGET, encoding="utf-8") as file:
            text = file.read()
        path = os.path.join(self.run_dir, os.path.basename(TARGET))
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("2026-12-31", by.isoformat())
                       .replace("end of 2026", f"end of {by.year}"))
        shutil.copy(FRAME, self.run_dir)
        return path

    def lose_nodes(self):
        """Some schools lost their node since the session before: another one, with keys
        of its own, takes its place at the next enrolment."""
        for school in sorted(self.enrolled & self.session.names)[:self.options.re_enrol]:
            directory = os.path.join(self.run_dir, "nodes", school)
            lost = os.path.join(self.run_dir, "lost", school)
            os.makedirs(os.path.dirname(lost), exist_ok=True)
            shutil.move(directory, lost)
            if self.sealed:
                voucher = os.path.join(self.vouchers, school + ".txt")
                os.remove(voucher)
                self.on_notary("school", "rekey", school)
                self.on_notary("voucher", school, "--out", voucher)
            self.enrolled.discard(school)

    def found(self):
        """A hub with its registry, serving; and a notary with its own copy of it, paired."""
        address = f"tcp://127.0.0.1:{free_port()}"
        registry = os.path.join(self.generated, "registry.csv")
        self.http = f"127.0.0.1:{free_port()}"
        self.on_hub("init", "--name", "Drempel demo", "--role", "hub", "--listen", address,
                    "--http", self.http)
        self.on_hub("school", "import", registry)
        self.on_hub("campaign", "load", self.write_target())
        if self.sealed:
            notary = f"tcp://127.0.0.1:{free_port()}"
            self.on_notary("init", "--name", "Drempel demo notary", "--role", "notary",
                           "--listen", notary, "--vouchers", "required")
            self.on_notary("school", "import", registry)
            self.on_notary("voucher", "--all", "--out", self.vouchers)
            self.on_hub("pair", self.card("notary", self.on_notary("card")))
            self.on_notary("pair", self.card("hub", self.on_hub("card")))
            self.notary = Hub(self.programs, "notary", self.notary_dir, notary)
        self.hub = Hub(self.programs, "hub", self.hub_dir, address)

    def card(self, role, text):
        path = os.path.join(self.run_dir, f"card-{role}.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def enrol(self, school):
        invitation = os.path.join(self.run_dir, "invites", school["school"] + ".txt")
        os.makedirs(os.path.dirname(invitation), exist_ok=True)
        text = self.on_hub("invite", school["school"], log=school["school"])
        with open(invitation, "w", encoding="utf-8") as file:
            file.write(text)
        os.makedirs(os.path.join(self.run_dir, "nodes"), exist_ok=True)
        voucher = ("--voucher", os.path.join(self.vouchers, school["school"] + ".txt"))
        self.on_node(school, "init", "--invite", invitation, *(voucher if self.sealed else ()))

    def announce(self):
        """The campaign, signed: from here on nodes can see it."""
        session = self.session
        last = session is self.sessions[-1]
        path = os.path.join(self.run_dir,
                            "campaign.yaml" if last else f"{session.campaign}.yaml")
        deadline = self.today + datetime.timedelta(days=14)
        lines = [f"campaign: {session.campaign}", f"title: {session.title}", "region: VL",
                 f"instrument: {os.path.relpath(self.options.instrument, self.run_dir)}",
                 f"track: {self.options.track}", "cohort: self-selected",
                 f"period: {{from: {session.period['from']}, to: {session.period['to']}}}",
                 f"deadline: {deadline}"]
        if os.path.exists(FRAME):
            lines.append(f"frame: {os.path.relpath(FRAME, self.run_dir)}")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.on_hub("campaign", "new", path)
        self.on_hub("campaign", "sign", session.campaign)

    def fill(self, school):
        """What a school's coordinator does: counts, import, a look, and approval."""
        self.on_node(school, "campaign", "list")
        for unit in school["units"]:
            for group, counts in unit["groups"].items():
                place = ("--level", unit["level"], "--group", group)
                self.on_node(school, "campaign", "set", self.session.campaign, *place,
                             "--eligible", counts["eligible"],
                             "--invited", counts["invited"], "--window", unit["window"])
                self.on_node(school, "import", self.session.campaign,
                             os.path.join(self.session.generated, "sheets",
                                          counts["sheet"]),
                             "--format", "csv", *place)
        self.on_node(school, "approve", self.session.campaign, "--yes")

    def publish(self, school):
        self.on_node(school, "publish", self.session.campaign, "--once")

    def verify(self):
        """Until hub and notary have verified everything that the hub stored."""
        deadline = time.monotonic() + VERIFIED_WITHIN_S
        while True:
            self.check_daemons()
            shown = json.loads(self.on_hub("campaign", "show", self.session.campaign, "--json"))
            reports = self.session.count_contributions()
            if shown["verified"] == reports:
                return
            if shown["refused"] or time.monotonic() > deadline:
                raise Failure(f"of {reports} reports {shown['verified']} were verified "
                              f"and {shown['refused']} refused; logs: {self.logs}")
            time.sleep(0.2)

    def close(self):
        self.on_hub("campaign", "close", self.session.campaign)

    def export(self):
        os.makedirs(self.session.out, exist_ok=True)
        self.on_hub("export", self.session.campaign, "--out",
                    os.path.join(self.session.out, "tables"), "--format", "csv,json,msgpack")

    def audit(self):
        report = self.on_hub("audit", self.session.campaign)
        with open(os.path.join(self.logs, "audit.txt"), "a", encoding="utf-8") as file:
            file.write(report)

    def freeze(self):
        """What is left after it must still prove the edition."""
        self.on_hub("campaign", "freeze", self.session.campaign)
        self.on_hub("audit", self.session.campaign)
        if self.sealed:
            self.on_notary("audit", self.session.campaign)

    def write_truth(self):
        session, before = self.session, self.sessions[:self.sessions.index(self.session)]
        self.on_python("truth.py", session.generated, session.observations(),
                       session.observations("truth"), "--track", self.options.track,
                       *(("--earlier", before[-1].generated) if before else ()))

    def compare(self):
        """The differences between sessions and between groups, and how far targets were
        reached, as the hub serves them."""
        here = f"/t/{self.session.campaign}"
        for path in (f"{here}/trend.csv", f"{here}/differences.csv", "/targets.csv"):
            text = self.fetch(path)
            name = os.path.basename(path)
            with open(os.path.join(self.out, "sessions", name), "wb") as file:
                file.write(text)

    def fetch(self, path):
        """What the hub's HTTP answers; it takes up a new edition within a moment."""
        deadline = time.monotonic() + SERVED_WITHIN_S
        while True:
            self.check_daemons()
            try:
                with urllib.request.urlopen(f"http://{self.http}{path}") as answer:
                    return answer.read()
            except urllib.error.URLError as error:
                if time.monotonic() > deadline:
                    raise Failure(f"the hub does not answer GET {path}: {error}") from error
            time.sleep(0.2)

    def write_sent(self, school):
        path = os.path.join(self.out, "sent", school["school"] + ".json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        log = self.on_node(school, "log", "--json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(log)
        self.sent_bytes[school["school"]] = sum(
            sent["size"] for sent in json.loads(log)["contributions"]
            if sent["campaign"] == self.session.campaign)

    def write_summary(self):
        shown = json.loads(self.on_hub("campaign", "show", self.session.campaign, "--json"))
        contributions = self.session.count_contributions()
        rows = truth.read_observations(self.session.observations())
        summary = {
            "campaign": self.session.campaign, "track": self.options.track,
            "seed": self.options.seed, "schools": len(self.session.schools),
            "seconds": self.seconds,
            "contributions": contributions,
            "contributions_per_second": round(
                contributions / max(1e-3, self.seconds["publish"]), 1),
            "published": sum(row["value"] != "" for row in rows),
            "suppressed": sum(row["status"] == "c" for row in rows),
            "node_peak_kib": self.programs.node_peak_kib,
            "bytes_per_school": round(sum(self.sent_bytes.values()) / len(self.session.schools)),
            "privacy": shown["privacy"],
        }
        if len(self.sessions) > 1:
            summary["sessions"] = [{"campaign": session.campaign,
                                    "schools": len(session.schools)}
                                   for session in self.sessions]
            summary["common_schools"] = len(set.intersection(
                *(session.names for session in self.sessions)))
        if self.sealed:
            summary["verify_ms_per_report"] = {
                daemon.role: daemon.verify_ms() for daemon in (self.hub, self.notary)}
        with open(os.path.join(self.out, "summary.json"), "w", encoding="utf-8") as file:
            json.dump(summary, file, indent=1)
            file.write("\n")

    def show(self):
        """The answer to the member of parliament, and where everything is."""
        table = ("table", self.session.campaign, "--measure", "participation", "--by")
        print(self.on_hub(*table, "province"))
        # The notes of the other tables are mostly those of the first.
        print(without_notes(self.on_hub(*table, "level")))
        if len(self.sessions) > 1:
            print(without_notes(self.on_hub("table", self.session.campaign,
                                            "--measure", "trend")))
        print(f"tables    {self.out}/tables/observations.csv and its data dictionary\n"
              f"truth     {self.out}/truth/observations.csv: the generator's own values\n"
              f"sent      {self.out}/sent: what each school's own log says left it")
        if len(self.sessions) > 1:
            print(f"sessions  {self.out}/sessions: the one before, and the differences")
        print(f"summary   {self.out}/summary.json\n"
              f"hub       {self.command('table', self.hub_dir)}")
        if self.sealed:
            print(f"notary    {self.command('audit', self.notary_dir)}")

    def command(self, verb, directory):
        """One that works where it is pasted, whatever the PATH."""
        return shlex.join([self.programs.hub, verb, self.session.campaign, "--dir", directory])

    def leave_serving(self):
        for daemon in (self.hub, self.notary):
            if daemon:
                print(f"serving   the {daemon.role} at {daemon.address}, process "
                      f"{daemon.process.pid}; stop it with: kill {daemon.process.pid}")
        print(f"figures   at http://{self.http}/ (pages and API)")
        self.hub = self.notary = None

    def stop(self):
        self.programs.stop()
        for daemon in (self.hub, self.notary):
            if daemon:
                daemon.stop()


def without_notes(table):
    return "\n\n".join(table.split("\n\n")[:2]) + "\n"


def free_port():
    """A free port outside the range that the system hands to outgoing connections: one
    from inside it could be taken again before the hub listens."""
    while True:
        port = random.SystemRandom().randrange(15000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", required=True, metavar="DIR", help="new or empty folder")
    parser.add_argument("--schools", type=int, default=generate.SCHOOLS, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--track", choices=("sealed", "open"), default="sealed")
    parser.add_argument("--sessions", type=int, choices=(1, 2), default=1)
    parser.add_argument("--re-enrol", type=int, default=0, metavar="N",
                        help="so many schools have a new node in the second session")
    parser.add_argument("--once", action="store_true", help="stop hub and notary at the end")
    parser.add_argument("--bin", metavar="DIR", help="folder with the programs",
                        default=os.path.join(ROOT, "build/release/bin"))
    parser.add_argument("--instrument", metavar="FILE", default=INSTRUMENT)
    options = parser.parse_args()
    if options.schools < 1:
        parser.error("--schools must be at least 1")
    return options


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if os.path.isdir(options.out) and os.listdir(options.out):
        sys.exit(f"demo: {options.out} is not empty: name another folder with --out")
    demo = None
    try:
        demo = Demo(options)
        demo.run()
        demo.show()
        if not options.once:
            demo.leave_serving()
    except (Failure, OSError, ValueError, KeyError) as failure:
        if demo:
            demo.progress.clear()
        print(f"demo: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if demo:
            demo.stop()


if __name__ == "__main__":
    main()
