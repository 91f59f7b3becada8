#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prio3 with the linear circuit of proto/vdaf once more, in plain whole numbers.

    linear_model.py check DIR
    linear_model.py write DIR

`write` makes the vectors Prio3Linear_*.json, in the format of the draft's own, with a
client that can also cheat. `check` computes every Prio3Linear and Prio3SumVec file of a
folder again and compares each byte. vdaf_kat runs the same files through the C code.
Nothing is shared with that: polynomials are evaluated from their definition, without
transforms, and numbers are reduced with %. SumVec is here because the draft has
official vectors for it, which tie this model to the draft.

Source: draft-irtf-cfrg-vdaf-18; RFC 9861 for TurboSHAKE128.
"""
import json
import pathlib
import sys
from itertools import count

P = 2**128 - 28 * 2**64 + 1
SEED, NONCE = 32, 16


class Refused(Exception):
    pass


# --- TurboSHAKE128 and the XOF -----------------------------------------------------


def round_constants():
    """Those of Keccak's rounds 12 to 23, from the shift register that defines them."""
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (2**j - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants[12:]


def rotation_offsets():
    offsets, x, y = {(0, 0): 0}, 1, 0
    for t in range(24):
        offsets[x, y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return offsets


CONSTANTS, OFFSETS = round_constants(), rotation_offsets()


def rotate(lane, n):
    return (lane << n | lane >> (64 - n)) & (2**64 - 1)


def keccak_p(lanes):
    for constant in CONSTANTS:
        column = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
                  for x in range(5)]
        moved = [0] * 25
        for (x, y), offset in OFFSETS.items():
            theta = column[x - 1] ^ rotate(column[(x + 1) % 5], 1)
            moved[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(lanes[x + 5 * y] ^ theta, offset)
        lanes = [moved[i] ^ (~moved[i - i % 5 + (i + 1) % 5] & moved[i - i % 5 + (i + 2) % 5])
                 for i in range(25)]
        lanes[0] ^= constant
    return lanes


def turboshake128(message, domain):
    """The output, 168 bytes at a time."""
    padded = bytearray(message + bytes([domain]))
    padded += bytes(-len(padded) % 168)
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for at in range(0, len(padded), 168):
        for i in range(21):
            word = padded[at + 8 * i:at + 8 * i + 8]
            lanes[i] ^= int.from_bytes(word, "little")
        lanes = keccak_p(lanes)
    while True:
        yield b"".join(lane.to_bytes(8, "little") for lane in lanes[:21])
        lanes = keccak_p(lanes)


class Xof:
    def __init__(self, seed, tag, binder):
        message = len(tag).to_bytes(2, "little") + tag + bytes([SEED]) + seed + binder
        self.blocks, self.buffer = turboshake128(message, 1), b""

    def take(self, n):
        while len(self.buffer) < n:
            self.buffer += next(self.blocks)
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def elements(self, n):
        found = []
        while len(found) < n:
            number = int.from_bytes(self.take(16), "little")
            if number < P:
                found.append(number)
        return found


def encode(elements):
    return b"".join(element.to_bytes(16, "little") for element in elements)


def decode(data):
    numbers = [int.from_bytes(data[at:at + 16], "little") for at in range(0, len(data), 16)]
    if any(number >= P for number in numbers):
        raise Refused("an element above the modulus")
    return numbers


# --- circuits ----------------------------------------------------------------------


class Circuit:
    """Numbers up to `top` as bits whose weights sum to `top`."""

    def __init__(self, length, top, chunk):
        bits = top.bit_length()
        self.weights = [2**i for i in range(bits - 1)] + [top - 2**(bits - 1) + 1]
        self.length, self.top, self.chunk = length, top, chunk
        self.encoded_len = length * bits
        self.calls = -(-self.encoded_len // chunk)
        self.points = next(2**k for k in count(1) if 2**k >= 1 + self.calls)
        self.arity = 2 * chunk
        self.proof_len = self.arity + 2 * self.points - 1

    def encode(self, numbers):
        encoded = []
        for number in numbers:
            last = number >= 2**(len(self.weights) - 1)
            rest = number - self.weights[-1] * last
            encoded += [rest >> i & 1 for i in range(len(self.weights) - 1)] + [int(last)]
        return encoded

    def decode(self, encoded):
        bits = len(self.weights)
        return [sum(w * x for w, x in zip(self.weights, encoded[at:at + bits])) % P
                for at in range(0, len(encoded), bits)]

    def valid(self, numbers):
        return len(numbers) == self.length and all(0 <= n <= self.top for n in numbers)

    def inputs(self, encoded, joint_rand, one, call):
        """r x, x - 1, r^2 x', x' - 1, ... of one chunk, zeros after the last element."""
        chunk = encoded[call * self.chunk:(call + 1) * self.chunk]
        chunk += [0] * (self.chunk - len(chunk))
        return [value % P for i, x in enumerate(chunk)
                for value in (pow(joint_rand[call], i + 1, P) * x, x - one)]

    def conditions(self, encoded):
        """What must be zero beside the sum of the gadget's outputs."""
        return []


class SumVec(Circuit):
    ID = 3

    def __init__(self, vector):
        super().__init__(vector["length"], vector["max_measurement"],
                         vector["chunk_length"])


class Linear(Circuit):
    ID = 0xFFFF0001

    def __init__(self, vector):
        self.counters = vector["counters"]
        super().__init__(1 + sum(self.counters), 2**vector["bits"] - 1,
                         vector["chunk_length"])

    def items(self, numbers):
        at = 1
        for counters in self.counters:
            yield numbers[at:at + counters]
            at += counters

    def valid(self, numbers):
        return super().valid(numbers) and all(
            sum(item) == numbers[0] for item in self.items(numbers))

    def conditions(self, encoded):
        numbers = self.decode(encoded)
        return [(sum(item) - numbers[0]) % P for item in self.items(numbers)]


# --- proofs ------------------------------------------------------------------------


def inverse(a):
    return pow(a, -1, P)


def root(n):
    """The n-th root of unity that the draft chooses: a power of 7^((p-1)/2^66)."""
    return pow(7, (P - 1) // n, P)


def basis(n, x):
    """Factors that take values at the n-th roots of unity to the value at x."""
    scale = (pow(x, n, P) - 1) * inverse(n)
    return [scale * w * inverse(x - w) % P for w in (pow(root(n), i, P) for i in range(n))]


def combine(factors, values):
    return sum(factor * value for factor, value in zip(factors, values)) % P


def prove(circuit, encoded, prove_rand, joint_rand):
    n = circuit.points
    calls = [circuit.inputs(encoded, joint_rand, 1, call) for call in range(circuit.calls)]
    wires = [[seed] + [call[j] for call in calls] + [0] * (n - 1 - circuit.calls)
             for j, seed in enumerate(prove_rand)]
    values = []
    for k in range(2 * n - 1):
        if k % 2 == 0:
            at = [wire[k // 2] for wire in wires]
        else:
            factors = basis(n, pow(root(2 * n), k, P))
            at = [combine(factors, wire) for wire in wires]
        values.append(combine(at[::2], at[1::2]))
    return prove_rand + values


def query(circuit, encoded, proof, query_rand, joint_rand, shares):
    n, one = circuit.points, inverse(shares)
    *reduce_rand, t = query_rand
    if pow(t, n, P) == 1:
        raise Refused("the test point is a root of unity")
    seeds, values = proof[:circuit.arity], proof[circuit.arity:]
    # The value left out makes the coefficient of the highest power zero.
    w = root(2 * n)
    values = values + [-w * sum(y * pow(w, i, P) for i, y in enumerate(values)) % P]

    calls = [circuit.inputs(encoded, joint_rand, one, call) for call in range(circuit.calls)]
    out = [sum(values[2 * (1 + call)] for call in range(circuit.calls)) % P]
    out += circuit.conditions(encoded)
    reduced = combine(reduce_rand, out) if len(out) > 1 else out[0]
    factors = basis(n, t)
    wire_checks = [combine(factors, [seed] + [call[j] for call in calls])
                   for j, seed in enumerate(seeds)]
    return [reduced] + wire_checks + [combine(basis(2 * n, t), values)]


def decide(verifier):
    reduced, *wire_checks, gadget_check = verifier
    if reduced or combine(wire_checks[::2], wire_checks[1::2]) != gadget_check:
        raise Refused("the proof does not hold")


# --- Prio3 -------------------------------------------------------------------------

(MEASUREMENT_SHARE, PROOF_SHARE, JOINT_RAND, PROVE_RAND, QUERY_RAND, JOINT_RAND_SEED,
 JOINT_RAND_PART) = range(1, 8)


class Prio3:
    def __init__(self, circuit, vector):
        self.circuit, self.shares = circuit, vector["shares"]
        self.context = bytes.fromhex(vector["ctx"])
        conditions = len(circuit.conditions([0] * circuit.encoded_len))
        self.query_len = 2 + conditions if conditions else 1

    def xof(self, usage, seed, binder):
        tag = bytes([18, 0]) + self.circuit.ID.to_bytes(4, "big") + usage.to_bytes(2, "big")
        return Xof(seed, tag + self.context, binder)

    def measurement_share(self, i, seed):
        return self.xof(MEASUREMENT_SHARE, seed, bytes([i])).elements(
            self.circuit.encoded_len)

    def proof_share(self, i, seed):
        return self.xof(PROOF_SHARE, seed, bytes([1, i])).elements(self.circuit.proof_len)

    def part(self, i, blind, nonce, share):
        return self.xof(JOINT_RAND_PART, blind, bytes([i]) + nonce + encode(share)).take(SEED)

    def joint_seed(self, parts):
        return self.xof(JOINT_RAND_SEED, bytes(SEED), b"".join(parts)).take(SEED)

    def joint_rand(self, seed):
        return self.xof(JOINT_RAND, seed, b"\1").elements(self.circuit.calls)

    def shard(self, encoded, nonce, rand):
        """Takes an encoding, so that a client can encode what is not valid."""
        seeds = [rand[at:at + SEED] for at in range(0, len(rand), SEED)]
        *others, blind, prove_seed = seeds
        others = list(zip(others[::2], others[1::2]))
        first, parts = list(encoded), []
        for i, (seed, other_blind) in enumerate(others, 1):
            share = self.measurement_share(i, seed)
            first = [(a - b) % P for a, b in zip(first, share)]
            parts.append(self.part(i, other_blind, nonce, share))
        parts.insert(0, self.part(0, blind, nonce, first))
        prove_rand = self.xof(PROVE_RAND, prove_seed, b"\1").elements(self.circuit.arity)
        joint_rand = self.joint_rand(self.joint_seed(parts))
        proof = prove(self.circuit, encoded, prove_rand, joint_rand)
        for i, (seed, _) in enumerate(others, 1):
            proof = [(a - b) % P for a, b in zip(proof, self.proof_share(i, seed))]
        return b"".join(parts), [encode(first + proof) + blind] + [
            seed + other_blind for seed, other_blind in others]

    def verify_init(self, key, i, nonce, public_share, input_share):
        blind = input_share[-SEED:]
        if i == 0:
            elements = decode(input_share[:-SEED])
            share = elements[:self.circuit.encoded_len]
            proof = elements[self.circuit.encoded_len:]
        else:
            share = self.measurement_share(i, input_share[:SEED])
            proof = self.proof_share(i, input_share[:SEED])
        parts = [public_share[at:at + SEED] for at in range(0, len(public_share), SEED)]
        parts[i] = self.part(i, blind, nonce, share)
        seed = self.joint_seed(parts)
        query_rand = self.xof(QUERY_RAND, key, b"\1" + nonce).elements(self.query_len)
        verifier = query(self.circuit, share, proof, query_rand, self.joint_rand(seed),
                         self.shares)
        state = encode(self.circuit.decode(share)), seed
        return state, encode(verifier) + parts[i]

    def message(self, verifier_shares):
        if len(verifier_shares) != self.shares:
            raise Refused("not one verifier share each")
        columns = zip(*(decode(share[:-SEED]) for share in verifier_shares))
        decide([sum(column) % P for column in columns])
        return self.joint_seed([share[-SEED:] for share in verifier_shares])

    @staticmethod
    def verify_next(state, message):
        out_share, seed = state
        if message != seed:
            raise Refused("another joint randomness")
        return out_share


def add_encoded(shares):
    return [sum(column) % P for column in zip(*(decode(share) for share in shares))]


# --- checking a vector -------------------------------------------------------------


class Checker:
    def __init__(self, circuit, vector):
        self.vector, self.prio3 = vector, Prio3(circuit, vector)
        self.states = {}

    def shard(self, report, _):
        if not self.prio3.circuit.valid(report["measurement"]):
            raise Refused("the measurement is not valid")
        public_share, input_shares = self.prio3.shard(
            self.prio3.circuit.encode(report["measurement"]),
            bytes.fromhex(report["nonce"]), bytes.fromhex(report["rand"]))
        yield public_share.hex(), report["public_share"]
        yield [share.hex() for share in input_shares], report["input_shares"]

    def verify_init(self, report, operation):
        i = operation["aggregator_id"]
        state, share = self.prio3.verify_init(
            bytes.fromhex(self.vector["verify_key"]), i, bytes.fromhex(report["nonce"]),
            bytes.fromhex(report["public_share"]),
            bytes.fromhex(report["input_shares"][i]))
        self.states[operation["report_index"], i] = state
        yield share.hex(), report["verifier_shares"][0][i]

    def verifier_shares_to_message(self, report, _):
        message = self.prio3.message(
            [bytes.fromhex(share) for share in report["verifier_shares"][0]])
        yield message.hex(), report["verifier_messages"][0]

    def verify_next(self, report, operation):
        i = operation["aggregator_id"]
        out_share = self.prio3.verify_next(
            self.states[operation["report_index"], i],
            bytes.fromhex(report["verifier_messages"][0]))
        yield out_share.hex(), report["out_shares"][i]

    def aggregate(self, _, operation):
        i = operation["aggregator_id"]
        shares = [bytes.fromhex(report["out_shares"][i]) for report in self.vector["reports"]]
        yield encode(add_encoded(shares)).hex(), self.vector["agg_shares"][i]

    def unshard(self, *_):
        shares = [bytes.fromhex(share) for share in self.vector["agg_shares"]]
        yield add_encoded(shares), self.vector["agg_result"]

    def run(self):
        """The first operation that does not do what the vector says, or None."""
        for number, operation in enumerate(self.vector["operations"]):
            name, success = operation["operation"], operation["success"]
            report = self.vector["reports"][operation.get("report_index", 0)]
            try:
                pairs = list(getattr(self, name)(report, operation))
                right = success and all(got == want for got, want in pairs)
            except Refused:
                right = not success
            if not right:
                return f"operation {number}, {name}"
        return None


CIRCUITS = {"Prio3SumVec": SumVec, "Prio3Linear": Linear}


def check(folder):
    passed = failed = 0
    for path in sorted(folder.glob("Prio3*.json")):
        circuit = CIRCUITS.get(path.name.split("_")[0])
        if circuit is None:
            continue
        vector = json.loads(path.read_text(encoding="utf-8"))
        wrong = Checker(circuit(vector), vector).run()
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        print(f"passed {path.name}" if wrong is None else f"failed {path.name}: {wrong}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


# --- writing vectors ---------------------------------------------------------------

SMALL = {"counters": [3, 2, 4], "bits": 4, "chunk_length": 6, "shares": 2}
SMALL_MEASUREMENT = [9, 2, 3, 4, 0, 9, 1, 1, 7, 0]


def fixed_bytes(n, start):
    return bytes((start + 7 * i) % 256 for i in range(n))


class Writer:
    def __init__(self, parameters):
        self.vector = dict(parameters, agg_param="", agg_result=None, agg_shares=[],
                           ctx=b"a questionnaire".hex(), operations=[], reports=[],
                           verify_key=fixed_bytes(32, 1).hex())
        self.prio3 = Prio3(Linear(self.vector), self.vector)

    def does(self, operation, success=True, **what):
        self.vector["operations"].append(dict(what, operation=operation, success=success))

    def report(self, measurement, encoded=None):
        """A report, of a cheating client where an encoding is given."""
        number = len(self.vector["reports"])
        nonce, rand = fixed_bytes(NONCE, number), fixed_bytes(
            2 * SEED * self.prio3.shares, 3 + number)
        public_share, input_shares = self.prio3.shard(
            encoded or self.prio3.circuit.encode(measurement), nonce, rand)
        report = {"measurement": measurement, "nonce": nonce.hex(), "rand": rand.hex(),
                  "public_share": public_share.hex(),
                  "input_shares": [share.hex() for share in input_shares],
                  "verifier_shares": [], "verifier_messages": [], "out_shares": []}
        self.vector["reports"].append(report)
        return report

    def verify(self, report, refused=None):
        """Goes as far as the operation that is refused, or to the output shares."""
        index, results = self.vector["reports"].index(report), []
        for i, share in enumerate(report["input_shares"]):
            results.append(self.prio3.verify_init(
                bytes.fromhex(self.vector["verify_key"]), i,
                bytes.fromhex(report["nonce"]), bytes.fromhex(report["public_share"]),
                bytes.fromhex(share)))
            self.does("verify_init", aggregator_id=i, report_index=index)
        shares = [share for _, share in results]
        report["verifier_shares"] = [[share.hex() for share in shares]]
        to_message = "verifier_shares_to_message"
        self.does(to_message, refused != to_message, report_index=index, round=0)
        if refused == to_message:
            return
        message = self.prio3.message(shares)
        report["verifier_messages"] = [message.hex()]
        for i, (state, _) in enumerate(results):
            self.does("verify_next", aggregator_id=i, report_index=index, round=1)
            report["out_shares"].append(self.prio3.verify_next(state, message).hex())

    def aggregate(self):
        for i in range(self.prio3.shares):
            self.does("aggregate", aggregator_id=i)
            self.vector["agg_shares"].append(encode(add_encoded(
                [bytes.fromhex(report["out_shares"][i])
                 for report in self.vector["reports"]])).hex())
        self.does("unshard")
        self.vector["agg_result"] = add_encoded(
            [bytes.fromhex(share) for share in self.vector["agg_shares"]])


def positive(parameters, measurements):
    writer = Writer(parameters)
    for measurement in measurements:
        report = writer.report(measurement)
        writer.does("shard", report_index=len(writer.vector["reports"]) - 1)
        writer.verify(report)
    writer.aggregate()
    return writer.vector


def cheating(encoded):
    """A report whose encoding is not valid, and no measurement stands for it."""
    writer = Writer(SMALL)
    writer.verify(writer.report(None, encoded), "verifier_shares_to_message")
    return writer.vector


def changed(number, counters=None):
    numbers = list(SMALL_MEASUREMENT)
    for at, value in {0: number, **(counters or {})}.items():
        numbers[at] = value
    return Linear(SMALL).encode(numbers)


def not_bits():
    """Ranges are broken, sums are not: a counter of -1 beside one that is larger by 1."""
    encoded = Linear(SMALL).encode(SMALL_MEASUREMENT[:4] + [10, 0] + SMALL_MEASUREMENT[6:])
    encoded[5 * 4] = P - 1
    return encoded


def too_large():
    """A counter of 20 as bits 2, 1, 0, 2, and N = 20 in the same way."""
    circuit, large = Linear(SMALL), [2, 1, 0, 2]
    encoded = circuit.encode([0] * 10)
    for at in (0, 1, 4, 6):
        encoded[4 * at:4 * at + 4] = large
    return encoded


def tampered(change):
    writer = Writer(SMALL)
    report = writer.report(SMALL_MEASUREMENT)
    report["measurement"] = None
    change(report)
    writer.verify(report, "verifier_shares_to_message")
    return writer.vector


def flip(texts, key, at):
    data = bytearray.fromhex(texts[key])
    data[at] ^= 1
    texts[key] = data.hex()


def bad_message():
    """Both aggregators receive a message that is not that of their shares."""
    writer = Writer(SMALL)
    report = writer.report(SMALL_MEASUREMENT)
    writer.verify(report)
    flip(report["verifier_messages"], 0, 0)
    report.update(measurement=None, out_shares=[])
    operations = writer.vector["operations"]
    writer.vector["operations"] = [
        dict(operation, success=operation["operation"] == "verify_init")
        for operation in operations
        if operation["operation"] != "verifier_shares_to_message"]
    return writer.vector


def bad_measurement():
    """N too small, a counter too large, and sums that hold but exceed the range."""
    writer = Writer(SMALL)
    for index, measurement in enumerate((
            [8] + SMALL_MEASUREMENT[1:],
            SMALL_MEASUREMENT[:9] + [1],
            [16, 16, 0, 0, 16, 0, 16, 0, 0, 0])):
        report = writer.report(SMALL_MEASUREMENT)
        report.update(measurement=measurement, public_share="", input_shares=[])
        writer.does("shard", False, report_index=index)
    return writer.vector


def vectors():
    yield "0", positive(SMALL, [SMALL_MEASUREMENT])
    yield "1", positive({"counters": [2], "bits": 1, "chunk_length": 1, "shares": 3},
                        [[1, 0, 1], [0, 0, 0], [1, 1, 0]])
    yield "2", positive(
        {"counters": [7] * 3 + [3], "bits": 7, "chunk_length": 12, "shares": 2},
        [[100 + n] + [20, 30, 40, n, 5, 0, 5] * 3 + [n, 99, 1] for n in range(2)])
    yield "bad_item", cheating(changed(9, {3: 5}))
    yield "bad_n", cheating(changed(8))
    yield "bad_negative", cheating(not_bits())
    yield "bad_range", cheating(too_large())
    yield "bad_hub_share", tampered(lambda report: flip(report["input_shares"], 0, 16))
    yield "bad_hub_proof", tampered(lambda report: flip(report["input_shares"], 0, -64))
    yield "bad_hub_blind", tampered(lambda report: flip(report["input_shares"], 0, -1))
    yield "bad_notary_seed", tampered(lambda report: flip(report["input_shares"], 1, 0))
    yield "bad_public_share", tampered(lambda report: flip(report, "public_share", 40))
    yield "bad_message", bad_message()
    yield "bad_measurement", bad_measurement()


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, vector in vectors():
        text = json.dumps(vector, indent=1, sort_keys=True)
        (folder / f"Prio3Linear_{name}.json").write_text(text + "\n", encoding="utf-8")
    return 0


def main():
    actions = {"check": check, "write": write}
    if len(sys.argv) != 3 or sys.argv[1] not in actions:
        print("usage: linear_model.py check|write DIR", file=sys.stderr)
        return 2
    return actions[sys.argv[1]](pathlib.Path(sys.argv[2]))


if __name__ == "__main__":
    sys.exit(main())
