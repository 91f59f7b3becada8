#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A school withdraws from a sealed campaign. When hub and notary heed it, its node says so
after the close; when the hub goes back to a backup from before, and counts what was
withdrawn, the node says that, in its log and with its exit status.

    tests/e2e/withdrawal.py BIN [unittest's options]
"""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, Federation

COUNTS = {"teacher": 12}
DROPPED_WITHIN_S = 60


class Withdrawal(federation.Case):
    def setUp(self):
        self.fed = Federation(federation.scratch(), 7, track="sealed").begin()
        self.addCleanup(self.fed.end)
        self.kept, self.heeded, *self.rest = self.fed.nodes
        for i, node in enumerate(self.fed.nodes):
            self.fed.fill(node, COUNTS, seed=i)
            node.do("approve", CAMPAIGN, "--yes")
            node.do("publish", CAMPAIGN)
        self.fed.wait_verified(len(self.fed.nodes))

    def wait_dropped(self):
        """Until the notary knows of a withdrawal."""
        deadline = time.monotonic() + DROPPED_WITHIN_S
        while not self.fed.notary.rows("SELECT 1 FROM contribution WHERE withdrawn"):
            self.assertLess(time.monotonic(), deadline, "the notary was never told")
            time.sleep(0.05)

    def test_a_withdrawal_that_holds_and_one_that_is_forgotten(self):
        fed, kept, heeded = self.fed, self.kept, self.heeded
        self.assertIn("1 contributions withdrawn", heeded.do("withdraw", CAMPAIGN, "--yes"))
        self.wait_dropped()

        fed.notary.stop()
        fed.hub.stop()
        fed.hub.keep(fed.path("backup"))
        fed.hub.serve()
        self.assertIn("1 contributions withdrawn", kept.do("withdraw", CAMPAIGN, "--yes"))
        fed.hub.put_back(fed.path("backup"))
        fed.serve()
        fed.hub.do("campaign", "close", CAMPAIGN)

        self.assertIn("in no sum, as the signed lists show",
                      heeded.do("publish", CAMPAIGN, "--once"))
        self.assertIn("withdrawal holds", heeded.do("log"))
        for _ in range(2):
            told = kept.run("publish", CAMPAIGN, "--once")
            self.assertLine(told, "1 withdrawn contributions", "counted all the same")
            self.assertIn("level 1, teacher: COUNTED THOUGH WITHDRAWN", told.out)
        log = kept.do("log")
        self.assertEqual(log.count("COUNTED THOUGH WITHDRAWN"), 2, log)  # event and state
        self.assertEqual([c["state"] for c in kept.json("log")["contributions"]],
                         ["counted-anyway"])
        self.assertIn("COUNTED THOUGH WITHDRAWN", kept.do("campaign", "show", CAMPAIGN))
        self.rest[0].do("publish", CAMPAIGN, "--once")
        self.assertIn("counted by both sides", self.rest[0].do("log"))


if __name__ == "__main__":
    federation.main()
