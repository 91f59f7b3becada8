#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The notary's vouchers, from its command line to the campaign that they let it sign: they
go to new files that only their owner reads, are never made twice or overwritten, and open
the way to exactly one school's node; every refusal is one line and loses nothing.

    tests/e2e/vouchers.py BIN [unittest's options]
"""
import os
import stat
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, Federation, Node, content

LATER = "test-2"
SCHOOLS = 7


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


class Files(federation.Case):
    """What `voucher` writes, and where."""

    @classmethod
    def setUpClass(cls):
        cls.fed = Federation(federation.scratch(), SCHOOLS, track="sealed",
                             vouchers="required")
        cls.addClassCleanup(cls.fed.end)
        cls.notary = cls.fed.notary

    def test_of_one_school(self):
        path = self.fed.path("S0.voucher")
        self.assertEqual(self.notary.do("voucher", "S0", "--out", path), "")
        self.assertEqual(mode(path), 0o600)
        code = read(path)
        self.assertRegex(code, r"\A[0-9A-Za-z-]{20,}\n\Z")
        self.assertLine(self.notary.run("voucher", "S0", "--out", path), path)
        self.assertLine(self.notary.run("voucher", "S1", "--out", path), path)
        self.assertEqual(read(path), code)
        self.assertEqual(self.notary.do("voucher", "S0"), code)
        self.assertNotEqual(self.notary.do("voucher", "S1"), code)

    def test_over_nothing_that_is_there(self):
        other = self.fed.write("other.txt", "mine\n")
        link = self.fed.path("link.voucher")
        os.symlink(other, link)
        self.assertLine(self.notary.run("voucher", "S2", "--out", link), link)
        self.assertEqual(read(other), "mine\n")
        gone = self.fed.path("no/such/folder.txt")
        self.assertLine(self.notary.run("voucher", "S2", "--out", gone), gone)

    def test_of_all_schools(self):
        self.notary.do("school", "revoke", f"S{SCHOOLS - 1}")
        first, second = self.fed.path("first"), self.fed.path("second")
        names = [f"S{i}.txt" for i in range(SCHOOLS - 1)]
        said = self.notary.do("voucher", "--all", "--out", first)
        self.assertIn(f"{SCHOOLS - 1} vouchers", said)
        self.assertEqual(sorted(os.listdir(first)), names)
        self.assertEqual(mode(first), 0o700)
        codes = {name: read(os.path.join(first, name)) for name in names}
        self.assertEqual(len(set(codes.values())), SCHOOLS - 1)
        for name in names:
            self.assertEqual(mode(os.path.join(first, name)), 0o600)
            self.assertNotIn(codes[name].strip(), said)

        again = self.notary.run("voucher", "--all", "--out", first)
        self.assertLine(again, "S0.txt")
        self.assertEqual(again.out, "")
        self.assertEqual({name: read(os.path.join(first, name)) for name in names}, codes)
        self.notary.do("voucher", "--all", "--out", second)
        self.assertEqual({name: read(os.path.join(second, name)) for name in names}, codes)
        self.assertLine(self.notary.run("voucher", f"S{SCHOOLS - 1}"), "revoked")

    def test_what_cannot_be(self):
        self.assertLine(self.notary.run("voucher", "S99"), "S99")
        self.assertLine(self.notary.run("voucher", "--all"), "--out", status=2)
        self.assertLine(self.notary.run("voucher"), "ID", status=2)
        self.assertLine(self.fed.hub.run("voucher", "S0"), "notary")


class Nodes(federation.Case):
    """What becomes of a node with a voucher, without, with a wrong one and a used one."""

    def setUp(self):
        self.fed = Federation(federation.scratch(), SCHOOLS, track="sealed",
                              vouchers="required")
        self.addCleanup(self.fed.end)
        for side in self.fed.sides:
            side.do("school", "revoke", f"S{SCHOOLS - 1}")
        self.fed.serve()
        self.school, self.late, *self.rest = self.fed.nodes[:-1]
        self.folder = self.fed.path("vouchers")
        self.fed.notary.do("voucher", "--all", "--out", self.folder)

    def voucher(self, node):
        return os.path.join(self.folder, f"{node.school}.txt")

    def states(self):
        return {row["school"]: row["voucher"] for row in
                self.fed.notary.json("school", "list")}

    def sign(self, campaign):
        """The hub's attempt, whatever becomes of it."""
        return self.fed.hub.run("campaign", "sign", campaign)

    def refuses_wrong_vouchers(self, node, *how):
        right = read(self.voucher(node)).strip()
        wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
        for code in (wrong, right[:-1], "", "hallo", self.voucher(self.late)):
            with self.subTest(code=code):
                line = self.assertLine(node.run("init", *how, "--voucher", code), "voucher")
                self.assertNotIn(right, line)
                self.assertNotIn(wrong, line)

    def test_a_school_from_first_to_second_node(self):
        fed, school, late = self.fed, self.school, self.late
        invite = fed.invite(school.school)
        self.refuses_wrong_vouchers(school, "--invite", invite)
        self.assertFalse(os.path.exists(school.dir))
        self.assertIn("is enrolled", school.do("init", "--invite", invite, "--voucher",
                                               self.voucher(school)))
        before = content(os.path.join(school.dir, "node.db"))
        self.refuses_wrong_vouchers(school, "--invite", invite)
        self.assertEqual(content(os.path.join(school.dir, "node.db")), before)
        for node in self.rest:
            node.do("init", "--invite", fed.invite(node.school), "--voucher",
                    read(self.voucher(node)).strip())

        late.do("init", "--invite", fed.invite(late.school))
        fed.draft()
        self.assertLine(self.sign(CAMPAIGN), "S1 has not used the notary's voucher")
        self.assertEqual(school.json("campaign", "list"), [])
        late.do("init", "--invite", fed.path(f"invite-{late.school}.txt"), "--voucher",
                self.voucher(late))
        fed.hub.do("campaign", "sign", CAMPAIGN)
        self.assertEqual(self.states(), {**{f"S{i}": "vouched" for i in range(6)},
                                         "S6": "none"})
        self.assertLine(fed.notary.run("voucher", school.school), "school rekey S0")

        self.with_a_used_voucher()

    def with_a_used_voucher(self):
        """The school has a new node, which comes with the voucher of the old one."""
        fed, school = self.fed, self.school
        fed.fill(school, {"teacher": 12, "pupil": 30})
        school.do("approve", CAMPAIGN, "--yes")
        kept = content(os.path.join(school.dir, "node.db"))
        used = self.voucher(school)
        fed.notary.do("school", "rekey", school.school)
        self.assertEqual(self.states()[school.school], "voucher spent")
        new = Node(school.school, fed.path("node-new"))
        new.do("init", "--invite", fed.invite(school.school), "--voucher", used)
        fed.draft(LATER)
        for _ in range(2):
            line = self.assertLine(self.sign(LATER), "'voucher S0'", "gives it to the school")
            self.assertNotIn(read(used).strip(), line)
        self.assertEqual({row["id"]: row["state"] for row in
                          fed.hub.json("campaign", "list")},
                         {CAMPAIGN: "open", LATER: "draft"})
        self.assertEqual(content(os.path.join(school.dir, "node.db")), kept)

        other = fed.notary.do("voucher", school.school).strip()
        self.assertNotEqual(other, read(used).strip())
        new.do("init", "--invite", fed.path(f"invite-{school.school}.txt"), "--voucher", other)
        fed.hub.do("campaign", "sign", LATER)
        self.assertEqual(self.states()[school.school], "vouched")
        self.assertIn({"id": LATER, "state": "open"}, new.json("campaign", "list"))
        for side in fed.sides:  # a voucher is for paper, not for logs
            self.assertNotIn(other, read(side.log))
            self.assertNotIn(read(used).strip(), read(side.log))


if __name__ == "__main__":
    federation.main()
