# SPDX-License-Identifier: Apache-2.0
"""A small federation of real processes for tests: a hub, its schools' nodes, one campaign;
on the sealed track a notary too.

Everything is done with the commands that people type. The clock is real, so answering
windows ended yesterday and the period lies around today. Python's sqlite3 looks into the
databases; only tests that tamper on purpose write to them.

    tests/.../NAME.py BIN [unittest's options]       BIN holds the programs
"""

import csv
import datetime
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
INSTRUMENT = os.path.join(ROOT, "deploy/instruments/selfie.yaml")
GROUPS = ("leader", "teacher", "pupil")
CAMPAIGN = "test-1"
COMMAND_TIMEOUT_S = 120
HUB_START_S = 30
HUB_STOP_S = 20
VERIFIED_WITHIN_S = 60

BIN = None      # the folder with the programs
SHIMS = None    # the folder with the preloaded libraries


def day(offset):
    """A day relative to today, as the programs count days."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return (today + datetime.timedelta(days=offset)).isoformat()


WINDOW = f"{day(-14)}..{day(-1)}"


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


class Result:
    """What a command did."""

    def __init__(self, command, status, out, err):
        self.command, self.status, self.out, self.err = command, status, out, err

    def __str__(self):
        return (f"$ {' '.join(self.command)}\nstatus {self.status}\n"
                f"stdout: {self.out}stderr: {self.err}")

    def json(self):
        return json.loads(self.out)


def preload(shim, **settings):
    """The environment in which a program runs with one of tests/support's shims."""
    env = dict(os.environ, LD_PRELOAD=os.path.join(SHIMS, f"lib{shim}.so"))
    env.update({f"DREMPEL_TEST_{key}": str(value) for key, value in settings.items()})
    return env


class Place:
    """A program with its directory; keeps all that its commands said."""

    def __init__(self, program, directory):
        self.program = os.path.join(BIN, program)
        self.dir = directory
        self.said = []

    def start(self, *arguments, env=None, limit=None, bare=False):
        command = [self.program, *map(str, arguments),
                   *([] if bare else ["--dir", self.dir])]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, errors="replace", env=env,
                                preexec_fn=limit)

    def finish(self, process):
        try:
            out, err = process.communicate(timeout=COMMAND_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        result = Result(process.args, process.returncode, out, err)
        self.said.append(result)
        return result

    def run(self, *arguments, **how):
        """The result, whatever it is."""
        return self.finish(self.start(*arguments, **how))

    def do(self, *arguments, **how):
        """The standard output of a command that must succeed."""
        result = self.run(*arguments, **how)
        if result.status != 0:
            raise AssertionError(str(result))
        return result.out

    def json(self, *arguments):
        return json.loads(self.do(*arguments, "--json"))


class Hub(Place):
    """A hub, or a notary: the same program."""

    def __init__(self, directory, role="hub"):
        super().__init__("drempel-hub", directory)
        self.role = role
        self.port = free_port()
        self.log = directory + ".log"
        self.process = None

    def found(self, address=None, *options):
        self.do("init", "--name", f"Test {self.role}", "--role", self.role, "--listen",
                f"tcp://127.0.0.1:{self.port}", *(["--address", address] if address else []),
                *options)

    def serve(self, env=None):
        """Serving; False when the process ended before it could listen."""
        with open(self.log, "ab") as log:
            offset = log.tell()
            self.process = subprocess.Popen(
                [self.program, "serve", "--dir", self.dir], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=env)
        deadline = time.monotonic() + HUB_START_S
        while time.monotonic() < deadline:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                log.seek(offset)
                if f"127.0.0.1:{self.port}" in log.read():
                    return True
            if self.process.poll() is not None:
                return False
            time.sleep(0.01)
        raise AssertionError(f"the {self.role} does not listen; see {self.log}")

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """The exit status after SIGTERM."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(HUB_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the {self.role} did not stop on SIGTERM") from None
        self.process = None
        return status

    def rows(self, sql, *values):
        return rows(os.path.join(self.dir, "hub.db"), sql, *values)

    def keep(self, directory):
        """A copy of the directory, which put_back restores; the daemon must not run."""
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self.dir, directory)

    def put_back(self, directory):
        self.kill()
        shutil.rmtree(self.dir)
        shutil.copytree(directory, self.dir)


class Node(Place):
    def __init__(self, school, directory):
        super().__init__("drempel-node", directory)
        self.school = school

    def rows(self, sql, *values):
        return rows(os.path.join(self.dir, "node.db"), sql, *values)

    def released(self):
        """The contributions by (level, group), as the node keeps them."""
        return {(level, GROUPS[group]): {"hash": hash_, "bytes": bytes_, "state": state,
                                         "receipt": receipt, "unit": unit, "n": n}
                for level, group, hash_, bytes_, state, receipt, unit, n in self.rows(
                    "SELECT level, grp, hash, bytes, state, receipt, unit, questionnaires"
                    " FROM released")}

    def copy(self, directory):
        """Another node with the same directory's content, as a backup is."""
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self.dir, directory)
        return Node(self.school, directory)


STORED, WITHDRAWN = 1, 4  # enum drp_out_state


def rows(database, sql, *values):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        found = connection.execute(sql, values).fetchall()
    connection.close()
    return found


def change(database, sql, *values):
    """Tampers: one statement, committed, behind the program's back."""
    with sqlite3.connect(database, timeout=10) as connection:
        changed = connection.execute(sql, values).rowcount
    connection.close()
    return changed


def content(database):
    """A hash of everything in a database, whatever its pages look like."""
    digest = hashlib.sha256()
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        for line in connection.iterdump():
            digest.update(line.encode())
    connection.close()
    return digest.hexdigest()


class Federation:
    """A hub with n schools of level 1; begin() enrols them and signs a campaign.

    School Si, named "School i", has board Bi and province BE21 or BE22 in turn; every
    group is 60 people. A prefix goes before all three names. On the sealed track hub and
    notary are paired and hold the same register; vouchers: what the notary makes of them."""

    def __init__(self, folder, n=6, prefix="", address=None, track="open",
                 vouchers="accepted"):
        self.folder = folder
        self.prefix = prefix
        self.track = track
        self.hub = Hub(os.path.join(folder, "hub"))
        self.notary = Hub(os.path.join(folder, "notary"), "notary")
        self.sides = (self.hub, self.notary) if track == "sealed" else (self.hub,)
        self.nodes = [Node(f"{prefix}S{i}", os.path.join(folder, f"node-S{i}"))
                      for i in range(n)]
        for side in self.sides:
            side.found(address and address(side),
                       *(("--vouchers", vouchers) if side is self.notary else ()))
        self.register()
        if track == "sealed":
            self.notary.do("pair", self.write("hub.card", self.hub.do("card")))
            self.hub.do("pair", self.write("notary.card", self.notary.do("card")))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        path = self.path(name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def register(self):
        lines = ["school,name,board,province,network,level,"
                 "eligible_leader,eligible_teacher,eligible_pupil"]
        for i, node in enumerate(self.nodes):
            lines.append(f"{node.school},{self.prefix}School {i},{self.prefix}B{i},"
                         f"BE2{1 + i % 2},{('GO', 'KOV')[i % 2]},1,60,60,60")
        path = self.write("registry.csv", "\n".join(lines) + "\n")
        for side in self.sides:
            side.do("school", "import", path)

    def invite(self, school):
        return self.write(f"invite-{school}.txt", self.hub.do("invite", school))

    def enrol(self, *nodes):
        for node in nodes or self.nodes:
            node.do("init", "--invite", self.invite(node.school))

    def draft(self, campaign=CAMPAIGN):
        """A campaign from two months ago until in a month, not signed yet."""
        path = self.write(f"{campaign}.yaml", (
            f"campaign: {campaign}\ntitle: Test\nregion: VL\n"
            f"instrument: {INSTRUMENT}\ntrack: {self.track}\ncohort: self-selected\n"
            f"period: {{from: {day(-60)}, to: {day(30)}}}\ndeadline: {day(30)}\n"))
        self.hub.do("campaign", "new", path)

    def announce(self, campaign=CAMPAIGN):
        self.draft(campaign)
        self.hub.do("campaign", "sign", campaign)

    def serve(self):
        for side in reversed(self.sides):
            side.serve()

    def begin(self):
        """Enrolled, signed, announced; the hub serves, and the notary if there is one."""
        self.serve()
        self.enrol()
        self.announce()
        return self

    def fill(self, node, counts, campaign=CAMPAIGN, seed=1, window=WINDOW):
        """The coordinator's steps up to the approval; counts: questionnaires by group."""
        node.do("campaign", "list")
        node.do("campaign", "set", campaign, "--window", window)
        for group, n in counts.items():
            path = self.write(f"{node.school}-{group}.csv", sheet(group, n, seed))
            node.do("import", campaign, path, "--format", "csv", "--level", 1,
                    "--group", group)

    def wait_verified(self, n, campaign=CAMPAIGN):
        """Until hub and notary have verified n reports."""
        deadline = time.monotonic() + VERIFIED_WITHIN_S
        while self.hub.json("campaign", "show", campaign)["verified"] < n:
            if time.monotonic() > deadline:
                raise AssertionError(f"fewer than {n} reports were verified; see "
                                     f"{self.hub.log} and {self.notary.log}")
            time.sleep(0.05)

    def end(self):
        for side in self.sides:
            side.kill()


_items = {}


def items(group, kinds=("core", "additional")):
    """The codes that a group is asked, with the number of points (0: a box to tick)."""
    if not _items:
        shown = subprocess.run([os.path.join(BIN, "drempel-hub"), "instrument", "show",
                                INSTRUMENT, "--json"], check=True, capture_output=True)
        _items["all"] = json.loads(shown.stdout)["items"]
    return [(item["code"], item["points"]) for item in _items["all"]
            if group in item["groups"] and item["kind"] in kinds]


def answers(group, n, seed=1):
    """n questionnaires: header, then rows, as lists."""
    draw = random.Random(f"{group} {seed}")
    asked = items(group)
    return [[code for code, _ in asked]] + [
        [str(draw.randint(1, points) if points else draw.randint(0, 1))
         for _, points in asked] for _ in range(n)]


def sheet(group, n, seed=1):
    return text_of(answers(group, n, seed))


def text_of(table, separator=","):
    return "".join(separator.join(row) + "\n" for row in table)


def read_observations(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Case(unittest.TestCase):
    """Each test has a scratch folder; what was said is shown when it fails."""

    maxDiff = None

    def assertLine(self, result, *words, status=1):
        """A refusal as people should see one: the status, one line, these words in it."""
        lines = result.err.splitlines()
        self.assertEqual(result.status, status, str(result))
        self.assertEqual(len(lines), 1, str(result))
        for word in words:
            self.assertIn(word, lines[0], str(result))
        return lines[0]


def scratch():
    """A new folder, in memory where that is possible; removed when the tests are over."""
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="drempel-test-", dir=base)
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    return folder


def main():
    """Runs the tests of the calling script; its first argument is BIN."""
    global BIN, SHIMS
    if len(sys.argv) < 2 or not os.access(os.path.join(sys.argv[1], "drempel-hub"), os.X_OK):
        sys.exit(f"usage: {sys.argv[0]} BIN [options of unittest]")
    BIN = os.path.abspath(sys.argv.pop(1))
    SHIMS = os.path.join(os.path.dirname(BIN), "tests")
    # A child that dies under a preloaded library has nothing to say about its memory.
    unittest.main(module="__main__", verbosity=2)
