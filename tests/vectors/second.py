# SPDX-License-Identifier: Apache-2.0
"""A second implementation of the protocol, made from proto/PROTOCOL.md alone: canonical
form, hashes, signatures, sealing, envelopes, invites, chains and the rules of every body
and object. Nothing here was looked up in the C code. Sections are named as on that page.
"""
import base64
import hashlib
import math
import re

import nacl.bindings as sodium
import nacl.exceptions
import nacl.public
import nacl.signing
import nacl.utils

MALFORMED, TOOBIG, VERSION, SIGNATURE, INVITE, PEER = 40, 41, 42, 43, 46, 49


class Refused(Exception):
    """Bytes or values that must be refused, with the number of the error."""

    def __init__(self, code, why):
        super().__init__(f"{code}: {why}")
        self.code = code


def need(condition, why, code=MALFORMED):
    if not condition:
        raise Refused(code, why)


# --- Canonical form ----------------------------------------------------------------


def head(small, small_max, forms, n):
    """The shortest first bytes for a length or count n."""
    if n <= small_max:
        return bytes([small | n])
    for first, width in forms:
        if n < 1 << 8 * width:
            return bytes([first]) + n.to_bytes(width, "big")
    raise ValueError(n)


def pack(value):
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int) and value >= 0:
        return head(0, 127, ((0xcc, 1), (0xcd, 2), (0xce, 4), (0xcf, 8)), value)
    if isinstance(value, int):
        if value >= -32:
            return value.to_bytes(1, "big", signed=True)
        for first, width in ((0xd0, 1), (0xd1, 2), (0xd2, 4), (0xd3, 8)):
            if value >= -1 << 8 * width - 1:
                return bytes([first]) + value.to_bytes(width, "big", signed=True)
        raise ValueError(value)
    if isinstance(value, str):
        raw = value.encode()
        return head(0xa0, 31, ((0xd9, 1), (0xda, 2), (0xdb, 4)), len(raw)) + raw
    if isinstance(value, bytes):
        return head(0, -1, ((0xc4, 1), (0xc5, 2), (0xc6, 4)), len(value)) + value
    if isinstance(value, list):
        return head(0x90, 15, ((0xdc, 2), (0xdd, 4)), len(value)) + b"".join(
            pack(element) for element in value)
    keys = sorted(value, key=str.encode)
    return head(0x80, 15, ((0xde, 2), (0xdf, 4)), len(keys)) + b"".join(
        pack(key) + pack(value[key]) for key in keys)


class Walk:
    """Reads one value, and refuses every form but the canonical one."""

    def __init__(self, data, values):
        self.data, self.at, self.values = data, 0, values

    def take(self, n):
        need(n <= len(self.data) - self.at, "cut short")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, width, least):
        n = int.from_bytes(self.take(width), "big")
        need(n >= least, "not the shortest form")
        return n

    def negative(self, width, below):
        n = int.from_bytes(self.take(width), "big", signed=True)
        need(n < below, "not the shortest form")
        return n

    def text(self, n):
        raw = self.take(n)
        need(0 not in raw, "a zero byte in a text")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise Refused(MALFORMED, "not UTF-8") from None

    def value(self, depth=0):
        need(self.values > 0, "too many values", TOOBIG)
        self.values -= 1
        first = self.take(1)[0]
        if first <= 0x7f:
            return first
        if first >= 0xe0:
            return first - 256
        if 0xa0 <= first <= 0xbf:
            return self.text(first - 0xa0)
        if first <= 0x8f:
            return self.map(first - 0x80, depth)
        if first <= 0x9f:
            return self.array(first - 0x90, depth)
        forms = {
            0xc0: lambda: None, 0xc2: lambda: False, 0xc3: lambda: True,
            0xc4: lambda: self.take(self.number(1, 0)),
            0xc5: lambda: self.take(self.number(2, 1 << 8)),
            0xc6: lambda: self.take(self.number(4, 1 << 16)),
            0xcc: lambda: self.number(1, 1 << 7), 0xcd: lambda: self.number(2, 1 << 8),
            0xce: lambda: self.number(4, 1 << 16), 0xcf: lambda: self.number(8, 1 << 32),
            0xd0: lambda: self.negative(1, -32),
            0xd1: lambda: self.negative(2, -(1 << 7)),
            0xd2: lambda: self.negative(4, -(1 << 15)),
            0xd3: lambda: self.negative(8, -(1 << 31)),
            0xd9: lambda: self.text(self.number(1, 32)),
            0xda: lambda: self.text(self.number(2, 1 << 8)),
            0xdb: lambda: self.text(self.number(4, 1 << 16)),
            0xdc: lambda: self.array(self.number(2, 16), depth),
            0xdd: lambda: self.array(self.number(4, 1 << 16), depth),
            0xde: lambda: self.map(self.number(2, 16), depth),
            0xdf: lambda: self.map(self.number(4, 1 << 16), depth),
        }
        need(first in forms, "a form that is not used")
        return forms[first]()

    def enter(self, claimed, depth):
        need(claimed <= len(self.data) - self.at, "claims more than there is")
        need(depth < 8, "nested too deep", TOOBIG)

    def array(self, n, depth):
        self.enter(n, depth)
        return [self.value(depth + 1) for _ in range(n)]

    def map(self, n, depth):
        self.enter(2 * n, depth)
        found, last = {}, None
        for _ in range(n):
            key = self.value(depth + 1)
            need(isinstance(key, str) and key != "", "a key that is no text")
            need(len(key.encode()) <= 31, "a long key", TOOBIG)
            need(last is None or last < key.encode(), "keys out of order")
            last = key.encode()
            found[key] = self.value(depth + 1)
        return found


def unpack(data, values=40000):
    walk = Walk(data, values)
    value = walk.value()
    need(walk.at == len(data), "bytes after the end")
    return value


# --- Hashes, signatures and tags ---------------------------------------------------


def hash32(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def tagged(tag, data):
    return hash32(bytes([len(tag)]) + tag.encode() + data)


def derive(key, purpose):
    return hashlib.blake2b(purpose.encode(), digest_size=32, key=key).digest()


def sign(key, tag, data):
    return key.sign(tagged(tag, data)).signature


def verify(public, tag, data, signature):
    try:
        nacl.signing.VerifyKey(public).verify(tagged(tag, data), signature)
    except (nacl.exceptions.BadSignatureError, ValueError):
        raise Refused(SIGNATURE, f"not signed: {tag}") from None


# --- Sealing -----------------------------------------------------------------------


def box(key, purpose, context, plain):
    nonce = nacl.utils.random(24)
    return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plain, context, nonce, derive(key, purpose))


def unbox(key, purpose, context, boxed):
    need(len(boxed) >= 40, "too short to be a box", SIGNATURE)
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            boxed[24:], context, boxed[:24], derive(key, purpose))
    except nacl.exceptions.CryptoError:
        raise Refused(SIGNATURE, "changed, or under another key") from None


# --- Envelope ----------------------------------------------------------------------

TYPES = {"ENROL": 1, "SYNC": 2, "GET": 3, "STATUS": 4, "SUBMIT": 5, "WITHDRAW": 6,
         "REPORT": 7, "PUT": 16, "COSIGN": 17, "VERIFY": 18, "DROP": 19, "CLOSE": 20,
         "NUMBERS": 21, "OPEN": 22, "FREEZE": 23}
REPORTS_MAX = 60000
MESSAGE_MAX = 262144


def make_request(key, recipient, kind, request_id, body):
    """The request and its message key. `body` is a value, or bytes as they are."""
    plain = body if isinstance(body, bytes) else pack(body)
    message_key = nacl.utils.random(32)
    start = b"\x96\x01" + bytes([kind]) + pack(bytes(key.verify_key)) + pack(request_id)
    sealed = nacl.public.SealedBox(nacl.public.PublicKey(recipient)).encrypt(message_key)
    signed = start + pack(sealed + box(message_key, "drempel request", start, plain))
    return signed + pack(sign(key, "drempel envelope 1", signed)), message_key


def open_request(data, box_secret):
    """(type, sender, id, body, message key), after signature and seal."""
    need(len(data) <= MESSAGE_MAX, "too long", TOOBIG)
    outer = unpack(data)
    need(isinstance(outer, list) and len(outer) == 6 and outer[0] == 1, "not a request")
    _, kind, sender, request_id, sealed, signature = outer
    need(len(sender) == 32 and len(request_id) == 16 and len(signature) == 64, "sizes")
    verify(sender, "drempel envelope 1", data[:-66], signature)
    try:
        key = nacl.public.SealedBox(box_secret).decrypt(sealed[:80])
    except nacl.exceptions.CryptoError:
        raise Refused(SIGNATURE, "sealed for another") from None
    body = unpack(unbox(key, "drempel request", data[:55], sealed[80:]))
    return kind, sender, request_id, body, key


def make_reply(message_key, kind, request_id, body):
    start = b"\x94\x01" + bytes([64 + kind]) + pack(request_id)
    return start + pack(box(message_key, "drempel reply", start, pack(body)))


def make_error(request_id, code):
    return b"\x94\x01\x7f" + pack(request_id) + bytes([code])


def open_reply(data, message_key, kind, request_id):
    """The body; PEER for an error in the open, which proves nothing."""
    need(len(data) <= MESSAGE_MAX, "too long", TOOBIG)
    outer = unpack(data)
    need(isinstance(outer, list) and len(outer) == 4 and outer[0] == 1, "not a reply")
    _, answered, replied_id, boxed = outer
    if answered == 127:
        need(replied_id in (request_id, bytes(16)), "for another request", SIGNATURE)
        raise Refused(PEER, f"the hub could not read the request: {boxed}")
    need(answered == 64 + kind and replied_id == request_id, "another request", SIGNATURE)
    return unpack(unbox(message_key, "drempel reply", data[:21], boxed))


# --- Ledger row, Log row -----------------------------------------------------------


def ledger_row(row):
    return (row["seq"].to_bytes(8, "little") + row["year"].to_bytes(4, "little")
            + bytes([row["group"], 0, 0, 0]) + row["campaign"] + row["unit"]
            + row["delta2"].to_bytes(4, "little") + row["sigma2"].to_bytes(4, "little")
            + row["rho"][0].to_bytes(8, "little") + row["rho"][1].to_bytes(8, "little")
            + row["bytes"] + row["time"].to_bytes(8, "little") + row["previous"]
            + bytes(32))


def log_row(row):
    return (row["seq"].to_bytes(8, "little") + row["time"].to_bytes(8, "little")
            + row["event"].encode().ljust(16, b"\0") + row["campaign"] + row["unit"]
            + bytes([row["group"]]) + row["bytes"] + row["previous"])


# --- Voucher -----------------------------------------------------------------------

def write_voucher(code, notary, box, school):
    digits = base64.b32encode(
        code + tagged("drempel voucher check 1", code + notary + box + school.encode())[:4])
    return "-".join(digits.decode()[i:i + 4] for i in range(0, 32, 4))


def prove(code, key):
    return tagged("drempel voucher 1", code + key)


# --- Invite ------------------------------------------------------------------------

INVITE_KEYS = ("drempel-invite", "hub", "url", "hub-key", "hub-box", "notary-key",
               "notary-box", "school", "expires", "token", "check")
NOTARY_KEYS = ("notary-key", "notary-box")


def write_invite(values):
    lines = "".join(f"{key}: {values[key]}\n" for key in INVITE_KEYS[:-1] if key in values)
    check = tagged("drempel invite check 1", lines.encode())[:8].hex()
    return f"{lines}check: {check}\n"


def read_invite(text):
    lines = [line for line in re.split(r"[\r\n]+", text) if line]
    pairs = [line.partition(": ") for line in lines]
    without = tuple(key for key in INVITE_KEYS if key not in NOTARY_KEYS)
    need(tuple(key for key, _, _ in pairs) in (INVITE_KEYS, without), "not an invite", INVITE)
    values = {key: value for key, _, value in pairs}
    need(write_invite(values).splitlines()[-1] == lines[-1], "mistyped", INVITE)
    return values


# --- what fields may hold ----------------------------------------------------------


def uint(most, least=0):
    def check(value):
        need(type(value) is int and least <= value <= most, "a number out of range")
    return check


def integer(least, most):
    return uint(most, least)


def boolean(value):
    need(isinstance(value, bool), "neither true nor false")


def text(size):
    def check(value):
        need(isinstance(value, str), "not a text")
        need(len(value.encode()) <= size, "a long text", TOOBIG)
    return check


def line(size, least=1):
    def check(value):
        text(size)(value)
        need(len(value) >= least and not re.search(r"[\x00-\x1f\x7f]", value), "no line")
    return check


def code(size, first="A-Za-z0-9_"):
    def check(value):
        text(size)(value)
        need(re.fullmatch(rf"[{first}][A-Za-z0-9_.-]*", value), "not a code")
    return check


def binary(size):
    def check(value):
        need(isinstance(value, bytes) and len(value) == size, "a binary of another size")
    return check


def binary_up_to(size, piece=1):
    def check(value):
        need(isinstance(value, bytes) and len(value) % piece == 0, "not whole pieces")
        need(len(value) <= size, "a long binary", TOOBIG)
    return check


def array(of, most, least=0):
    def check(value):
        need(isinstance(value, list) and len(value) >= least, "not an array")
        need(len(value) <= most, "a long array", TOOBIG)
        for element in value:
            of(element)
    return check


def row(*kinds):
    def check(value):
        need(isinstance(value, list) and len(value) == len(kinds), "not such an array")
        for kind, element in zip(kinds, value):
            kind(element)
    return check


def fields(**kinds):
    def check(value):
        need(isinstance(value, dict) and set(value) == set(kinds), "other keys")
        for key, kind in kinds.items():
            kind(value[key])
    check.keys = sorted(kinds)
    return check


def columns(most, least=0, **kinds):
    named = fields(**{key: array(kind, most, least) for key, kind in kinds.items()})

    def check(value):
        named(value)
        need(len({len(column) for column in value.values()}) == 1, "uneven columns")
    check.keys = named.keys
    return check


# --- Messages ----------------------------------------------------------------------

AT = uint(253402300799)
WITHDRAWAL = fields(at=AT, campaign=binary(32), contribution=binary(32), group=uint(2),
                    signature=binary(64), unit=binary(16))
PUT = fields(at=AT, blob=binary(32), bytes=binary_up_to(131072), offset=uint(4194304),
             total=uint(4194304, 1))


def check_put(body):
    PUT(body)
    need(body["offset"] + len(body["bytes"]) <= body["total"], "a piece past the end")


check_put.keys = PUT.keys


def done(value):
    need(value is True, "not true")


def check_encoded_receipt(value):
    need(isinstance(value, bytes), "not a binary")
    check_receipt(unpack(value))


def withdrawal_statement(withdrawal):
    return pack({key: withdrawal[key] for key in ("campaign", "contribution", "group",
                                                  "unit")})


def check_names(value):
    binary_up_to(REPORTS_MAX * 32, 32)(value)
    names = [value[i:i + 32] for i in range(0, len(value), 32)]
    need(all(one < other for one, other in zip(names, names[1:])), "names out of order")


LIST = fields(answers=binary(32), campaign=binary(32), reports=check_names)

BODY = {
    "ENROL": fields(at=AT, proof=binary(32), token=binary(32)),
    "SYNC": fields(at=AT),
    "GET": fields(at=AT, hash=binary(32), offset=uint(4194304)),
    "STATUS": fields(at=AT, campaign=binary(32)),
    "SUBMIT": fields(at=AT, contribution=binary_up_to(MESSAGE_MAX)),
    "WITHDRAW": WITHDRAWAL,
    "REPORT": fields(at=AT, report=binary_up_to(MESSAGE_MAX)),
    "PUT": check_put,
    "COSIGN": fields(at=AT, manifest=binary(32), roll=binary(32), seed=binary(32),
                     signature=binary(64)),
    "VERIFY": fields(at=AT, campaign=binary(32), group=uint(2), hub_share=binary(32),
                     initialize=binary_up_to(MESSAGE_MAX), nonce=binary(16),
                     notary_share=binary_up_to(MESSAGE_MAX),
                     public_share=binary_up_to(MESSAGE_MAX), signature=binary(64),
                     unit=binary(16)),
    "DROP": WITHDRAWAL,
    "CLOSE": fields(at=AT, campaign=binary(32), list=binary(32), signature=binary(64)),
    "NUMBERS": fields(at=AT, campaign=binary(32), shares=binary_up_to(MESSAGE_MAX)),
    "OPEN": fields(at=AT, campaign=binary(32), release=uint(31)),
    "FREEZE": fields(at=AT, campaign=binary(32)),
}
def check_refused(value):
    need(isinstance(value, list) and len(value) == 3, "not three values")
    for check, element in zip((uint(2), uint(99, 1), binary(16)), value):
        check(element)


def check_lists(value):
    need(isinstance(value, list) and len(value) in (0, 2), "neither two lists nor none")
    for known in value:
        need(isinstance(known, list) and len(known) == 2, "not a hash and a signature")
        binary(32)(known[0])
        binary(64)(known[1])


STATUS = fields(lists=check_lists, receipts=array(check_encoded_receipt, 64),
                refused=array(check_refused, 64))
ANSWER = {
    "ENROL": fields(name=text(95), school=text(95)),
    "SYNC": array(fields(cosignature=binary(64), manifest=binary(32), signature=binary(64),
                         state=uint(3)), 32),
    "GET": fields(bytes=binary_up_to(131072), total=uint(4194304, 1)),
    "STATUS": STATUS,
    "SUBMIT": array(check_encoded_receipt, 1, 1),
    "WITHDRAW": done,
    "REPORT": STATUS,
    "PUT": uint(4194304),
    "COSIGN": binary(64),
    "VERIFY": fields(finish=binary_up_to(MESSAGE_MAX), receipt=check_encoded_receipt),
    "DROP": done,
    "CLOSE": fields(list=binary(32), signature=binary(64)),
    "NUMBERS": binary_up_to(MESSAGE_MAX),
    "OPEN": binary_up_to(MESSAGE_MAX),
    "FREEZE": done,
}


def check_reply(kind, body):
    fields(at=AT, err=uint(99), of=lambda value: None, text=text(199))(body)
    if body["err"]:
        need(body["of"] is None, "a refusal with an answer")
    else:
        ANSWER[kind](body["of"])


# --- Contribution, Receipt, Edition ------------------------------------------------

CONTRIBUTION = fields(
    campaign=binary(32), group=uint(2), incomplete=boolean, invited=uint(100000),
    questionnaires=uint(100000), sigma2=uint(2147483647), unit=binary(16),
    values=array(integer(-1 << 53, 1 << 53), 1024))


def check_contribution(value):
    CONTRIBUTION(value)
    need((value["sigma2"] == 0) == (value["values"] == []), "noise without values")


check_receipt = fields(
    campaign=binary(32), contribution=binary(32), group=uint(2), hub=binary(32),
    signature=binary(64), stored=uint(1 << 40), unit=binary(16))


def receipt_statement(receipt):
    return pack({key: receipt[key] for key in receipt if key != "signature"})


WORD, BIG = (1 << 32) - 1, (1 << 63) - 1
EDITION = fields(
    accounting=array(row(uint(2), uint(5), uint(4), uint(1000000), uint(2147483647),
                         uint(WORD), uint(BIG), uint(BIG, 1)), 32),
    campaign=text(95), created=uint(BIG), manifest=binary(32), number=uint(WORD, 1),
    opened=array(row(uint(2), uint(4), *[uint(65535)] * 3, uint(4), uint(2), uint(WORD),
                     array(integer(-BIG - 1, BIG), 2048)), 864),
    rows=row(array(uint(4), 200000, 1), array(uint(3), 200000, 1),
             *[array(text(47), 200000, 1)] * 3, *[array(text(15), 200000, 1)] * 3,
             *[array(text(23), 200000, 1)] * 6, array(uint(127), 200000, 1)),
    schools=row(uint(WORD), uint(WORD)))


def check_edition(value):
    EDITION(value)
    need(len({len(column) for column in value["rows"]}) == 1, "uneven rows")
    need(all(status in b" cuxz" for status in value["rows"][14]), "a status")


# --- Instrument --------------------------------------------------------------------

WORDING = array(line(1024), 8, 1)
NAME = {"first": "A-Za-z0-9"}  # what an instrument's codes begin with
AREAS = columns(16, 1, additional=uint(1), code=code(15, **NAME), name=WORDING)
ITEMS = columns(256, 1, area=uint(15), code=code(15, **NAME), groups=uint(7, 1),
                kind=uint(3), levels=uint(62), scale=uint(31), text=array(WORDING, 3, 1))
SCALES = columns(32, 1, code=code(15, **NAME), labels=array(WORDING, 7), na=uint(1),
                 points=uint(7))
INSTRUMENT = fields(areas=AREAS, id=code(31, **NAME), items=ITEMS,
                    languages=array(code(15, **NAME), 8, 1), scales=SCALES,
                    title=WORDING, version=code(15, **NAME))


def core_vector(instrument, group):
    items = instrument["items"]
    return [i for i, kind in enumerate(items["kind"])
            if kind == 0 and items["levels"][i] == 0 and items["groups"][i] >> group & 1]


def check_instrument(value):
    INSTRUMENT(value)
    areas, items, scales = value["areas"], value["items"], value["scales"]
    wordings = areas["name"] + [value["title"]]
    wordings += [words for item in items["text"] for words in item]
    wordings += [words for labels in scales["labels"] for words in labels]
    need(all(len(words) == len(value["languages"]) for words in wordings), "languages")
    for codes in (value["languages"], areas["code"], items["code"], scales["code"]):
        need(len(set(codes)) == len(codes), "a code twice")
    for labels, na, points in zip(scales["labels"], scales["na"], scales["points"]):
        need(len(labels) == points != 1 and (points or not na), "a scale")
    for i, kind in enumerate(items["kind"]):
        check_item(areas, scales, {key: items[key][i] for key in items}, kind)
    need(all(core_vector(value, group) for group in range(3)), "a group without items")


def check_item(areas, scales, item, kind):
    need(len(item["text"]) == bin(item["groups"]).count("1"), "a text per group")
    need(item["area"] < len(areas["code"]) and item["scale"] < len(scales["code"]), "index")
    need(item["levels"] % 2 == 0 and item["levels"] != 62, "levels")
    additional = areas["additional"][item["area"]]
    points = scales["points"][item["scale"]]
    if kind == 3:
        need(item["scale"] == 0, "the scale of a text")
        return
    need(points or additional, "a tick box in a main area")
    need(kind != 0 or (not additional and points == 5), "a core item")
    need(kind != 1 or (additional and points in (0, 5)), "an additional item")


# --- Manifest ----------------------------------------------------------------------

PEOPLE = uint(100000)
FOLDS = columns(32, family=uint(4, 1), **{"from": uint(7, 1), "into": uint(7, 1)})
RELEASES = columns(32, delta2=uint(1000000), family=uint(4), group=uint(2),
                   items=uint(2), map=uint(4), rho_den=uint(BIG, 1), rho_num=uint(BIG),
                   sigma2=uint(2147483647))
THRESHOLDS = fields(
    board_percent=uint(100, 1), boards=uint(10000, 1),
    respondents=array(uint(100000, 1), 3, 3), school_percent=uint(100, 1),
    schools=uint(10000, 1), unit=array(uint(100000, 1), 3, 3))
UNITS = columns(20000, 1, board=uint(9999), leader=PEOPLE, level=uint(5, 1),
                network=uint(5, 1), province=uint(7, 1), pupil=PEOPLE, school=uint(9999),
                teacher=PEOPLE)
MANIFEST = fields(
    boards=uint(10000, 1), box=binary(32), deadline=uint(8640000000), folds=FOLDS,
    hub=binary(32), id=code(95), ids=binary_up_to(320000, 16), instrument=binary(32),
    keys=binary_up_to(320000, 32), notary=binary(32), notary_box=binary(32),
    region=code(15), releases=RELEASES, replaces=binary(32),
    rho=columns(3, 3, den=uint(BIG, 1), num=uint(BIG, 1)), sample=boolean,
    thresholds=THRESHOLDS, title=line(95), to=uint(100000), track=uint(1), units=UNITS,
    verify=binary(32), year=uint(2243, 1970), **{"from": uint(100000)})
CODES = {1: 7, 2: 5, 3: 5, 4: 5}  # of a family's fold rules


def records(value):
    return [dict(zip(value, values)) for values in zip(*value.values())]


def pieces(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


def check_manifest(value):
    MANIFEST(value)
    ids, keys = pieces(value["ids"], 16), pieces(value["keys"], 32)
    enrolled = [key for key in keys if key != bytes(32)]
    units = records(value["units"])
    need(1 <= value["boards"] <= len(keys), "boards")
    need(len(units) == len(ids) and all(a < b for a, b in zip(ids, ids[1:])), "ids")
    need(len(set(enrolled)) == len(enrolled), "a key twice")
    need(value["from"] <= value["to"], "the period")
    need(all(math.gcd(r["num"], r["den"]) == 1 for r in records(value["rho"])), "rho")
    for fold in records(value["folds"]):
        need(fold["from"] != fold["into"], "a fold into itself")
        need(max(fold["from"], fold["into"]) <= CODES[fold["family"]], "a fold's code")
    need(all(u["school"] < len(keys) and u["board"] < value["boards"] for u in units),
         "an index")
    need(len({(u["school"], u["level"]) for u in units}) == len(units), "a level twice")
    need(len({(u["school"], u["board"]) for u in units})
         == len({u["school"] for u in units}), "two boards")
    sealed = value["track"] == 1
    need(all((value[key] != bytes(32)) == sealed
             for key in ("notary", "notary_box", "verify")), "the notary")
    need(not sealed or (value["notary"] != value["hub"]
                        and value["notary_box"] != value["box"]), "its own notary")
    check_releases(records(value["releases"]), value["track"])


def check_releases(releases, track):
    places = [(r["group"], r["family"], r["items"]) for r in releases]
    need(len(set(places)) == len(places), "a release twice")
    for r in releases:
        need(math.gcd(r["rho_num"], r["rho_den"]) == 1, "rho of a release")
        need((r["items"] == 2) == (r["map"] == 4), "ticks of tick boxes alone")
        if r["map"] == 0:
            need(r["rho_num"] == r["delta2"] == r["sigma2"] == 0, "counts have no noise")
        else:
            need(r["delta2"] and r["sigma2"], "no noise")
            need(r["rho_num"] or (track == 0 and r["family"] != 0), "no charge")
