#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything that people, disks, clocks and networks get wrong, with the real programs.

Each mistake is answered by one line that says what, where and what to do, exit status 1
(2 for a wrong command line), and costs nothing: the databases hold what they held.

    tests/e2e/wrong_input.py BIN [unittest's options]
"""

import contextlib
import os
import resource
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, STORED, WINDOW, Federation, Node, Place, day

YEAR_S = 366 * 86400
COUNTS = {"teacher": 12, "pupil": 30}


def setUpModule():
    """Schools S0 to S5; S0 is filled, S1 approved; a test works on copies of these."""
    global fed
    fed = Federation(federation.scratch())
    unittest.addModuleCleanup(fed.end)
    fed.begin()
    for node in fed.nodes[:2]:
        fed.fill(node, COUNTS)
    fed.nodes[1].do("approve", CAMPAIGN, "--yes")


class Wrong(federation.Case):
    def hub_state(self):
        return federation.content(os.path.join(fed.hub.dir, "hub.db"))

    def node_state(self, node):
        return federation.content(os.path.join(node.dir, "node.db"))

    @contextlib.contextmanager
    def nothing_changes(self, *nodes):
        before = [self.hub_state(), *map(self.node_state, nodes)]
        yield
        self.assertEqual([self.hub_state(), *map(self.node_state, nodes)], before,
                         "a database changed")

    def refused(self, node, *command, words=(), status=1, **how):
        """One line, these words, and nothing changed."""
        with self.nothing_changes(node):
            result = node.run(*command, **how)
        return self.assertLine(result, *words, status=status)


class Imports(Wrong):
    """Files that are wrong, offered to a node that holds questionnaires already."""

    def offer(self, text, *options, format="csv", words=()):
        node = fed.nodes[0]
        shown = node.json("campaign", "show", CAMPAIGN)
        path = fed.write("wrong.csv", text)
        line = self.refused(node, "import", CAMPAIGN, path, "--format", format, "--level", 1,
                            "--group", "leader", *options, words=("wrong.csv", *words))
        self.assertEqual(node.json("campaign", "show", CAMPAIGN), shown)
        return line

    def test_cut_off_inside_a_row(self):
        text = federation.sheet("leader", 6)
        self.offer(text[:len(text) - 20], words=["7"])

    def test_cut_off_inside_quotes(self):
        text = federation.sheet("leader", 6)
        self.offer(text[:-2] + '"3', words=["quote"])

    def test_another_separator_than_the_header(self):
        head, rows = federation.sheet("leader", 6).split("\n", 1)
        self.offer(head + "\n" + rows.replace(",", ";"), words=["2"])

    def test_unknown_separator(self):
        self.offer(federation.text_of(federation.answers("leader", 6), "^"))

    def test_six_on_five_points(self):
        table = federation.answers("leader", 6)
        table[4][2] = "6"
        line = self.offer(federation.text_of(table), words=["5", table[0][2]])
        self.assertNotIn("'6'", line, "a cell was printed")

    def test_one_person_twice(self):
        table = federation.answers("leader", 6)
        keys = ["id", "11", "12", "13", "12", "15", "16"]
        rows = [[key, "" if key == "id" else "1980-01-01 00:00:00", *row]
                for key, row in zip(keys, table)]
        rows[0][1] = "submitdate"
        line = self.offer(federation.text_of(rows), format="limesurvey", words=["3", "5"])
        self.assertNotIn("12", line, "a key was printed")

    def test_no_file(self):
        self.refused(fed.nodes[0], "import", CAMPAIGN, fed.path("none.csv"), "--format",
                     "csv", "--level", 1, "--group", "leader", words=["none.csv"])

    def test_the_same_file_twice(self):
        """Without a key nobody could tell: the second time is refused, also with --add."""
        path = fed.path("S0-pupil.csv")
        command = ("import", CAMPAIGN, path, "--format", "csv", "--level", 1, "--group",
                   "pupil")
        self.refused(fed.nodes[0], *command, words=["already", "--replace"])
        self.refused(fed.nodes[0], *command, "--add", words=["before"])

    def test_wrong_level(self):
        path = fed.write("right.csv", federation.sheet("leader", 6))
        command = ("import", CAMPAIGN, path, "--format", "csv", "--group", "leader")
        self.refused(fed.nodes[0], *command, "--level", 3, words=["level 3"])
        self.refused(fed.nodes[0], *command, "--level", 9, words=["--level"], status=2)

    def test_after_approval(self):
        path = fed.write("late.csv", federation.sheet("teacher", 3, seed=2))
        self.refused(fed.nodes[1], "import", CAMPAIGN, path, "--format", "csv", "--level", 1,
                     "--group", "teacher", "--add", words=["teacher", "approved"])


class Settings(Wrong):
    def test_unknown_campaign(self):
        path = fed.write("right.csv", federation.sheet("leader", 6))
        for command in (["campaign", "show"], ["report"], ["preview"], ["approve", "--yes"],
                        ["withdraw", "--yes"], ["publish", "--once"],
                        ["campaign", "set", "--window", WINDOW],
                        ["import", path, "--format", "csv"]):
            with self.subTest(command):
                at = 1 if command[0] == "import" else len(command)
                self.refused(fed.nodes[0], *command[:at], "nosuch", *command[at:],
                             words=["nosuch"])
        for command in (["campaign", "show"], ["campaign", "sign"], ["campaign", "close"],
                        ["campaign", "freeze"], ["table"], ["audit"],
                        ["export", "--out", fed.path("none")]):
            with self.subTest(command), self.nothing_changes():
                self.assertLine(fed.hub.run(*command, "nosuch"), "nosuch")

    def test_window_of_four_weeks(self):
        self.refused(fed.nodes[0], "campaign", "set", CAMPAIGN, "--window",
                     f"{day(-28)}..{day(-1)}", words=["28 days", "21"])

    def test_window_outside_the_period(self):
        self.refused(fed.nodes[0], "campaign", "set", CAMPAIGN, "--window",
                     f"{day(-80)}..{day(-70)}", words=["period"])

    def test_window_that_is_no_date(self):
        for text in ("soon", "2026-02-30..2026-03-10", f"{day(-14)}-{day(-1)}", ""):
            with self.subTest(text):
                self.refused(fed.nodes[0], "campaign", "set", CAMPAIGN, "--window", text,
                             words=["--window"], status=2)

    def test_nine_own_questions(self):
        path = fed.write("own.yaml", "questions:\n" + "".join(
            f"  - code: own{i}\n    groups: [pupil]\n"
            f"    pupil: {{text: Vraag {i}, help: Hulp}}\n" for i in range(9)))
        node = fed.nodes[2]
        node.do("campaign", "list")
        self.refused(node, "campaign", "set", CAMPAIGN, "--own", path, words=["own.yaml", "9"])

    def test_approval_before_the_window_ended(self):
        node = fed.nodes[0].copy(fed.path("early"))
        node.do("campaign", "set", CAMPAIGN, "--window", f"{day(-7)}..{day(0)}")
        for command in (["approve", CAMPAIGN, "--yes"], ["report", CAMPAIGN]):
            self.refused(node, *command, words=["refused", day(0)])

    def test_settings_after_approval(self):
        self.refused(fed.nodes[1], "campaign", "set", CAMPAIGN, "--window", WINDOW,
                     words=["approved"])

    def test_approval_without_a_yes(self):
        self.refused(fed.nodes[0], "approve", CAMPAIGN, words=["not confirmed"])


class Enrolment(Wrong):
    def setUp(self):
        self.school = f"E{len(self.id()) % 90}{self._testMethodName[-4:]}"
        fed.hub.do("school", "add", self.school, "--level", 1, "--province", "BE21",
                   "--network", "GO", "--pupil", 40)
        self.invite = fed.invite(self.school)

    def node(self, name=""):
        return Node(self.school, fed.path(f"{self.school}{name}"))

    def test_mistyped(self):
        with open(self.invite, encoding="utf-8") as file:
            lines = file.read().splitlines(True)
        token = next(i for i, line in enumerate(lines) if line.startswith("token"))
        other = lines[token][:-2] + ("0" if lines[token][-2] != "0" else "1") + "\n"
        wrong = {"checksum": lines[:token] + [other] + lines[token + 1:],
                 "line 3": lines[:2] + lines[3:],
                 "line 9": lines[:-1]}
        for word, text in wrong.items():
            with self.subTest(word), self.nothing_changes():
                path = fed.write("mistyped.txt", "".join(text))
                node = self.node("mistyped")
                self.assertLine(node.run("init", "--invite", path), "invite", word)
                self.assertFalse(os.path.exists(node.dir), "something was left behind")

    def test_expired(self):
        changed = federation.change(os.path.join(fed.hub.dir, "hub.db"),
                                    "UPDATE invite SET expires_s=1000000000 WHERE school=?",
                                    self.school)
        self.assertEqual(changed, 1)
        node = self.node()
        with self.nothing_changes():
            self.assertLine(node.run("init", "--invite", self.invite), "expired", "new one")
        # The new one is all that is needed.
        node.do("init", "--invite", fed.invite(self.school))
        node.do("campaign", "list")

    def test_expired_by_this_clock(self):
        node = self.node()
        with self.nothing_changes():
            self.assertLine(node.run("init", "--invite", self.invite, env=federation.preload(
                "clock_shift", SHIFT_S=YEAR_S)), "expired", "clock")
        node.do("init", "--invite", self.invite)

    def test_used_by_another_node(self):
        self.node().do("init", "--invite", self.invite)
        with self.nothing_changes(self.node()):
            self.assertLine(self.node("second").run("init", "--invite", self.invite),
                            "another node", "revoke")

    def test_twice_in_one_place(self):
        self.node().do("init", "--invite", self.invite)
        self.refused(self.node(), "init", "--invite", self.invite, words=["already"])

    def test_of_another_hub(self):
        """A hub that is not the one of the invite learns and gives nothing."""
        other = federation.Hub(fed.path(f"other-{self.school}"))
        self.addCleanup(other.kill)
        other.found()
        other.serve()
        node = self.node()
        node.do("init", "--invite", self.invite)
        self.refused(node, "publish", CAMPAIGN, "--once", "--hub",
                     f"tcp://127.0.0.1:{other.port}", words=["hub of the invite"])


class Peers(Wrong):
    """What goes wrong between a node and the hub."""

    def test_a_changed_manifest(self):
        database = os.path.join(fed.hub.dir, "hub.db")
        (manifest,), = fed.hub.rows("SELECT manifest FROM campaign WHERE id=?", CAMPAIGN)
        (right,), = fed.hub.rows("SELECT bytes FROM blob WHERE hash=?", manifest)
        node = fed.nodes[3].copy(fed.path("tampered"))
        for at in (0, len(right) // 2, len(right) - 1):
            wrong = bytearray(right)
            wrong[at] ^= 1
            federation.change(database, "UPDATE blob SET bytes=? WHERE hash=?", bytes(wrong),
                              manifest)
            self.assertLine(node.run("campaign", "list"), "hash")
            self.assertEqual(node.rows("SELECT count(*) FROM campaign WHERE checked=1"),
                             [(0,)])
        federation.change(database, "UPDATE blob SET bytes=? WHERE hash=?", right, manifest)
        self.assertIn(CAMPAIGN, node.do("campaign", "list"))

    def test_a_manifest_with_another_signature(self):
        database = os.path.join(fed.hub.dir, "hub.db")
        (right,), = fed.hub.rows("SELECT signature FROM campaign WHERE id=?", CAMPAIGN)
        wrong = bytes([right[0] ^ 1]) + right[1:]
        federation.change(database, "UPDATE campaign SET signature=?", wrong)
        node = fed.nodes[3].copy(fed.path("forged"))
        self.assertLine(node.run("campaign", "list"), "sign")
        self.assertEqual(node.rows("SELECT count(*) FROM campaign WHERE checked=1"), [(0,)])
        federation.change(database, "UPDATE campaign SET signature=?", right)
        self.assertIn(CAMPAIGN, node.do("campaign", "list"))

    def test_a_revoked_school(self):
        node = fed.nodes[4]
        fed.fill(node, COUNTS)
        node.do("approve", CAMPAIGN, "--yes")
        fed.hub.do("school", "revoke", node.school)
        self.refused(node, "publish", CAMPAIGN, "--once", words=["revoked", "operator"])

    def test_a_copied_directory(self):
        """Of two nodes with one identity the first to publish counts."""
        first = fed.nodes[5]
        fed.fill(first, COUNTS)
        filled = first.copy(fed.path("twin-filled"))
        first.do("approve", CAMPAIGN, "--yes")
        approved = filled.copy(fed.path("twin-approved"))
        approved.do("approve", CAMPAIGN, "--yes")
        first.do("publish", CAMPAIGN, "--once")
        self.refused(filled, "approve", CAMPAIGN, "--yes", words=["second node", "twice"])
        self.assertEqual(filled.rows("SELECT count(*) FROM ledger"), [(0,)])
        hub = self.hub_state()
        self.assertLine(approved.run("publish", CAMPAIGN, "--once"), "first one stands")
        self.assertEqual(self.hub_state(), hub)
        self.assertEqual({r["state"] for r in first.released().values()}, {STORED})

    def test_no_hub(self):
        node = fed.nodes[1].copy(fed.path("lonely"))
        nobody = f"tcp://127.0.0.1:{federation.free_port()}"
        self.refused(node, "publish", CAMPAIGN, "--once", "--hub", nobody,
                     words=[nobody, "check address"])
        node = fed.nodes[0].copy(fed.path("lonely-filled"))
        with open(os.path.join(node.dir, "node.yaml"), "w", encoding="utf-8") as file:
            file.write(f"hub: {nobody}\n")
        self.refused(node, "approve", CAMPAIGN, "--yes", words=["hub must be asked", nobody])
        self.assertIn("pupil", node.do("campaign", "show", CAMPAIGN))

    def test_a_clock_a_year_off(self):
        for shift in (YEAR_S, -YEAR_S):
            with self.subTest(shift):
                node = fed.nodes[1].copy(fed.path("clock"))
                env = federation.preload("clock_shift", SHIFT_S=shift)
                self.refused(node, "publish", CAMPAIGN, "--once", words=["clock"], env=env)
                node = fed.nodes[0].copy(fed.path("clock"))
                self.refused(node, "approve", CAMPAIGN, "--yes", words=["clock"], env=env)


class Disks(Wrong):
    """A disk that is full, at every write of a command; then there is room again."""

    def fill_disk(self, place, database, *command, from_step=1):
        """Runs the command with a disk that fills at each of its writes; what failed left
        the database as it was. Returns when the command no longer noticed."""
        before = federation.content(database)
        for step in range(from_step, 400):
            result = place.run(*command, env=federation.preload("file_fault", FULL_AT=step))
            if result.status == 0:
                self.assertGreater(step, 2, "never full: is the library loaded?")
                return
            self.assertLine(result, "disk is full", "make room")
            self.assertEqual(federation.content(database), before, f"step {step}")
        self.fail("the command never ended")

    def test_full_at_import(self):
        node = fed.nodes[0].copy(fed.path("full-import"))
        path = fed.write("leaders.csv", federation.sheet("leader", 40))
        self.fill_disk(node, os.path.join(node.dir, "node.db"), "import", CAMPAIGN, path,
                       "--format", "csv", "--level", 1, "--group", "leader")

    def test_full_at_approval(self):
        node = fed.nodes[0].copy(fed.path("full-approve"))
        self.fill_disk(node, os.path.join(node.dir, "node.db"), "approve", CAMPAIGN, "--yes")

    def test_file_size_limit(self):
        """The kernel's own way to say it: a signal that must not end the program."""
        limit = 8192

        def small():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        node = fed.nodes[0].copy(fed.path("limit"))
        path = fed.write("leaders.csv", federation.sheet("leader", 40))
        self.refused(node, "import", CAMPAIGN, path, "--format", "csv", "--level", 1,
                     "--group", "leader", words=["disk is full"], limit=small)
        self.refused(node, "approve", CAMPAIGN, "--yes", words=["disk is full"], limit=small)

    def test_full_at_the_hub(self):
        """No receipt without room; with room again the same contribution arrives."""
        node = fed.nodes[1].copy(fed.path("full-hub"))
        fed.hub.stop()
        self.addCleanup(fed.hub.serve)
        self.addCleanup(fed.hub.stop)
        count = "SELECT count(*) FROM contribution WHERE hash=?"
        step = 0
        while True:
            step += 1
            self.assertLess(step, 100)
            started = fed.hub.serve(env=federation.preload("file_fault", FULL_AT=step))
            if not started:
                continue
            result = node.run("publish", CAMPAIGN, "--once")
            if result.status == 0:
                break
            self.assertLine(result)
            for released in node.released().values():
                self.assertEqual(fed.hub.rows(count, released["hash"]),
                                 [(released["state"] == STORED,)])
            fed.hub.kill()
        self.assertGreater(step, 2, "never full: is the library loaded?")
        for released in node.released().values():
            self.assertEqual(released["state"], STORED)
            self.assertEqual(fed.hub.rows(count, released["hash"]), [(1,)])


class Directories(Wrong):
    def test_not_a_directory_of_ours(self):
        empty = fed.path("empty")
        os.makedirs(empty, exist_ok=True)
        afile = fed.write("afile", "x")
        for path in (empty, afile, fed.path("missing")):
            with self.subTest(path):
                self.assertLine(Node("-", path).run("log"), path)
                self.assertLine(Place("drempel-hub", path).run("school", "list"), path)
                self.assertLine(Place("drempel-hub", path).run("serve"), path)

    def test_of_the_other_program(self):
        mixed = fed.nodes[0].copy(fed.path("mixed"))
        shutil.copy(os.path.join(fed.hub.dir, "hub.db"), os.path.join(mixed.dir, "node.db"))
        for name in ("node.db-wal", "node.db-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(os.path.join(mixed.dir, name))
        self.assertLine(mixed.run("log"), "node.db", "another program", "--dir")

    def test_damaged(self):
        for name, words in (("node.db", ["node.db"]), ("node.key", ["node.key"]),
                            ("node.yaml", ["node.yaml"])):
            with self.subTest(name):
                node = fed.nodes[0].copy(fed.path("damaged"))
                path = os.path.join(node.dir, name)
                with open(path, "r+b") as file:
                    file.write(b"\xff" * min(4096, os.path.getsize(path)))
                self.assertLine(node.run("log"), *words)

    def test_served_twice(self):
        with self.nothing_changes():
            self.assertLine(fed.hub.run("serve"), fed.hub.dir, "stop it first")


class CommandLine(Wrong):
    def test_usage(self):
        node, hub = fed.nodes[0], fed.hub
        for place, command, word in (
                (node, ["nonsense"], "nonsense"), (hub, ["nonsense"], "nonsense"),
                (node, ["report"], "report takes"), (node, ["log", "--wrong"], "--wrong"),
                (node, ["log", "one"], "log takes"), (hub, ["table"], "table takes"),
                (node, ["init"], "--invite"), (hub, ["init"], "--name"),
                (node, ["import", CAMPAIGN, "x.csv"], "--format"),
                (node, ["import", CAMPAIGN, "x.csv", "--format", "xls"], "--format"),
                (node, ["campaign", "set", CAMPAIGN, "--eligible", "5"], "--group"),
                (node, ["campaign", "set", CAMPAIGN, "--group", "pupil", "--eligible", "-1"],
                 "number"),
                (hub, ["invite", "S0", "--days", "0"], "--days")):
            with self.subTest(command), self.nothing_changes(node):
                self.assertLine(place.run(*command), word, "--help", status=2)

    def test_options_in_any_order(self):
        node, hub = fed.nodes[0], fed.hub
        expected = node.do("preview", CAMPAIGN, "--json")
        for command in (["preview", "--json", "--dir", node.dir, CAMPAIGN],
                        ["preview", "--dir", node.dir, CAMPAIGN, "--json"],
                        ["preview", CAMPAIGN, "--json", "--dir", node.dir],
                        ["preview", "--json", "--dir", node.dir, "--", CAMPAIGN]):
            result = node.run(*command, bare=True)
            self.assertEqual((result.status, result.out), (0, expected), str(result))
        shown = hub.do("campaign", "show", CAMPAIGN)
        result = hub.run("campaign", "show", "--dir", hub.dir, CAMPAIGN, bare=True)
        self.assertEqual((result.status, result.out), (0, shown))


if __name__ == "__main__":
    federation.main()
