#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""second_node.py BIN [options of unittest]: schools whose nodes are second.py and a plain
socket, at a real hub: transport, enrolment, announcements, and every row of PROTOCOL.md's
"The hub's decisions". The tests run in the order of their names, on one hub.
"""
import datetime
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
import nacl.signing
import nacl.utils
import second

GREETING = b"\0SP\0\0\x30\0\0"
ANSWERED = b"\0SP\0\0\x31\0\0"
ERRORS = {"CLOCK": 7, "NOTFOUND": 23, "RANGE": 26, "MALFORMED": 40, "SIGNATURE": 43,
          "UNKNOWN_KEY": 44,
          "REVOKED": 45, "INVITE": 46, "CONFLICT": 47, "DUPLICATE_IDENTITY": 50,
          "TOO_FEW_SHEETS": 72, "CLOSED": 74, "POLICY": 78, "FROZEN": 79}
LEADER, TEACHER, PUPIL = 0, 1, 2


class Closed(Exception):
    """The hub closed the connection."""


class Link:
    """One connection, as the section "Transport" has it."""

    def __init__(self, port, greeting=GREETING):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        try:
            self.socket.sendall(greeting)
            self.greeting = self.read(8)
        except Closed:
            self.close()
            raise

    def read(self, n):
        data = b""
        while len(data) < n:
            try:
                more = self.socket.recv(n - len(data))
            except ConnectionError:
                more = b""
            if not more:
                raise Closed
            data += more
        return data

    def exchange(self, envelope, request_id=b"\x80\0\0\x07", length=None):
        length = len(envelope) + 4 if length is None else length
        self.socket.sendall(length.to_bytes(8, "big") + request_id + envelope)
        n = int.from_bytes(self.read(8), "big")
        reply = self.read(n)
        if reply[:4] != request_id:
            raise AssertionError("the reply is for another request")
        return reply[4:]

    def close(self):
        self.socket.close()


class School:
    """A node's keys and what it was told of its hub."""

    def __init__(self, invite):
        values = second.read_invite(invite)
        self.port = int(values["url"].rpartition(":")[2])
        self.hub = bytes.fromhex(values["hub-key"])
        self.box = bytes.fromhex(values["hub-box"])
        self.token = bytes.fromhex(values["token"])
        self.key = nacl.signing.SigningKey.generate()

    def ask(self, name, at=None, key=None, **body):
        """The reply's body to one request on a connection of its own."""
        kind, request_id = second.TYPES[name], nacl.utils.random(16)
        body["at"] = int(time.time()) if at is None else at
        second.BODY[name](body)
        request, message_key = second.make_request(key or self.key, self.box, kind,
                                                   request_id, body)
        link = Link(self.port)
        try:
            reply = second.open_reply(link.exchange(request), message_key, kind, request_id)
        finally:
            link.close()
        second.check_reply(name, reply)
        return reply

    def get(self, blob):
        """A whole manifest or instrument, piece by piece."""
        held = b""
        while True:
            piece = self.ask("GET", hash=blob, offset=len(held))["of"]
            held += piece["bytes"]
            if len(held) == piece["total"]:
                return held

    def receipt(self, encoded):
        receipt = second.unpack(encoded)
        second.verify(receipt["hub"], "drempel receipt 1",
                      second.receipt_statement(receipt), receipt["signature"])
        return receipt


def setUpModule():
    global fed, schools
    fed = federation.Federation(federation.scratch())
    federation.unittest.addModuleCleanup(fed.end)
    fed.hub.serve()
    schools = [School(fed.hub.do("invite", node.school)) for node in fed.nodes]


class SecondNode(federation.Case):
    def refused(self, name, reply):
        self.assertEqual(reply["err"], ERRORS[name], reply["text"])
        self.assertNotEqual(reply["text"], "")

    def test_01_the_transport(self):
        port = schools[0].port
        link = Link(port)
        self.assertEqual(link.greeting, ANSWERED)
        for nonsense in (b"\x01", b"\x96\x01\x05" + bytes(200), bytes(300)):
            self.assertEqual(link.exchange(nonsense),
                             second.make_error(bytes(16), second.MALFORMED))
        for later in (b"\x96\x02" + bytes(200), b"\x96\x01\x08" + bytes(200)):
            self.assertEqual(link.exchange(later),
                             second.make_error(bytes(16), second.VERSION))
        link.close()
        for greeting in (b"\0SP\0\0\x31\0\0", b"GET / HT", bytes(8)):
            with self.assertRaises(Closed):
                Link(port, greeting)
        for wrong in ({"request_id": b"\x7f\0\0\0"}, {"length": second.MESSAGE_MAX + 5},
                      {"length": 1 << 63}, {"length": 4}):
            link = Link(port)
            with self.assertRaises(Closed):
                link.exchange(b"x", **wrong)
            link.close()
        link = Link(port)
        reply = link.exchange(bytes(second.MESSAGE_MAX))
        self.assertEqual(reply, second.make_error(bytes(16), second.MALFORMED))
        link.close()

    def test_02_enrolment(self):
        first = schools[0]
        self.refused("UNKNOWN_KEY", first.ask("SYNC"))
        self.refused("INVITE", first.ask("ENROL", proof=bytes(32), token=bytes(32)))
        # The last school enrols after the campaign is signed, the one before it never.
        for i, school in enumerate(schools[:-2]):
            for _ in range(2):
                reply = school.ask("ENROL", proof=bytes(32), token=school.token)
                self.assertEqual(reply["of"], {"school": f"S{i}", "name": f"School {i}"})
        other = nacl.signing.SigningKey.generate()
        self.refused("DUPLICATE_IDENTITY", first.ask("ENROL", proof=bytes(32), token=first.token, key=other))
        for _ in range(2):  # a key is that of one school, and the invite stays unused
            self.refused("DUPLICATE_IDENTITY",
                         schools[-1].ask("ENROL", proof=bytes(32), token=schools[-1].token, key=first.key))
        self.assertEqual(first.ask("SYNC")["of"], [])

    def test_03_clocks(self):
        now = int(time.time())
        for at, err in ((now - 86000, 0), (now + 86000, 0), (now - 87000, 7),
                        (now + 87000, 7), (0, 7)):
            reply = schools[0].ask("SYNC", at=at)
            self.assertEqual(reply["err"], err)
            self.assertLess(abs(reply["at"] - now), 60)

    def test_04_announcements(self):
        fed.announce()
        school = schools[0]
        [announced] = school.ask("SYNC")["of"]
        self.assertEqual(announced["state"], 1)
        campaign = announced["manifest"]
        data = school.get(campaign)
        self.assertEqual(second.hash32(data), campaign)
        second.verify(school.hub, "drempel manifest 1", data, announced["signature"])
        manifest = second.unpack(data, 400000)
        second.check_manifest(manifest)
        self.assertEqual((manifest["id"], manifest["track"]), (federation.CAMPAIGN, 0))
        self.assertEqual((manifest["hub"], manifest["box"]), (school.hub, school.box))
        instrument = second.unpack(school.get(manifest["instrument"]), 400000)
        second.check_instrument(instrument)
        rest = school.ask("GET", hash=campaign, offset=len(data) - 1)["of"]
        self.assertEqual(rest, {"bytes": data[-1:], "total": len(data)})
        self.refused("RANGE", school.ask("GET", hash=campaign, offset=len(data)))
        self.refused("NOTFOUND", school.ask("GET", hash=bytes(32), offset=0))
        type(self).campaign, type(self).manifest = campaign, manifest
        type(self).cores = [len(second.core_vector(instrument, g)) for g in range(3)]
        self.the_manifest_passes_the_node_s_checks()

    def the_manifest_passes_the_node_s_checks(self):
        thresholds = self.manifest["thresholds"]
        first, last = (datetime.date(1970, 1, 1) + datetime.timedelta(self.manifest[key])
                       for key in ("from", "to"))
        self.assertEqual(self.manifest["year"], first.year - (first.month < 9))
        self.assertLessEqual((last - first).days, 366)
        self.assertGreaterEqual(thresholds["schools"], 5)
        self.assertGreaterEqual(thresholds["boards"], 3)
        self.assertLessEqual(thresholds["school_percent"], 50)
        self.assertLessEqual(thresholds["board_percent"], 70)
        for group, least in enumerate((5, 10, 20)):
            self.assertGreaterEqual(thresholds["respondents"][group], least)
            self.assertGreaterEqual(thresholds["unit"][group], least)
            release = self.release(group)
            self.assertEqual((release["map"], release["delta2"]),
                             (1, 5 * self.cores[group]))
            rho = (release["rho_num"], release["rho_den"])
            self.assertEqual(rho, (185069, 1000000) if group == 0 else (243559, 10000000))
            self.assertEqual(release["sigma2"],
                             -(-release["delta2"] * rho[1] // (2 * rho[0])))

    def release(self, group):
        [found] = [r for r in second.records(self.manifest["releases"])
                   if (r["group"], r["family"], r["items"]) == (group, 0, 0)]
        return found

    def unit(self, school):
        keys = second.pieces(self.manifest["keys"], 32)
        number = keys.index(bytes(school.key.verify_key))
        return second.pieces(self.manifest["ids"], 16)[
            self.manifest["units"]["school"].index(number)]

    def contribution(self, school, group, questionnaires, noised=True, **other):
        made = {"campaign": self.campaign, "group": group, "incomplete": False,
                "invited": 60, "questionnaires": questionnaires,
                "sigma2": self.release(group)["sigma2"] if noised else 0,
                "unit": self.unit(school),
                "values": [3, -1] * self.cores[group] if noised else [], **other}
        second.check_contribution(made)
        return second.pack(made)

    def submit(self, school, *of, **other):
        data = self.contribution(school, *of, **other)
        return data, school.ask("SUBMIT", contribution=data)

    def test_05_what_is_not_stored(self):
        school = schools[0]
        self.refused("NOTFOUND", school.ask("STATUS", campaign=bytes(32)))
        self.refused("NOTFOUND", self.submit(school, PUPIL, 30, campaign=bytes(32))[1])
        for unit in (bytes(16), self.unit(schools[1])):
            self.refused("UNKNOWN_KEY", self.submit(school, PUPIL, 30, unit=unit)[1])
        self.refused("RANGE", self.submit(school, PUPIL, 61)[1])
        few = {"values": [0] * (2 * self.cores[PUPIL] - 1)}
        for wrong in ({"sigma2": 1}, few, {"values": [0] * 1024}):
            self.refused("MALFORMED", self.submit(school, PUPIL, 30, **wrong)[1])
        self.refused("TOO_FEW_SHEETS", self.submit(school, PUPIL, 19)[1])
        self.assertEqual(school.ask("STATUS", campaign=self.campaign)["of"],
                         {"lists": [], "receipts": [], "refused": []})

    def test_06_what_is_stored(self):
        school = schools[0]
        for group, number, noised in ((PUPIL, 20, True), (TEACHER, 9, False)):
            data, reply = self.submit(school, group, number, noised)
            receipt = school.receipt(reply["of"][0])
            self.assertEqual((receipt["hub"], receipt["campaign"]),
                             (school.hub, self.campaign))
            self.assertEqual((receipt["unit"], receipt["group"]), (self.unit(school), group))
            self.assertEqual(receipt["contribution"], second.hash32(data))
            again = school.ask("SUBMIT", contribution=data)
            self.assertEqual(again["of"], reply["of"])
            self.refused("CONFLICT", self.submit(school, group, number + 1)[1])
        held = school.ask("STATUS", campaign=self.campaign)["of"]["receipts"]
        self.assertEqual([school.receipt(r)["group"] for r in held], [TEACHER, PUPIL])
        self.assertEqual(schools[1].ask("STATUS", campaign=self.campaign)["of"],
                         {"lists": [], "receipts": [], "refused": []})

    def withdraw(self, school, group, contribution, **other):
        asked = {"campaign": self.campaign, "contribution": contribution, "group": group,
                 "unit": self.unit(school), **other}
        asked.setdefault("signature", second.sign(
            school.key, "drempel withdrawal 1", second.withdrawal_statement(asked)))
        return school.ask("WITHDRAW", **asked)

    def test_07_a_withdrawal(self):
        school = schools[1]
        data, reply = self.submit(school, PUPIL, 25)
        name = second.hash32(data)
        self.refused("NOTFOUND", self.withdraw(school, PUPIL, bytes(32)))
        self.refused("SIGNATURE", self.withdraw(school, PUPIL, name, signature=bytes(64)))
        early = self.contribution(school, LEADER, 3, False)  # overtaken on its way
        self.assertEqual(self.withdraw(school, LEADER, second.hash32(early))["of"], True)
        self.refused("POLICY", school.ask("SUBMIT", contribution=early))
        self.refused("NOTFOUND", self.withdraw(school, PUPIL, name, campaign=bytes(32)))
        self.refused("UNKNOWN_KEY", self.withdraw(schools[0], PUPIL, name,
                                                  unit=self.unit(school)))
        for _ in range(2):
            self.assertEqual(self.withdraw(school, PUPIL, name)["of"], True)
        self.refused("POLICY", school.ask("SUBMIT", contribution=data))
        held = school.ask("STATUS", campaign=self.campaign)["of"]["receipts"]
        self.assertEqual([school.receipt(r)["group"] for r in held], [LEADER, PUPIL])
        self.assertEqual(held[1:], reply["of"])

    def test_08_schools_that_are_not_in_the_campaign(self):
        late, revoked = schools[-1], schools[2]
        self.assertEqual(late.ask("ENROL", proof=bytes(32), token=late.token)["err"], 0)
        unit = second.pieces(self.manifest["ids"], 16)[0]
        data = self.contribution(schools[0], PUPIL, 30, unit=unit)
        self.refused("UNKNOWN_KEY", late.ask("SUBMIT", contribution=data))
        fed.hub.do("school", "revoke", "S2")
        self.refused("REVOKED", revoked.ask("SYNC"))
        self.refused("REVOKED", revoked.ask("ENROL", proof=bytes(32), token=revoked.token))

    def test_09_after_the_close_and_the_freeze(self):
        school = schools[3]
        data, reply = self.submit(school, PUPIL, 20)
        leaders = self.contribution(school, 0, 3, False)
        database = os.path.join(fed.hub.dir, "hub.db")
        for state, name in ((2, "CLOSED"), (3, "FROZEN")):
            federation.change(database, "UPDATE campaign SET state=?", state)
            self.assertEqual(school.ask("SUBMIT", contribution=data)["of"], reply["of"])
            self.refused(name, school.ask("SUBMIT", contribution=leaders))
            self.refused(name, self.withdraw(school, PUPIL, second.hash32(data)))
            [announced] = school.ask("SYNC")["of"]
            self.assertEqual(announced["state"], state)


if __name__ == "__main__":
    federation.main()
