#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""second_report.py EMIT_REPORT: a sealed report both ways, from PROTOCOL.md "Task" and
"Report": the C code's is opened, verified and added up with second.py and the plain
numbers of linear_model.py, byte for byte; and one that is made here is counted there.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import second
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is missing: run deploy/install test, which brings PyNaCl")

import linear_model
import nacl.public
import nacl.signing
import nacl.utils


def binaries(value):
    if isinstance(value, str) and value.startswith("hex:"):
        return bytes.fromhex(value[4:])
    if isinstance(value, dict):
        return {key: binaries(element) for key, element in value.items()}
    return value


def secrets(path):
    """Signing key and box secret of a key file, "At rest"."""
    both = bytes.fromhex(path.read_text().split("\n")[1])
    return nacl.signing.SigningKey(both[:32]), nacl.public.PrivateKey(both[32:])


# --- Task --------------------------------------------------------------------------


def best_chunk(encoded):
    """The first of those with the shortest proof, over 2, 4, 8 ... points."""
    sizes = []
    for power in range(1, 18):
        points = 2**power
        chunk = -(-encoded // (points - 1))
        sizes.append((2 * chunk + 2 * points - 1, points, chunk))
    return min(sizes)[2]


class Task:
    def __init__(self, manifest_bytes, group, items, seed):
        manifest = second.unpack(manifest_bytes, 400000)
        second.check_manifest(manifest)
        self.manifest, self.campaign = manifest, second.hash32(manifest_bytes)
        self.group = group
        name = ("leader", "teacher", "pupil")[group]
        counters = [points + na + 1 if points else 3 for points, na in items]
        bits = max(1, max(manifest["units"][name]).bit_length())
        chunk = best_chunk(bits * (1 + sum(counters)))
        parameters = (b"\xff\xff\x00\x01" + len(counters).to_bytes(2, "big")
                      + bytes(counters) + bytes([bits]) + chunk.to_bytes(4, "big"))
        context = (b"drempel task 1" + self.campaign + bytes([group])
                   + second.hash32(parameters))
        self.prio3 = linear_model.Prio3(
            linear_model.Linear({"counters": counters, "bits": bits,
                                 "chunk_length": chunk}),
            {"shares": 2, "ctx": context.hex()})
        assert manifest["verify"] == second.tagged("drempel verify 1", seed)
        self.key = second.tagged("drempel verify key 1",
                                 seed + self.campaign + bytes([group]))


# --- Report ------------------------------------------------------------------------


def statement(report):
    shares = {key: second.hash32(report[key])
              for key in ("hub_share", "notary_share", "public_share")}
    kept = {key: value for key, value in report.items() if key != "signature"}
    return second.pack({**kept, **shares})


def share_context(report):
    return (b"drempel share 1\0" + report["campaign"] + report["unit"]
            + bytes([report["group"]]) + report["nonce"]
            + second.hash32(report["public_share"]) + b"\1")


def unseal(report, secret):
    sealed = report["notary_share"]
    key = nacl.public.SealedBox(secret).decrypt(sealed[:80])
    return second.unbox(key, "drempel request", share_context(report), sealed[80:])


def seal(report, recipient, share):
    key = nacl.utils.random(32)
    return (nacl.public.SealedBox(nacl.public.PublicKey(recipient)).encrypt(key)
            + second.box(key, "drempel request", share_context(report), share))


def make(task, unit, counts, signer):
    encoded = task.prio3.circuit.encode(counts)
    nonce = nacl.utils.random(16)
    public, (hub, notary) = task.prio3.shard(encoded, nonce, nacl.utils.random(128))
    report = {"campaign": task.campaign, "group": task.group, "hub_share": hub,
              "nonce": nonce, "public_share": public, "unit": unit}
    report["notary_share"] = seal(report, task.manifest["notary_box"], notary)
    report["signature"] = second.sign(signer, "drempel report 1", statement(report))
    return report


def item(kind, data):
    return bytes([kind]) + len(data).to_bytes(4, "big") + data


class Both(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.program = subprocess.Popen([PROGRAM, cls.folder.name], text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cls.seen = binaries(cls.answer())
        cls.school, _ = secrets(pathlib.Path(cls.folder.name, "school"))
        _, cls.notary = secrets(pathlib.Path(cls.folder.name, "notary"))
        cls.task = Task(cls.seen["manifest"], cls.seen["group"], cls.seen["items"],
                        cls.seen["seed"])

    @classmethod
    def tearDownClass(cls):
        cls.program.stdin.close()
        cls.program.wait()
        cls.program.stdout.close()
        cls.folder.cleanup()

    @classmethod
    def answer(cls):
        return json.loads(cls.program.stdout.readline())

    def judge(self, report):
        self.program.stdin.write(second.pack(report).hex() + "\n")
        self.program.stdin.flush()
        return binaries(self.answer())

    def test_theirs_is_counted_here(self):
        prio3, key = self.task.prio3, self.task.key
        report = second.unpack(self.seen["report"])
        self.assertEqual(second.pack(report), self.seen["report"])
        self.assertEqual(second.hash32(statement(report)), self.seen["name"])
        number = second.pieces(self.task.manifest["ids"], 16).index(report["unit"])
        school = second.pieces(self.task.manifest["keys"], 32)[
            self.task.manifest["units"]["school"][number]]
        second.verify(school, "drempel report 1", statement(report), report["signature"])
        shares = report["hub_share"], unseal(report, self.notary)
        sides = [prio3.verify_init(key, i, report["nonce"], report["public_share"], share)
                 for i, share in enumerate(shares)]
        self.assertEqual(item(0, sides[0][1]), self.seen["initialize"])
        message = prio3.message([share for _, share in sides])
        self.assertEqual(item(2, message), self.seen["finish"])
        out = [prio3.verify_next(state, message) for state, _ in sides]
        self.assertEqual(out, [self.seen["hub"], self.seen["notary"]])
        self.assertEqual(linear_model.add_encoded(out), self.seen["counts"])
        encoded = prio3.circuit.encoded_len + prio3.circuit.proof_len
        self.assertEqual(len(report["hub_share"]), 16 * encoded + 32)
        self.assertEqual((len(report["notary_share"]), len(report["public_share"])),
                         (184, 64))

    def test_ours_is_counted_there(self):
        counts = [6]
        for counters in self.task.prio3.circuit.counters:
            counts += [1, 2] + [0] * (counters - 3) + [3]
        unit = second.unpack(self.seen["report"])["unit"]
        report = make(self.task, unit, counts, self.school)
        self.assertEqual(self.judge(report), {
            "counts": counts, "name": second.hash32(statement(report))})

    def test_a_false_one_of_ours_is_refused_there(self):
        counts = list(self.seen["counts"])
        unit = second.unpack(self.seen["report"])["unit"]
        counts[1] += 1  # this client shards what no tabulation gives
        report = make(self.task, unit, counts, self.school)
        self.assertEqual(self.judge(report), {"refused": "PROOF"})
        report = make(self.task, unit, self.seen["counts"], self.school)
        swapped = {**report, "nonce": bytes(16)}
        self.assertEqual(self.judge(swapped), {"refused": "SIGNATURE"})
        swapped["signature"] = second.sign(
            self.school, "drempel report 1", statement(swapped))
        self.assertEqual(self.judge(swapped), {"refused": "SIGNATURE"})  # the seal's
        self.assertEqual(self.judge(report)["counts"], self.seen["counts"])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
