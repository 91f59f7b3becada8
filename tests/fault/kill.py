#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real processes that are killed, at random and just before every single write.

Whenever it happens and however often: a contribution is stored once, its noise is drawn
once, its budget is charged once, and a receipt that a node has seen stays true.

    tests/fault/kill.py BIN [unittest's options]      DREMPEL_TEST_SEED chooses the moments
"""

import os
import random
import shutil
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, STORED, Federation, Place

SEED = int(os.environ.get("DREMPEL_TEST_SEED", "1"))
COUNTS = {"teacher": 12, "pupil": 30}   # both above the threshold of a unit
SCHOOLS = 6
ROUNDS = 8              # federations that go through the hub's random deaths
RANDOM_KILLS = 12
LONGEST_DELAY_S = 0.25  # longer than any of these commands takes
STEPS_MAX = 400         # no command here writes more often


def setUpModule():
    """One federation, filled and approved; every test works on copies of it."""
    global fed, filled, approved
    fed = Federation(federation.scratch(), SCHOOLS)
    unittest.addModuleCleanup(fed.end)
    fed.begin()
    for node in fed.nodes:
        fed.fill(node, COUNTS)
    filled = {node.school: node.copy(fed.path(f"filled-{node.school}"))
              for node in fed.nodes}
    for node in fed.nodes:
        node.do("approve", CAMPAIGN, "--yes")
    approved = {node.school: node.copy(fed.path(f"approved-{node.school}"))
                for node in fed.nodes}
    fed.hub.stop()
    shutil.copytree(fed.hub.dir, fed.path("hub-open"))


def reset_hub():
    """The hub as it was before anything was published."""
    fed.hub.kill()
    shutil.rmtree(fed.hub.dir)
    shutil.copytree(fed.path("hub-open"), fed.hub.dir)


class Kill(federation.Case):
    def setUp(self):
        self.draw = random.Random(f"{SEED} {self.id()}")
        reset_hub()

    def wait(self):
        """Mostly for a moment: commands are quick, and slower under sanitizers."""
        time.sleep(LONGEST_DELAY_S * self.draw.random() ** 3)

    # ---- what must hold ----

    def stored_at_hub(self):
        """(unit, group number) to (hash, receipt)."""
        return {(unit, group): (hash_, receipt) for unit, group, hash_, receipt in
                fed.hub.rows("SELECT unit, grp, hash, receipt FROM contribution")}

    def check_receipts_hold(self, nodes):
        """Whatever a node has a receipt for, the hub holds, bit for bit."""
        held = self.stored_at_hub()
        for node in nodes:
            for (_, group), mine in node.released().items():
                if mine["state"] == STORED:
                    place = mine["unit"], federation.GROUPS.index(group)
                    self.assertIn(place, held, f"{node.school} {group}: lost by the hub")
                    self.assertEqual(held[place], (mine["hash"], mine["receipt"]))

    def check_settled(self, nodes):
        """Everything stored once, everywhere the same."""
        self.assertEqual(len(self.stored_at_hub()), len(nodes) * len(COUNTS))
        self.check_receipts_hold(nodes)
        for node in nodes:
            self.assertEqual([r["state"] for r in node.released().values()],
                             [STORED] * len(COUNTS), node.school)
            self.check_books(node, ["approved", "stored"])
            said = node.json("log")  # also verifies the chain
            self.assertTrue(all(c["receipt"] for c in said["contributions"]))

    def check_books(self, node, events):
        """One ledger row per group with values, and each event once per contribution."""
        charged = sorted(group for group, in node.rows("SELECT grp FROM ledger"))
        self.assertEqual(charged, [1, 2], node.school)
        noted = sorted(event for event, in node.rows("SELECT event FROM log"))
        self.assertEqual(noted, sorted(events * len(COUNTS)), node.school)

    def check_edition(self):
        fed.hub.do("campaign", "close", CAMPAIGN)
        audit = fed.hub.run("audit", CAMPAIGN)
        self.assertEqual(audit.status, 0, str(audit))
        out = fed.path("export")
        shutil.rmtree(out, ignore_errors=True)
        fed.hub.do("export", CAMPAIGN, "--out", out, "--format", "csv")
        counted = {row["group"]: row["value"]
                   for row in federation.read_observations(f"{out}/observations.csv")
                   if row["measure"] == "questionnaires" and row["family"] == "region"}
        for group, n in COUNTS.items():
            self.assertEqual(counted[group], str(SCHOOLS * n))

    # ---- the hub dies ----

    def copies(self):
        return [approved[node.school].copy(node.dir) for node in fed.nodes]

    def test_hub_at_random(self):
        """By the clock or at a write, while all nodes publish at once."""
        for _ in range(ROUNDS):
            reset_hub()
            nodes = self.copies()
            tries = 0
            while any(r["state"] != STORED for n in nodes for r in n.released().values()):
                tries += 1
                self.assertLess(tries, 100)
                step = self.draw.choice((0, self.draw.randint(10, 60)))
                self.publish_at_once(nodes, step)
                self.check_receipts_hold(nodes)
            self.check_settled(nodes)
        self.check_edition()

    def publish_at_once(self, nodes, step):
        """To a hub that dies before its step-th write, or, for 0, at some moment."""
        if not fed.hub.serve(env=federation.preload("file_fault", KILL_AT=step)):
            return
        running = [(node, node.start("publish", CAMPAIGN, "--once")) for node in nodes]
        if step == 0:
            self.wait()
            fed.hub.kill()
        for node, process in running:
            result = node.finish(process)
            if result.status != 0:
                self.assertLine(result)
        fed.hub.kill()

    def test_hub_before_every_write(self):
        """From the first write after start to the one after which nothing is missing."""
        step, survived = 0, False
        while not survived:
            step += 1
            self.assertLess(step, STEPS_MAX)
            reset_hub()
            node = approved["S0"].copy(fed.nodes[0].dir)
            started = fed.hub.serve(env=federation.preload("file_fault", KILL_AT=step))
            if started:
                result = node.run("publish", CAMPAIGN, "--once")
                survived = result.status == 0 and fed.hub.process.poll() is None
            fed.hub.kill()
            self.check_receipts_hold([node])
            self.assertTrue(fed.hub.serve())
            node.do("publish", CAMPAIGN, "--once")
            fed.hub.kill()
            self.check_settled([node])
        self.assertGreater(step, 3, "the hub was never killed: is the library loaded?")

    # ---- a node dies ----

    def die_at(self, node, step, *arguments):
        """Runs the command until its step-th write; True when it ended before that."""
        result = node.run(*arguments, env=federation.preload("file_fault", KILL_AT=step))
        if result.status == -9:
            return False
        self.assertEqual(result.status, 0, str(result))
        self.assertGreater(step, 3, "never killed: is the library loaded?")
        return True

    def die_at_random(self, node, *arguments):
        process = node.start(*arguments)
        self.wait()
        process.kill()
        node.finish(process)

    def approve_again(self, node):
        """After a death: what was drawn stays, what was not is drawn now, once."""
        before = {place: r["bytes"] for place, r in node.released().items()}
        self.assertIn(len(before), (0, len(COUNTS)), "half an approval was stored")
        node.do("approve", CAMPAIGN, "--yes")
        after = {place: r["bytes"] for place, r in node.released().items()}
        self.assertEqual(len(after), len(COUNTS))
        for place in before:
            self.assertEqual(before[place], after[place], "noise was drawn twice")
        self.check_books(node, ["approved"])

    def test_node_approving(self):
        fed.hub.serve()
        step, done = 0, False
        while not done:
            step += 1
            node = filled["S1"].copy(fed.nodes[1].dir)
            done = self.die_at(node, step, "approve", CAMPAIGN, "--yes")
            self.approve_again(node)
        for _ in range(RANDOM_KILLS):
            node = filled["S2"].copy(fed.nodes[2].dir)
            self.die_at_random(node, "approve", CAMPAIGN, "--yes")
            self.approve_again(node)

    def test_node_publishing(self):
        fed.hub.serve()
        step, done = 0, False
        while not done:
            step += 1
            node = approved["S1"].copy(fed.nodes[1].dir)
            done = self.die_at(node, step, "publish", CAMPAIGN, "--once")
            self.check_receipts_hold([node])
            node.do("publish", CAMPAIGN, "--once")
            self.check_settled([node])
        node = approved["S1"].copy(fed.nodes[1].dir)
        for _ in range(RANDOM_KILLS):
            self.die_at_random(node, "publish", CAMPAIGN, "--once")
            self.check_receipts_hold([node])
        node.do("publish", CAMPAIGN, "--once")
        self.check_settled([node])

    def test_node_importing(self):
        fed.hub.serve()
        path = fed.write("leaders.csv", federation.sheet("leader", 6))
        command = ("import", CAMPAIGN, path, "--format", "csv", "--level", "1", "--group",
                   "leader")
        count = "SELECT count(*) FROM sheet WHERE grp=0"
        step, done = 0, False
        while not done:
            step += 1
            node = filled["S3"].copy(fed.nodes[3].dir)
            done = self.die_at(node, step, *command)
            if node.rows(count) == [(0,)]:
                node.do(*command)
            else:
                self.assertLine(node.run(*command), "already")
            self.assertEqual(node.rows(count), [(6,)])

    def test_node_enrolling(self):
        """An init that was cut short is finished by running it, or the next command, again."""
        fed.hub.do("school", "add", "NEW", "--level", "1", "--province", "BE21",
                   "--network", "GO", "--pupil", "40")
        fed.hub.serve()
        step, done = 0, False
        while not done:
            step += 1
            path = fed.invite("NEW")
            node = federation.Node("NEW", fed.path(f"new-{step}"))
            done = self.die_at(node, step, "init", "--invite", path)
            if not done:
                node.run("init", "--invite", path)
            node.do("campaign", "list")
            self.assertEqual(node.rows("SELECT count(*) FROM setting WHERE key='token'"),
                             [(0,)])

    # ---- a backup ----

    def test_old_backup(self):
        """Restored after the publication: nothing is drawn again, nothing is harmed."""
        fed.hub.serve()
        approved["S4"].copy(fed.nodes[4].dir).do("publish", CAMPAIGN, "--once")
        before = self.stored_at_hub()
        node = filled["S4"].copy(fed.nodes[4].dir)
        for _ in range(2):
            self.assertLine(node.run("approve", CAMPAIGN, "--yes"), "backup", "twice")
            self.assertEqual(node.rows("SELECT * FROM ledger"), [])
            self.assertEqual(node.released(), {})
            node.do("publish", CAMPAIGN, "--once")
        self.assertEqual(self.stored_at_hub(), before)

    # ---- the hub's own commands die ----

    def published(self):
        fed.hub.serve()
        for node in self.copies():
            node.do("publish", CAMPAIGN, "--once")
        fed.hub.stop()
        shutil.rmtree(fed.path("hub-full"), ignore_errors=True)
        shutil.copytree(fed.hub.dir, fed.path("hub-full"))

    def test_closing_and_freezing(self):
        self.published()
        hub = Place("drempel-hub", fed.path("hub-dying"))
        sealed = "SELECT count(*) FROM contribution WHERE sealed IS NOT NULL"
        database = os.path.join(hub.dir, "hub.db")
        step, closed, frozen = 0, False, False
        while not frozen:
            step += 1
            shutil.rmtree(hub.dir, ignore_errors=True)
            shutil.copytree(fed.path("hub-full"), hub.dir)
            if not closed:
                closed = self.die_at(hub, step, "campaign", "close", CAMPAIGN)
                step = 0 if closed else step
            else:
                hub.do("campaign", "close", CAMPAIGN)
                edition = federation.rows(database, "SELECT number, hash FROM edition")
                frozen = self.die_at(hub, step, "campaign", "freeze", CAMPAIGN)
                hub.do("campaign", "freeze", CAMPAIGN)
                self.assertEqual(federation.rows(database, sealed), [(0,)])
                self.assertEqual(os.listdir(f"{hub.dir}/campaigns"), [])
                self.assertEqual(
                    federation.rows(database, "SELECT number, hash FROM edition"), edition)
            hub.do("campaign", "close", CAMPAIGN)
            self.assertEqual(federation.rows(database, "SELECT count(*) FROM edition"),
                             [(1,)])


if __name__ == "__main__":
    federation.main()
