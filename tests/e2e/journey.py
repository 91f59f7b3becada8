#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A newcomer's way through every command of both programs, in the order of the README:
found a hub, enrol schools, collect, look, approve, publish, take back, close, tabulate,
export, audit, freeze.

    tests/e2e/journey.py BIN [unittest's options]
"""

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, ROOT, STORED, WINDOW, WITHDRAWN, Federation, Hub, Node, Place, day

COUNTS = {"teacher": 12, "pupil": 30}
SCHOOLS = 12            # six a province; one of them will take everything back
FRAME = os.path.join(ROOT, "deploy/reference/frame-vlaanderen-2020.csv")
ANSWER = os.path.join(ROOT, "deploy/reference/answer-2021.yaml")
TARGET = os.path.join(ROOT, "deploy/reference/target-example.yaml")


def setUpModule():
    """One federation for all; the tests run in the order of their numbers."""
    global fed, first, quitter
    fed = Federation(federation.scratch(), SCHOOLS)
    unittest.addModuleCleanup(fed.end)
    first, quitter = fed.nodes[0], fed.nodes[-1]


def values(text):
    """(group, measure) to value, of the region's rows of observations.csv."""
    return {(row["group"], row["measure"]): row["value"]
            for row in csv.DictReader(io.StringIO(text))
            if row["family"] == "region" and row["item"] == "_T" and row["area"] == "_T"}


def content_of(path):
    """Nothing, when there is no such file."""
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
        return file.read()
    return b""


class Journey(federation.Case):
    # ---- help ----

    def test_01_help(self):
        for program in ("drempel-hub", "drempel-node"):
            place = Place(program, "-")
            overview = place.run("--help", bare=True)
            self.assertEqual((overview.status, overview.err), (0, ""))
            self.assertEqual(place.run("help", bare=True).out, overview.out)
            self.assertRegex(place.run("--version", bare=True).out, rf"^{program} \d+\.\d+")
            nothing = place.run(bare=True)
            self.assertEqual((nothing.status, nothing.out), (2, overview.out))
            commands = re.findall(r"^  ([a-z]+(?: [a-z]+)?) ", overview.out, re.MULTILINE)
            self.assertGreater(len(commands), 9)
            for command in commands:
                said = place.run(*command.split(), "--help", bare=True)
                self.assertEqual((said.status, said.err), (0, ""), str(said))
                self.assertIn(f"usage: {program} {command}", said.out)
                self.assertIn("--dir", said.out)

    # ---- the hub's operator ----

    def test_02_hub(self):
        self.assertLine(fed.hub.run("init", "--name", "Again"), "already holds a hub")
        fed.hub.do("school", "add", "EXTRA", "--name", "Extra", "--board", "BX",
                   "--province", "BE23", "--network", "OVSG", "--level", 2, "--teacher", 20)
        listed = fed.hub.json("school", "list")
        self.assertEqual(len(listed), SCHOOLS + 1)
        self.assertIn({"school": "EXTRA", "name": "Extra", "board": "BX", "province": "BE23",
                       "network": "OVSG", "levels": "2", "state": "registered"}, listed)
        self.assertIn("EXTRA", fed.hub.do("school", "list"))
        self.assertTrue(fed.hub.serve())

    def test_03_enrolment(self):
        fed.enrol()
        states = {school["school"]: school["state"] for school in
                  fed.hub.json("school", "list")}
        self.assertEqual(states, {**{n.school: "enrolled" for n in fed.nodes},
                                  "EXTRA": "registered"})
        self.assertIn("no campaigns", first.do("campaign", "list"))
        self.assertIn("nothing has left", first.do("log"))

    def test_04_campaign(self):
        path = fed.write("campaign.yaml", (
            f"campaign: {CAMPAIGN}\ntitle: Proef\nregion: VL\n"
            f"instrument: {federation.INSTRUMENT}\nframe: {FRAME}\ntrack: open\n"
            f"cohort: self-selected\nperiod: {{from: {day(-60)}, to: {day(30)}}}\n"
            f"deadline: {day(30)}\n"))
        self.assertIn("standard error", fed.hub.do("campaign", "new", path))
        self.assertLine(fed.hub.run("campaign", "new", path))
        self.assertIn("draft", fed.hub.do("campaign", "list"))
        self.assertIn("no campaigns", first.do("campaign", "list"))
        self.assertLine(fed.hub.run("campaign", "close", CAMPAIGN), "not signed")
        fed.hub.do("campaign", "sign", CAMPAIGN)
        self.assertLine(fed.hub.run("campaign", "sign", CAMPAIGN), "already signed")
        self.assertEqual(fed.hub.json("campaign", "list"), [{"id": CAMPAIGN, "state": "open"}])
        self.assertLine(fed.hub.run("audit", "nosuch"), "nosuch")
        self.assertIn("Proef", fed.hub.do("campaign", "show", CAMPAIGN))

    # ---- a school ----

    def test_05_settings(self):
        self.assertIn(f"{CAMPAIGN}", first.do("campaign", "list"))
        self.assertEqual(first.json("campaign", "list"), [{"id": CAMPAIGN, "state": "open"}])
        first.do("campaign", "set", CAMPAIGN, "--level", 1, "--group", "pupil", "--eligible",
                 58, "--invited", 55, "--window", WINDOW, "--items", "OB1,OB2")
        shown = first.json("campaign", "show", CAMPAIGN)
        (level,) = shown["levels"]
        self.assertEqual(f"{level['from']}..{level['to']}", WINDOW)
        self.assertEqual((level["groups"]["pupil"]["eligible"],
                          level["groups"]["pupil"]["invited"]), (58, 55))
        self.assertIn("not approved", first.do("campaign", "show", CAMPAIGN))

    def test_06_import(self):
        path = fed.write("pupils.csv", federation.sheet("pupil", COUNTS["pupil"]))
        command = ("import", CAMPAIGN, path, "--format", "csv", "--level", 1, "--group",
                   "pupil")
        dry = first.run(*command, "--dry-run", "--json").json()
        self.assertEqual(dry["rows"], {"read": 30, "kept": 30, "dropped": {}})
        alone = first.run("import", "--dry-run", "--instrument", federation.INSTRUMENT, path,
                          "--format", "csv", "--level", 1, "--group", "pupil", "--json",
                          bare=True)
        self.assertEqual(alone.json(), dry)
        self.assertEqual(first.rows("SELECT count(*) FROM sheet"), [(0,)])
        first.do(*command)
        first.do(*command[:2], fed.write("again.csv", federation.sheet("pupil", 30, seed=2)),
                 *command[3:], "--replace")
        self.assertEqual(first.rows("SELECT count(*) FROM sheet"), [(30,)])
        table = federation.answers("teacher", 13)
        for i, row in enumerate(table):  # the last one never pressed "submit"
            row[:0] = ["submitdate", "token"] if i == 0 else [
                "1980-01-01 00:00:00" if i < 13 else "", f"t{i}"]
        done = first.do("import", CAMPAIGN, fed.write("survey.csv", federation.text_of(table)),
                        "--format", "limesurvey", "--level", 1, "--group", "teacher")
        self.assertIn("1 dropped (incomplete)", done)

    def test_07_looking(self):
        dutch = first.do("report", CAMPAIGN)
        english = first.do("report", CAMPAIGN, "--language", "en", "--level", 1)
        self.assertIn("leerkrachten", dutch)
        self.assertIn("teachers", english)
        self.assertTrue(first.json("report", CAMPAIGN))
        preview = {p["group"]: p for p in first.json("preview", CAMPAIGN)}
        self.assertEqual({g: p["questionnaires"] for g, p in preview.items()}, COUNTS)
        self.assertFalse(any(p["approved"] for p in preview.values()))
        text = first.do("preview", CAMPAIGN)
        for word in ("leaves exactly", "leaves with noise", "costs rho 243559/10000000",
                     "epsilon 1.0000"):
            self.assertIn(word, text)
        self.assertEqual(first.rows("SELECT count(*) FROM ledger"), [(0,)])

    def test_08_approval(self):
        asked = subprocess.run([first.program, "approve", CAMPAIGN, "--dir", first.dir],
                               input="yes\n", capture_output=True, text=True, check=True)
        self.assertIn("2 contributions approved", asked.stdout)
        self.assertIn("0 contributions approved", first.do("approve", CAMPAIGN, "--yes"))
        for node in fed.nodes[1:]:
            fed.fill(node, COUNTS)
            node.do("approve", CAMPAIGN, "--yes")
        self.assertTrue(all(p["approved"] for p in first.json("preview", CAMPAIGN)))

    def test_09_publishing(self):
        self.assertIn("2 contributions stored", first.do("publish", CAMPAIGN))
        self.assertIn("nothing to send", first.do("publish", CAMPAIGN, "--once"))
        background = fed.nodes[1]
        process = background.start("serve", "--every", 1)
        deadline = time.monotonic() + 30
        while any(r["state"] != STORED for r in background.released().values()):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        process.terminate()
        self.assertEqual(background.finish(process).status, 0)
        for node in fed.nodes[2:]:
            node.do("publish", CAMPAIGN, "--once")
        shown = fed.hub.json("campaign", "show", CAMPAIGN)
        self.assertEqual(shown["contributions"],
                         {"leader": 0, "teacher": SCHOOLS, "pupil": SCHOOLS})

    def test_10_the_log(self):
        said = first.json("log")
        self.assertEqual([e["event"] for e in said["events"]],
                         ["approved", "approved", "stored", "stored"])
        for contribution in said["contributions"]:
            held = fed.hub.rows("SELECT count(*) FROM contribution WHERE hash=?",
                                bytes.fromhex(contribution["hash"]))
            self.assertEqual(held, [(1,)])
            self.assertEqual(len(contribution["receipt"]), 128)
        self.assertEqual(len(first.do("log").splitlines()), 4)

    def test_11_taking_back(self):
        done = quitter.do("withdraw", CAMPAIGN, "--yes")
        self.assertIn("2 contributions withdrawn", done)
        self.assertEqual({r["state"] for r in quitter.released().values()}, {WITHDRAWN})
        self.assertEqual(quitter.rows("SELECT count(*) FROM ledger"), [(2,)],
                         "the budget stays spent")
        self.assertIn("withdrawn 2", fed.hub.do("campaign", "show", CAMPAIGN))
        self.assertEqual(fed.hub.json("campaign", "show", CAMPAIGN)["contributions"]["pupil"],
                         SCHOOLS - 1)
        quitter.do("publish", CAMPAIGN, "--once")
        quitter.do("approve", CAMPAIGN, "--yes")
        self.assertIn("withdrawn 2", fed.hub.do("campaign", "show", CAMPAIGN))

    # ---- the edition ----

    def test_12_closing(self):
        self.assertLine(fed.hub.run("table", CAMPAIGN), "no edition yet")
        self.assertLine(fed.hub.run("campaign", "freeze", CAMPAIGN), "close")
        done = fed.hub.do("campaign", "close", CAMPAIGN)
        self.assertIn("edition 1", done)
        self.assertEqual(fed.hub.do("campaign", "close", CAMPAIGN), done, "it opens once")
        self.assertLine(first.run("withdraw", CAMPAIGN, "--yes"), "closed")
        self.assertEqual({r["state"] for r in first.released().values()}, {STORED})

    def test_13_tables(self):
        for measure in ("participation", "area", "item"):
            for by in (None, "province", "level", "network", "province,level"):
                for form in ("text", "csv", "json"):
                    with self.subTest(measure=measure, by=by, form=form):
                        out = fed.hub.do("table", CAMPAIGN, "--measure", measure, "--format",
                                         form, *(["--by", by] if by else []))
                        self.assertGreater(len(out.splitlines()), 1)
                        if form == "json":
                            self.assertTrue(json.loads(out))
                        elif form == "csv":
                            widths = {len(row) for row in csv.reader(io.StringIO(out))}
                            self.assertEqual(len(widths), 1)
        self.assertIn("provincie", fed.hub.do("table", CAMPAIGN, "--by", "province",
                                              "--language", "nl").lower())
        fed.hub.do("campaign", "load", ANSWER)
        self.assertIn("2979", fed.hub.do("table", "answer-2021", "--format", "csv"))
        fed.hub.do("campaign", "load", TARGET)
        self.assertLine(fed.hub.run("campaign", "load", TARGET), "already")
        self.assertLine(fed.hub.run("campaign", "load", fed.write("x.yaml", "title: x\n")),
                        "an answer begins with id")
        target = json.loads(fed.hub.do("table", "target-example", "--json"))
        self.assertEqual((target["reached"], target["needed"]), (SCHOOLS - 1, 356))

    def test_14_export(self):
        out = fed.path("export")
        fed.hub.do("export", CAMPAIGN, "--out", out)
        for name in ("observations.csv", "observations.json", "observations.msgpack",
                     "metadata.json", "CHECKSUMS"):
            self.assertTrue(os.path.getsize(os.path.join(out, name)), name)
        subprocess.run(["b2sum", "-l", "256", "--quiet", "-c", "CHECKSUMS"], cwd=out,
                       check=True)
        with open(os.path.join(out, "observations.csv"), encoding="utf-8") as file:
            region = values(file.read())
        self.assertEqual(region["pupil", "questionnaires"], str((SCHOOLS - 1) * 30))
        self.assertEqual(region["teacher", "questionnaires"], str((SCHOOLS - 1) * 12))
        self.assertEqual(region["_T", "schools"], str(SCHOOLS - 1))
        self.assertEqual(region["_T", "registered"], str(SCHOOLS + 1))

    def test_15_audit(self):
        lines = fed.hub.do("audit", CAMPAIGN).splitlines()
        self.assertGreater(len(lines), 10)
        self.assertTrue(all(line.startswith("ok ") for line in lines), lines)

    # ---- the freeze ----

    def test_16_freezing(self):
        stored = fed.hub.rows("SELECT sealed FROM contribution WHERE sealed IS NOT NULL")
        self.assertGreaterEqual(len(stored), 2 * (SCHOOLS - 1))
        before = fed.hub.do("table", CAMPAIGN)
        key = os.path.join(fed.hub.dir, "campaigns", f"{CAMPAIGN}.key")
        self.assertTrue(os.path.exists(key))
        secret = bytes.fromhex(content_of(key).decode().splitlines()[1])
        fed.hub.do("campaign", "freeze", CAMPAIGN)
        fed.hub.do("campaign", "freeze", CAMPAIGN)
        self.assertFalse(os.path.exists(key))
        self.assertEqual(os.listdir(os.path.dirname(key)), [])
        for name in ("hub.db", "hub.db-wal", "hub.db-shm"):
            data = content_of(os.path.join(fed.hub.dir, name))
            self.assertNotIn(secret, data, name)
            for sealed_bytes, in stored:
                for part in (sealed_bytes[:24], sealed_bytes[len(sealed_bytes) // 2:][:24],
                             sealed_bytes[-24:]):
                    self.assertNotIn(part, data, name)
        self.assertEqual(fed.hub.do("table", CAMPAIGN), before)
        lines = fed.hub.do("audit", CAMPAIGN).splitlines()
        self.assertTrue(all(line.startswith("ok ") for line in lines), lines)

    def test_17_afterwards(self):
        """A frozen campaign takes nothing, and every receipt is still there."""
        self.assertIn("frozen", first.do("campaign", "list"))
        self.assertLine(first.run("approve", CAMPAIGN, "--yes"), "closed")
        self.assertLine(first.run("withdraw", CAMPAIGN, "--yes"), "frozen")
        self.assertTrue(all(c["receipt"] for c in first.json("log")["contributions"]))
        self.assertLine(fed.hub.run("campaign", "sign", CAMPAIGN), "already signed")
        self.assertEqual(fed.hub.stop(), 0)

    def test_18_a_moved_directory(self):
        os.rename(fed.hub.dir, fed.path("moved-hub"))
        os.rename(first.dir, fed.path("moved-node"))
        hub, node = Hub(fed.path("moved-hub")), Node(first.school, fed.path("moved-node"))
        self.assertTrue(all(line.startswith("ok ")
                            for line in hub.do("audit", CAMPAIGN).splitlines()))
        self.assertEqual(len(node.json("log")["contributions"]), 2)


if __name__ == "__main__":
    federation.main()
