#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""second_implementation.py EMIT_VECTORS: second.py, made from PROTOCOL.md alone, against
the C code, in both roles. What one makes the other reads to the same fields, hashes and
signatures; what one refuses the other refuses, over thousands of small changes; and the
keys of every table of the page are those of the bytes. Needs PyNaCl (python3-nacl).
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import unittest

try:
    import second
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is missing: run deploy/install test, which brings PyNaCl")

import nacl.public
import nacl.signing
import second_changes

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBJECTS = {
    "contribution": second.check_contribution,
    "receipt": second.check_receipt,
    "list": second.LIST,
    "edition": second.check_edition,
    "instrument": second.check_instrument,
    "manifest": second.check_manifest,
}
VALUES = {"instrument": 400000, "manifest": 400000, "edition": 4000000}
CHANGES = 600  # of each object, and of all messages together, beside the edges


class Program:
    """emit_vectors: one command a line, one answer a line."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __call__(self, *command):
        print(*command, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"emit_vectors ended at: {' '.join(command)[:200]}")
        return plain(json.loads(line))

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait()


def plain(value):
    """JSON with its binaries as bytes."""
    if isinstance(value, str) and value.startswith("hex:"):
        return bytes.fromhex(value[4:])
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return {key: plain(element) for key, element in value.items()}
    return value


def verdict(check, value):
    """0 or the number of the error."""
    try:
        check(value)
        return 0
    except second.Refused as refused:
        return refused.code


class AgainstC(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.c = Program(PROGRAM)
        cls.seen = cls.c("objects")
        cls.key = nacl.signing.SigningKey.generate()
        cls.box = nacl.public.PrivateKey.generate()
        cls.rng = random.Random(1)

    @classmethod
    def tearDownClass(cls):
        if cls.c.close() != 0:
            raise RuntimeError("emit_vectors failed")

    def changed(self, value, changes=CHANGES):
        yield from second_changes.edges(value)
        for _ in range(changes):
            yield second_changes.change(value, self.rng)

    def same_verdict(self, kind, check, changed, told):
        """Both refuse, or neither does."""
        mine = verdict(check, changed)
        self.assertIn(told, (0, second.MALFORMED, second.TOOBIG))
        self.assertEqual(mine == 0, told == 0,
                         f"{kind}: {mine} here, {told} in C: {str(changed)[:1500]}")
        return told == 0


class Objects(AgainstC):
    def test_every_object_is_read_hashed_and_made_again(self):
        for name in (*OBJECTS, "counts"):
            kind = "contribution" if name == "counts" else name
            seen = self.seen[name]
            value = second.unpack(seen["bytes"], VALUES.get(kind, 40000))
            OBJECTS[kind](value)
            self.assertEqual(second.hash32(seen["bytes"]), seen["hash"], name)
            self.assertEqual(second.pack(value), seen["bytes"], name)
            if kind != "instrument":
                self.assertEqual(value, seen["fields"], name)

    def test_an_instrument_says_the_same(self):
        value = second.unpack(self.seen["instrument"]["bytes"], 400000)
        seen, codes = self.seen["instrument"]["fields"], value["items"]["code"]
        self.assertEqual((value["id"], value["version"]), (seen["id"], seen["version"]))
        self.assertEqual(value["areas"]["code"], seen["areas"])
        self.assertEqual([words[0] for item in value["items"]["text"] for words in item],
                         seen["wordings"])
        for group in range(3):
            vector = second.core_vector(value, group)
            self.assertEqual([codes[i] for i in vector], seen["core"][group])

    def test_what_the_hub_signed_verifies_and_nothing_else(self):
        manifest, hub = self.seen["manifest"], self.seen["sign"]
        receipt = self.seen["receipt"]["fields"]
        statement = second.receipt_statement(receipt)
        signed = [("drempel manifest 1", manifest["bytes"], manifest["signature"]),
                  ("drempel receipt 1", statement, receipt["signature"]),
                  ("drempel list 1", self.seen["list"]["bytes"],
                   self.seen["list"]["signature"])]
        for tag, data, signature in signed:
            second.verify(hub, tag, data, signature)
            for wrong in ((tag, data + b"\0"), ("drempel envelope 1", data)):
                with self.assertRaises(second.Refused):
                    second.verify(hub, *wrong, signature)

    def test_chains_link(self):
        fill = lambda n, first: bytes((first + 7 * i) % 256 for i in range(n))
        common = {"seq": 1, "time": 1790000000, "campaign": fill(32, 1),
                  "unit": fill(16, 2), "previous": bytes(32)}
        ledger = second.ledger_row({**common, "year": 2026, "group": 2, "delta2": 200,
                                    "sigma2": 4106, "rho": (243559, 10000000),
                                    "bytes": fill(32, 2)})
        log = second.log_row({**common, "event": "approved", "group": 2,
                              "bytes": fill(32, 4)})
        seen = self.seen["chains"]
        self.assertEqual((len(ledger), len(log)), (192, 145))
        self.assertEqual(ledger, seen["ledger_row"])
        self.assertEqual(second.tagged("drempel ledger 1", ledger), seen["ledger_link"])
        self.assertEqual(second.tagged("drempel log 1", log), seen["log_link"])

    def test_what_lies_at_rest_opens(self):
        seen = self.seen["at_rest"]
        opened = second.unbox(seen["key"], "drempel store", seen["context"], seen["sealed"])
        self.assertEqual(opened, b"plain")

    def test_vouchers_prove_the_same(self):
        seen = self.seen["voucher"]
        self.assertEqual(seen["text"], second.write_voucher(
            seen["code"], self.seen["sign"], self.seen["box"], "sch-001"))
        self.assertEqual(seen["proof"], second.prove(seen["code"], seen["key"]))
        told = second.tagged("drempel school key 1", seen["key"])[:16].hex()
        self.assertEqual(seen["fingerprint"].replace(" ", ""), told)

    def test_the_roll_has_two_columns(self):
        proof = bytes((5 + 7 * i) % 256 for i in range(32))
        self.assertEqual(second.unpack(self.seen["roll"]), {
            "ids": ["sch-002", "sch-001"], "proofs": bytes(32) + proof})

    def test_invites_are_read_on_both_sides(self):
        seen = self.seen["invite"]
        values = second.read_invite(seen["text"])
        self.assertEqual(bytes.fromhex(values["token"]), seen["token"])
        self.assertEqual(second.tagged("drempel invite 1", seen["token"]), seen["kept"])
        self.assertEqual(second.write_invite(values), seen["text"])
        mine = {**values, "hub": "Een hub", "expires": "2027-02-28", "token": "0f" * 32,
                "check": ""}
        for text in (second.write_invite(mine),
                     second.write_invite(mine).replace("\n", "\r\n\r\n")):
            told = self.c("invite", text.encode().hex())
            self.assertEqual((told["err"], told["hub"]), (0, "Een hub"))
            self.assertEqual(told["token"], bytes([15] * 32))
            self.assertEqual(told["end"], 20878 * 86400)  # 2027-03-01 begins
            self.assertEqual({**second.read_invite(text), "check": ""}, mine)
        for text in (seen["text"].replace("sch-001", "sch-002"), seen["text"][:-3],
                     seen["text"].replace("url: ", "url:")):
            self.assertEqual(self.c("invite", text.encode().hex())["err"], second.INVITE)
            with self.assertRaises(second.Refused):
                second.read_invite(text)

    def test_both_refuse_the_same_objects(self):
        for kind, check in OBJECTS.items():
            value = second.unpack(self.seen[kind]["bytes"], 400000)
            if kind == "instrument":
                value = second_changes.small_instrument(value)
            self.assertEqual(verdict(check, value), 0)
            verdicts = set()
            crafted = second_changes.CRAFTED.get(kind, lambda _: ())
            for changed in (*crafted(value), *self.changed(value)):
                told = self.c("object", kind, second.pack(changed).hex())
                verdicts.add(self.same_verdict(kind, check, changed, told["err"]))
                if told["err"] == 0 and kind != "instrument":
                    self.assertEqual(told["fields"], changed)
            self.assertEqual(verdicts, {True, False}, kind)

    def test_both_refuse_the_same_bytes(self):
        folder = ROOT / "tests/fuzz/corpus"
        inputs = [path.read_bytes() for name in ("prewalk", "reader", "receipt", "manifest",
                                                 "contribution", "envelope")
                  for path in sorted((folder / name).iterdir())]
        self.assertGreater(len(inputs), 60)
        verdicts = set()
        for i in range(len(inputs) + CHANGES):
            data = bytearray(inputs[i % len(inputs)])
            if i >= len(inputs) and data:
                data[self.rng.randrange(len(data))] = self.rng.randrange(256)
            mine = verdict(second.unpack, bytes(data))
            told = self.c("walk", bytes(data).hex())["err"]
            self.assertEqual(mine == 0, told == 0, f"{mine}, {told}: {bytes(data).hex()}")
            verdicts.add(told == 0)
        self.assertEqual(verdicts, {True, False})


class Messages(AgainstC):
    BODIES = {
        "ENROL": {"at": 0, "proof": b"p" * 32, "token": bytes(range(32))},
        "SYNC": {"at": 253402300799},
        "GET": {"at": 1790000000, "hash": bytes(32), "offset": 4194304},
        "STATUS": {"at": 1790000000, "campaign": b"\xff" * 32},
        "SUBMIT": {"at": 1790000000, "contribution": b""},
        "WITHDRAW": {"at": 1, "campaign": bytes(32), "contribution": b"c" * 32, "group": 2,
                     "signature": b"s" * 64, "unit": b"u" * 16},
        "REPORT": {"at": 1, "report": b"r"},
        "PUT": {"at": 1, "blob": bytes(32), "bytes": b"piece", "offset": 95, "total": 100},
        "COSIGN": {"at": 1, "manifest": b"m" * 32, "roll": b"r" * 32, "seed": b"s" * 32,
                   "signature": b"s" * 64},
        "VERIFY": {"at": 1, "campaign": b"c" * 32, "group": 1, "hub_share": b"h" * 32,
                   "initialize": b"i" * 300, "nonce": b"n" * 16, "notary_share": b"n" * 80,
                   "public_share": b"p" * 32, "signature": b"s" * 64, "unit": b"u" * 16},
        "DROP": {"at": 1, "campaign": bytes(32), "contribution": b"c" * 32, "group": 0,
                 "signature": b"s" * 64, "unit": b"u" * 16},
        "CLOSE": {"at": 1, "campaign": b"c" * 32, "list": b"l" * 32, "signature": b"s" * 64},
        "NUMBERS": {"at": 1, "campaign": b"c" * 32, "shares": b"s" * 160},
        "OPEN": {"at": 1, "campaign": b"c" * 32, "release": 31},
        "FREEZE": {"at": 1, "campaign": b"c" * 32},
    }
    ID = bytes(range(16))

    def request(self, name, body=None):
        body = self.BODIES[name] if body is None else body
        return second.make_request(self.key, self.seen["box"], second.TYPES[name], self.ID,
                                   body)

    def test_a_c_hub_opens_every_request_and_its_reply_opens_here(self):
        for name, kind in second.TYPES.items():
            body = dict(self.BODIES[name])
            if name == "SUBMIT":
                body["contribution"] = self.seen["contribution"]["bytes"]
            for refusal in (0, 74):
                request, message_key = self.request(name, body)
                told = self.c("open", request.hex(), str(refusal))
                self.assertEqual((told["err"], told["type"]), (0, kind), name)
                self.assertEqual(told["sender"], bytes(self.key.verify_key))
                self.assertEqual((told["id"], told["fields"]), (self.ID, body))
                reply = second.open_reply(told["reply"], message_key, kind, self.ID)
                second.check_reply(name, reply)
                self.assertEqual(reply, told["replied"], name)
                self.assertEqual(reply["err"], refusal)

    def test_a_c_node_is_understood_and_reads_every_reply_from_here(self):
        receipt = self.seen["receipt"]["bytes"]
        answers = {
            "ENROL": {"name": "é" * 47, "school": ""},
            "SYNC": [{"cosignature": bytes([i]) * 64, "manifest": bytes(32),
                      "signature": bytes([i]) * 64, "state": i % 4} for i in range(32)],
            "GET": {"bytes": b"\x01" * 131072, "total": 4194304},
            "STATUS": {"lists": [[b"h" * 32, b"s" * 64]] * 2, "receipts": [receipt] * 64,
                       "refused": [[2, 51, b"u" * 16]] * 64}, "SUBMIT": [receipt], "WITHDRAW": True,
            "REPORT": {"lists": [], "receipts": [receipt] * 2, "refused": []}, "PUT": 4194304, "COSIGN": b"s" * 64,
            "VERIFY": {"finish": b"f" * 32, "receipt": receipt}, "DROP": True,
            "CLOSE": {"list": b"l" * 32, "signature": b"s" * 64},
            "NUMBERS": b"s" * 16, "OPEN": b"s" * 10000, "FREEZE": True,
        }
        for name, kind in second.TYPES.items():
            asked, key = self.asked(name)
            for body in ({"at": 5, "err": 0, "of": answers[name], "text": ""},
                         {"at": 5, "err": 99, "of": None, "text": "x" * 199}):
                second.check_reply(name, body)
                told = self.c("answer", second.make_reply(key, kind, asked, body).hex())
                self.assertEqual((told["err"], told["authentic"]), (0, 1), name)
                self.assertEqual(told["fields"], body)

    def asked(self, name):
        """The id and the message key of a request that the C side made for us."""
        told = self.c("ask", str(second.TYPES[name]), bytes(self.box.public_key).hex())
        kind, sender, asked, body, key = second.open_request(told["request"], self.box)
        self.assertEqual((kind, sender), (second.TYPES[name], self.seen["sign"]))
        self.assertEqual(body, told["fields"])
        second.BODY[name](body)
        return asked, key

    def test_a_reply_answers_one_request(self):
        asked, key = self.asked("SYNC")
        body = {"at": 5, "err": 0, "of": [], "text": ""}
        for reply in (second.make_reply(key, 3, asked, body),
                      second.make_reply(key, 2, bytes(16), body),
                      second.make_reply(bytes(32), 2, asked, body),
                      second.make_error(b"x" * 16, 45)):
            told = self.c("answer", reply.hex())
            self.assertEqual((told["err"], told["authentic"]), (second.SIGNATURE, 0))
            with self.assertRaises(second.Refused):
                second.open_reply(reply, key, 2, asked)

    def test_an_error_in_the_open_is_a_hint(self):
        asked, key = self.asked("GET")
        for known in (asked, bytes(16)):
            told = self.c("answer", second.make_error(known, 45).hex())
            self.assertEqual((told["err"], told["authentic"], told["hint"]),
                             (second.PEER, 0, 45))
        request, key = self.request("SYNC")
        for bad, code, known in (
                (request[:1] + b"\x02" + request[2:], second.VERSION, bytes(16)),
                (request[:2] + b"\x08" + request[3:], second.VERSION, bytes(16)),
                (request[:-1] + bytes([request[-1] ^ 1]), second.SIGNATURE, self.ID),
                (b"\x00" + request[1:], second.MALFORMED, bytes(16)),
                (request + b"\0", second.MALFORMED, bytes(16))):
            told = self.c("open", bad.hex(), "0")
            self.assertEqual(told["reply"], second.make_error(known, code))
            with self.assertRaisesRegex(second.Refused, str(second.PEER)):
                second.open_reply(told["reply"], key, 2, self.ID)

    def test_nothing_in_a_request_can_be_changed(self):
        request, _ = self.request("WITHDRAW")
        for at in range(len(request)):
            changed = bytearray(request)
            changed[at] ^= 1 << self.rng.randrange(8)
            told = self.c("open", bytes(changed).hex(), "0")
            self.assertIn(told["err"], (second.MALFORMED, second.VERSION, second.SIGNATURE))
        other = second.make_request(self.key, bytes(self.box.public_key), 2, self.ID,
                                    self.BODIES["SYNC"])[0]
        self.assertEqual(self.c("open", other.hex(), "0")["err"], second.SIGNATURE)

    def test_sizes_are_those_of_the_page(self):
        for size, width in ((9, 2), (200, 3), (70000, 5)):
            body = {"at": 0, "contribution": b"x" * size}
            plain_size = len(second.pack(body))
            request, _ = self.request("SUBMIT", body)
            self.assertEqual(len(request), 241 + width + plain_size)
        most = second.MESSAGE_MAX - 241 - 5 - len(second.pack({"at": 0, "contribution": b""}))
        for size, code in ((most - 3, 0), (most - 2, second.TOOBIG)):
            body = {"at": 0, "contribution": b"x" * size}
            request, _ = self.request("SUBMIT", body)
            self.assertEqual(len(request), second.MESSAGE_MAX + (code != 0))
            self.assertEqual(self.c("open", request.hex(), "0")["err"], code)

    def test_both_refuse_the_same_bodies(self):
        for name in second.TYPES:
            verdicts = set()
            for changed in self.changed(self.BODIES[name], CHANGES // 6):
                request, _ = self.request(name, changed)
                told = self.c("open", request.hex(), "0")
                verdicts.add(self.same_verdict(name, second.BODY[name], changed,
                                               told["err"]))
            self.assertEqual(verdicts, {True, False}, name)

    def test_both_refuse_the_same_replies(self):
        bodies = {}
        for name in second.TYPES:
            request, key = self.request(name)
            told = self.c("open", request.hex(), "0")
            bodies[name] = told["replied"]
        for name in second.TYPES:
            verdicts = set()
            asked, key = self.asked(name)
            refusals = [{**bodies[name], "err": n, "of": None} for n in range(1, 130)]
            for changed in (*refusals, *self.changed(bodies[name], CHANGES // 6)):
                reply = second.make_reply(key, second.TYPES[name], asked, changed)
                told = self.c("answer", reply.hex())
                check = lambda value: second.check_reply(name, value)
                verdicts.add(self.same_verdict(name, check, changed, told["err"]))
            self.assertEqual(verdicts, {True, False}, name)


class Page(unittest.TestCase):
    """The keys in the tables of PROTOCOL.md are those that were compared with C."""

    def keys(self, section, header):
        rows, inside = [], False
        text = (ROOT / "proto/PROTOCOL.md").read_text(encoding="utf-8")
        for line in text.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0].splitlines():
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if inside and cells:
                rows.append(cells)
            inside = bool(cells) and (inside or cells[0] == header)
        self.assertTrue(rows, f"{section} has no table that begins with {header}")
        return [[cell.strip("`") for cell in row] for row in rows[1:]]

    def test_objects(self):
        for section, check in (("Instrument", second.INSTRUMENT),
                               ("Manifest", second.MANIFEST), ("Receipt",
                               second.check_receipt), ("Edition", second.EDITION),
                               ("Contribution", second.CONTRIBUTION),
                               ("List", second.LIST)):
            self.assertEqual([row[0] for row in self.keys(section, "key")], check.keys)

    def test_columns(self):
        side_by_side = self.keys("Manifest", "column of `units`")
        self.assertEqual([row[0] for row in side_by_side], second.UNITS.keys)
        self.assertEqual([row[3] for row in side_by_side], second.RELEASES.keys)
        self.assertEqual([row[0] for row in self.keys("Instrument", "column of `items`")],
                         second.ITEMS.keys)
        self.assertEqual([row[0] for row in self.keys("Manifest", "key of `thresholds`")],
                         second.THRESHOLDS.keys)

    def test_bodies(self):
        found, name = {}, ""
        for row in self.keys("Messages", "type"):
            name = row[0] or name
            found.setdefault(name, []).append(row[1])
        common = found.pop("all")
        for name, check in second.BODY.items():
            self.assertEqual(sorted(common + [key for key in found[name] if key]),
                             check.keys, name)
        self.assertEqual(list(found), list(second.TYPES))

    def test_invite(self):
        self.assertEqual([row[1] for row in self.keys("Invite", "line")],
                         list(second.INVITE_KEYS))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
