#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sealed track when hub or notary is killed, just before every single write.

At every step of a campaign: signing, verifying, closing, freezing; and by random deaths of
both while all schools publish. Whenever it happens and however often: done again it ends;
budget is charged once and noise drawn once at each side; a report is counted once or, by
its own fault, never; and what is published is, byte for byte, what it would have been.

    tests/fault/kill_sealed.py BIN [unittest's options]
                                                      DREMPEL_TEST_SEED chooses the moments
"""

import os
import random
import shutil
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, Federation

SEED = int(os.environ.get("DREMPEL_TEST_SEED", "1"))
COUNTS = {"leader": 6, "teacher": 12, "pupil": 30}
SCHOOLS = 6
REPORTS = SCHOOLS * len(COUNTS)
ROUNDS = 4              # federations that go through random deaths
LONGEST_DELAY_S = 0.5   # longer than these schools' reports take
STEPS_MAX = 600         # no command here writes more often
FIRST_STEPS = 5         # of the writes of a command the first ones, and then every ...
STRIDE = int(os.environ.get("DREMPEL_TEST_STRIDE", "8"))  # ... from where SEED begins


def setUpModule():
    """One federation, kept at each of its stages; every test works on copies."""
    global fed, approved
    fed = Federation(federation.scratch(), SCHOOLS, track="sealed")
    unittest.addModuleCleanup(fed.end)
    fed.serve()
    fed.enrol()
    fed.draft()
    keep("drafted")
    fed.serve()
    fed.hub.do("campaign", "sign", CAMPAIGN)
    for node in fed.nodes:
        fed.fill(node, COUNTS)
        node.do("approve", CAMPAIGN, "--yes")
    approved = {node.school: node.copy(fed.path(f"approved-{node.school}"))
                for node in fed.nodes}
    keep("signed")
    fed.serve()
    publish_all()
    fed.wait_verified(REPORTS)
    keep("verified")


def publish_all():
    for node in fed.nodes:
        node.do("publish", CAMPAIGN, "--once")


def keep(stage):
    for side in reversed(fed.sides):
        side.stop()
        side.keep(fed.path(f"{stage}-{side.role}"))


def put_back(stage):
    for side in fed.sides:
        side.put_back(fed.path(f"{stage}-{side.role}"))


def next_step(step):
    """After the last of the first steps come those that SEED leaves in this stride."""
    if step < FIRST_STEPS:
        return step + 1
    return step + (1 + SEED % STRIDE if step == FIRST_STEPS else STRIDE)


class Kill(federation.Case):
    def setUp(self):
        self.draw = random.Random(f"{SEED} {self.id()}")

    # ---- what must hold ----

    def check_books(self):
        """Both sides charged the same, and each drew noise for every release once."""
        charges = "SELECT grp, delta2, sigma2, rho_num, rho_den FROM ledger ORDER BY seq"
        releases = "SELECT count(*), count(DISTINCT release) FROM noise"
        self.assertEqual(fed.hub.rows(charges), fed.notary.rows(charges))
        self.assertEqual(len(fed.hub.rows(charges)), fed.hub.rows(releases)[0][0])
        self.assertEqual(fed.hub.rows(releases), fed.notary.rows(releases))
        manifest = "SELECT manifest, signature, cosignature FROM campaign"
        self.assertEqual(fed.hub.rows(manifest), fed.notary.rows(manifest))

    def check_counted(self, n):
        """n reports, the same at both sides, counted once."""
        counted = "SELECT unit, grp, hash, state FROM contribution ORDER BY unit, grp"
        self.assertEqual(fed.hub.rows(counted), fed.notary.rows(counted))
        self.assertEqual([row[3] for row in fed.hub.rows(counted)], [1] * n)

    def published(self):
        """The edition's rows, and that its evidence holds."""
        audit = fed.hub.run("audit", CAMPAIGN)
        self.assertEqual(audit.status, 0, str(audit))
        out = fed.path("export")
        shutil.rmtree(out, ignore_errors=True)
        fed.hub.do("export", CAMPAIGN, "--out", out, "--format", "csv")
        rows = federation.read_observations(f"{out}/observations.csv")
        counted = {row["group"]: row["value"] for row in rows
                   if row["measure"] == "questionnaires" and row["family"] == "region"}
        self.assertEqual(counted, {g: str(SCHOOLS * n) for g, n in COUNTS.items()})
        return rows

    def finish(self, expected=None):
        """From whatever is left to a frozen campaign; the rows are returned."""
        for side in fed.sides:
            side.kill()
        fed.serve()
        fed.hub.do("campaign", "close", CAMPAIGN)
        rows = self.published()
        if expected:
            self.assertEqual(rows, expected)
        fed.hub.do("campaign", "freeze", CAMPAIGN)
        self.check_erased()
        self.assertEqual(self.published(), rows)
        return rows

    def check_erased(self):
        for side in fed.sides:
            self.assertEqual(side.rows("SELECT count(*) FROM contribution WHERE"
                                       " sealed IS NOT NULL AND length(sealed) > 0"), [(0,)])
            self.assertEqual(side.rows("SELECT count(*) FROM noise"), [(0,)])
            self.assertEqual(side.rows("SELECT count(*) FROM opening WHERE NOT lasting"),
                             [(0,)])
            self.assertEqual(os.listdir(f"{side.dir}/campaigns"), [])

    # ---- a side dies at every write of one command of the hub ----

    def die_at_every_write(self, stage, dying, command, check):
        """The command again and again from that stage, hub's command or notary's daemon
        killed before its n-th write; then the command once more, and check()."""
        step, survived, deaths = 0, False, 0
        while not survived:
            step = next_step(step)
            self.assertLess(step, STEPS_MAX)
            put_back(stage)
            shim = federation.preload("file_fault", KILL_AT=step)
            started = fed.notary.serve(env=shim if dying == "notary" else None)
            result = started and fed.hub.run(*command,
                                             env=shim if dying == "hub" else None)
            dead = fed.notary.process.poll() is not None
            if dying == "hub":
                survived = result.status != -9
            else:
                survived = started and not dead
            if result and result.status not in (0, -9):
                self.assertLine(result)
                self.assertTrue(dead, str(result))
            deaths += not survived
            fed.notary.kill()
            self.assertTrue(fed.notary.serve())
            again = fed.hub.run(*command)
            if again.status != 0:  # done but for its last words
                self.assertLine(again, "already")
            check()
        self.assertGreater(deaths, 3, "never killed: is the library loaded?")

    def test_hub_signing(self):
        self.die_at_every_write("drafted", "hub", ("campaign", "sign", CAMPAIGN),
                                self.check_books)

    def test_notary_signing(self):
        self.die_at_every_write("drafted", "notary", ("campaign", "sign", CAMPAIGN),
                                self.check_books)

    def closed(self):
        """What closing without any death publishes."""
        put_back("verified")
        fed.notary.serve()
        fed.hub.do("campaign", "close", CAMPAIGN)
        return self.published()

    def check_closed(self, rows):
        def check():
            self.assertEqual(fed.hub.rows("SELECT count(*) FROM edition"), [(1,)])
            self.assertEqual(self.published(), rows)
        return check

    def test_hub_closing(self):
        self.die_at_every_write("verified", "hub", ("campaign", "close", CAMPAIGN),
                                self.check_closed(self.closed()))

    def test_notary_closing(self):
        self.die_at_every_write("verified", "notary", ("campaign", "close", CAMPAIGN),
                                self.check_closed(self.closed()))

    def check_frozen(self, rows):
        def check():
            self.check_erased()
            self.assertEqual(self.published(), rows)
        return check

    def freeze_at_every_write(self, dying):
        rows = self.closed()
        for side in reversed(fed.sides):
            side.kill()
            side.keep(fed.path(f"closed-{side.role}"))
        self.die_at_every_write("closed", dying, ("campaign", "freeze", CAMPAIGN),
                                self.check_frozen(rows))

    def test_hub_freezing(self):
        self.freeze_at_every_write("hub")

    def test_notary_freezing(self):
        self.freeze_at_every_write("notary")

    # ---- a daemon dies while reports are verified ----

    def verify_at_every_write(self, dying):
        """One school's reports; the daemon is killed before its n-th write."""
        step, survived, deaths = 0, False, 0
        while not survived:
            step = next_step(step)
            self.assertLess(step, STEPS_MAX)
            put_back("signed")
            node = approved["S0"].copy(fed.nodes[0].dir)
            shim = federation.preload("file_fault", KILL_AT=step)
            started = [side.serve(env=shim if side.role == dying else None)
                       for side in reversed(fed.sides)]
            if all(started):
                result = node.run("publish", CAMPAIGN, "--once")
                if result.status != 0:
                    self.assertLine(result)
                survived = self.wait_for_death(dying, len(COUNTS))
            deaths += not survived
            for side in fed.sides:
                side.kill()
            fed.serve()
            node.do("publish", CAMPAIGN, "--once")
            fed.wait_verified(len(COUNTS))
            self.check_counted(len(COUNTS))
            self.check_confirmed(node)
        self.assertGreater(deaths, 3, "never killed: is the library loaded?")

    def wait_for_death(self, dying, reports):
        """True when everything was verified before the daemon died."""
        side = fed.hub if dying == "hub" else fed.notary
        deadline = time.monotonic() + federation.VERIFIED_WITHIN_S
        while time.monotonic() < deadline:
            if side.process.poll() is not None:
                return False
            if fed.hub.rows("SELECT count(*) FROM contribution WHERE state=1") == [(reports,)]:
                return True
            time.sleep(0.02)
        raise AssertionError(f"neither dead nor done; see {fed.hub.log}")

    def check_confirmed(self, node):
        """The second visit brings the notary's receipts."""
        node.do("publish", CAMPAIGN, "--once")
        said = node.json("log")
        self.assertEqual({c["state"] for c in said["contributions"]}, {"confirmed"})

    def test_hub_verifying(self):
        self.verify_at_every_write("hub")

    def test_notary_verifying(self):
        self.verify_at_every_write("notary")

    def test_both_at_random(self):
        """All schools publish at once to daemons that die and come back, and again."""
        for _ in range(ROUNDS):
            put_back("signed")
            nodes = [approved[node.school].copy(node.dir) for node in fed.nodes]
            tries = 0
            while fed.hub.rows("SELECT count(*) FROM contribution WHERE state=1") \
                    != [(REPORTS,)]:
                tries += 1
                self.assertLess(tries, 200)
                self.publish_and_kill(nodes)
            self.check_counted(REPORTS)
            fed.serve()
            for node in nodes:
                self.check_confirmed(node)
            self.finish()

    def publish_and_kill(self, nodes):
        for side in reversed(fed.sides):
            step = self.draw.choice((0, self.draw.randint(5, 120)))
            side.serve(env=federation.preload("file_fault", KILL_AT=step))
        running = [(node, node.start("publish", CAMPAIGN, "--once")) for node in nodes]
        time.sleep(LONGEST_DELAY_S * self.draw.random())
        self.draw.choice(fed.sides).kill()
        for node, process in running:
            result = node.finish(process)
            if result.status != 0:
                self.assertLine(result)
        time.sleep(LONGEST_DELAY_S * self.draw.random())
        for side in fed.sides:
            side.kill()

    # ---- a notary that is away ----

    def test_notary_away(self):
        """Schools' reports are stored; closing waits; nothing is lost."""
        put_back("signed")
        nodes = [approved[node.school].copy(node.dir) for node in fed.nodes]
        fed.hub.serve()
        for node in nodes:
            node.do("publish", CAMPAIGN, "--once")
            states = {c["state"] for c in node.json("log")["contributions"]}
            self.assertEqual(states, {"stored"})
        refused = fed.hub.run("campaign", "close", CAMPAIGN)
        self.assertLine(refused, "notary")
        self.assertEqual(fed.hub.json("campaign", "show", CAMPAIGN)["verified"], 0)
        fed.notary.serve()
        fed.wait_verified(REPORTS)
        for node in nodes:
            self.check_confirmed(node)
        self.finish()


if __name__ == "__main__":
    federation.main()
