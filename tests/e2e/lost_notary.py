#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A notary is lost with its keys while reports wait for it: the hub pairs a successor and
replaces the campaign, schools learn the new notary from a new invite and approve again
without importing again, and what only the hub had stored is told not to be counted.

    tests/e2e/lost_notary.py BIN [unittest's options]
"""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, Federation, Hub

SUCCESSOR = "test-2"
COUNTS = {"teacher": 12, "pupil": 30}


class LostNotary(federation.Case):
    def setUp(self):
        self.fed = Federation(federation.scratch(), 12, track="sealed").begin()
        self.addCleanup(self.fed.end)
        self.school, self.idle = self.fed.nodes[:2]

    def contributions(self, node):
        return json.loads(node.do("log", "--json"))["contributions"]

    def pair_successor(self):
        """A notary with other keys, in another directory; the first is never heard again."""
        fed = self.fed
        fed.notary = Hub(fed.path("notary-2"), "notary")
        fed.notary.found()
        fed.notary.do("school", "import", fed.path("registry.csv"))
        fed.notary.do("pair", fed.path("hub.card"))
        fed.hub.do("pair", fed.write("notary-2.card", fed.notary.do("card")))
        fed.notary.serve()
        fed.sides = (fed.hub, fed.notary)

    def replace(self):
        with open(self.fed.path(f"{CAMPAIGN}.yaml"), encoding="utf-8") as file:
            draft = file.read().replace(f"campaign: {CAMPAIGN}", f"campaign: {SUCCESSOR}")
        path = self.fed.write("successor.yaml", draft + f"replaces: {CAMPAIGN}\n")
        self.fed.hub.do("campaign", "new", path)
        self.fed.hub.do("campaign", "sign", SUCCESSOR)

    def test_what_a_school_does(self):
        fed, school = self.fed, self.school
        fed.notary.kill()
        fed.fill(school, COUNTS)
        self.assertIn("questionnaires 12", school.do("preview", CAMPAIGN))
        school.do("approve", CAMPAIGN, "--yes")
        done = school.do("publish", CAMPAIGN, "--once")
        self.assertIn("2 contributions stored at the hub", done)
        self.assertIn("2 contributions are not confirmed by the notary yet", done)

        fed.hub.stop()
        self.pair_successor()
        self.replace()
        fed.hub.serve()
        self.assertIn("carried-over", school.run("campaign", "list").err)
        refused = school.run("publish", CAMPAIGN, "--once")
        self.assertLine(refused, "NOT COUNTED")
        self.assertIn("level 1, teacher: NOT COUNTED: the notary never confirmed it",
                      refused.out)
        self.assertIn("NOT COUNTED", school.do("log"))
        self.assertIn("NOT COUNTED", school.do("campaign", "show", CAMPAIGN))

        self.assertLine(school.run("preview", SUCCESSOR), "new invite")
        school.do("init", "--invite", fed.invite(school.school))
        self.assertLine(school.run("init", "--invite", fed.invite(school.school)),
                        "already holds")
        self.assertIn("questionnaires 12", school.do("preview", SUCCESSOR))
        school.do("approve", SUCCESSOR, "--yes")
        school.do("publish", SUCCESSOR, "--once")
        fed.wait_verified(2, SUCCESSOR)
        self.assertIn("2 contributions confirmed by the notary",
                      school.do("publish", SUCCESSOR, "--once"))
        states = {(c["campaign"], c["group"]): c["state"] for c in self.contributions(school)}
        self.assertEqual(states, {(CAMPAIGN, "teacher"): "stored",
                                  (CAMPAIGN, "pupil"): "stored",
                                  (SUCCESSOR, "teacher"): "confirmed",
                                  (SUCCESSOR, "pupil"): "confirmed"})
        for one in self.contributions(school):
            self.assertEqual((one["track"], one["bytes"]), ("sealed", ""))
            self.assertGreater(one["size"], 1000)
        self.assertEqual(school.rows("SELECT count(*) FROM ledger"), [(4,)])
        self.assertEqual(self.contributions(self.idle), [])


if __name__ == "__main__":
    federation.main()
