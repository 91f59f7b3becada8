#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rare strings and numbers are put where people would put names, mail addresses, remarks
and answers; then a whole campaign is run, and everything that exists afterwards is
searched for them: both sides' directories and logs, what commands said, the published
files, and every byte that went over the wire.

    tests/e2e/canary.py BIN [unittest's options]
"""

import base64
import contextlib
import json
import os
import random
import socket
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../support"))
import federation
from federation import CAMPAIGN, WINDOW, Federation, day

MARK = "Kwikstaart"     # begins the school's public names, which may not be published
PUPILS, TEACHERS, LEADERS = 30, 12, 6

# Of people: dropped when a file is imported, so nowhere at all afterwards.
PEOPLE = {
    "a name": "Roodborst-Vanzwaluwe",
    "a mail address": "roodborst.7391@kanarie.example",
    "a token": "Q7tokRoodborst9x",
    "an address": "203.0.113.191",
    "an exact time": f"{day(-3)} 15:09:26",
    "a referrer": "https://kanarie.example/enquete?leerling=7391",
    "free text": "de juf van 3B zei dat roodborstjes 7391 keer zingen",
    "a remark": "opmerking-van-roodborst-7391",
    "a key": "918273645091",
}
# Of the school: its own questions stay in its own database and report.
OWN = {
    "an own question": "Mijn winterkoning-7391 helpt in de les.",
    "its help text": "Elke week een winterkoning-7391-les.",
    "its code": "winterkoning",
}


def encodings(text):
    """The forms in which a text could hide in a file."""
    raw = text.encode()
    yield raw
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield from forms(raw)


def forms(raw):
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for shift in range(3):  # base64 of a text that holds it, at each alignment
        inside = slice(4 if shift else 0, -4)
        if len(raw) > 9:    # what is shorter would be found by chance
            yield base64.b64encode(b"x" * shift + raw)[inside]
            yield base64.urlsafe_b64encode(b"x" * shift + raw)[inside]


def integers(number):
    """The forms of a whole number that is stored as one."""
    yield number.to_bytes(8, "little")
    yield number.to_bytes(8, "big")
    yield number.to_bytes(6, "big")  # SQLite's own


def packed(vector):
    """MessagePack's shortest form of a row of integers, as the wire would carry it."""
    def one(v):
        if -32 <= v <= 127:
            return v.to_bytes(1, "big", signed=True)
        for size, signed_code, plain_code in ((1, 0xd0, 0xcc), (2, 0xd1, 0xcd), (4, 0xd2, 0xce)):
            if 0 <= v < 1 << 8 * size:
                return bytes([plain_code]) + v.to_bytes(size, "big")
            if v < 0 and -v <= 1 << (8 * size - 1):
                return bytes([signed_code]) + v.to_bytes(size, "big", signed=True)
        raise ValueError(v)
    return b"".join(map(one, vector))


class Tap:
    """Stands between the nodes and the hub and remembers every byte."""

    def __init__(self, hub):
        self.hub = hub
        self.heard = bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            node, _ = self.listener.accept()
            threading.Thread(target=self.join, args=(node,), daemon=True).start()

    def join(self, node):
        with node, socket.create_connection(("127.0.0.1", self.hub.port)) as hub:
            back = threading.Thread(target=self.pass_on, args=(hub, node), daemon=True)
            back.start()
            self.pass_on(node, hub)
            back.join()

    def pass_on(self, source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self.heard += piece
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)


def pieces(path):
    """A file's bytes, and of a database also each value by itself: a long one lies on
    several pages."""
    with open(path, "rb") as file:
        yield file.read()
    if path.endswith(".db"):
        tables = federation.rows(path, "SELECT name FROM sqlite_schema WHERE type='table'")
        for table, in tables:
            for row in federation.rows(path, f"SELECT * FROM {table}"):
                for value in row:
                    if isinstance(value, (bytes, str)) and len(value) > 512:
                        yield value.encode() if isinstance(value, str) else value


def files(folder):
    for base, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(base, name)


def holds(data, needles):
    return any(needle in data for needle in needles)


def own_questions():
    text = "questions:\n"
    for i in range(8):
        text += (f"  - code: {OWN['its code']}{i}\n    groups: [pupil]\n    pupil: "
                 f"{{text: \"{OWN['an own question']}\", help: \"{OWN['its help text']}\"}}\n")
    return text


def plain_sheet():
    """Pupils: one row of everything that does not belong there, in every row."""
    draw = random.Random(7391)
    head, *rows = federation.answers("pupil", PUPILS, seed=7391)
    table = [["person", "naam", "email", "opmerking", "T1", "T2", *head,
              *(f"{OWN['its code']}{i}" for i in range(8))]]
    for i, row in enumerate(rows):
        table.append([str(int(PEOPLE["a key"]) + i * 1000003), PEOPLE["a name"],
                      PEOPLE["a mail address"], PEOPLE["a remark"], PEOPLE["free text"],
                      PEOPLE["free text"], *row,
                      *(str(draw.randint(1, 5)) for _ in range(8))])
    return federation.text_of(table)


def limesurvey_sheet():
    head, *rows = federation.answers("teacher", TEACHERS, seed=7391)
    when = PEOPLE["an exact time"]
    table = [["id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp",
              "ipaddr", "refurl", "token", "firstname", "attribute_1", "T1", *head,
              "interviewtime"]]
    for i, row in enumerate(rows):
        table.append([str(int(PEOPLE["a key"]) + i * 1000003), when, "4", "nl", when, when,
                      PEOPLE["an address"], PEOPLE["a referrer"], f"{PEOPLE['a token']}{i}",
                      PEOPLE["a name"], PEOPLE["a mail address"], PEOPLE["free text"], *row,
                      "391.07"])
    return "\n".join(";".join(f'"{cell}"' for cell in row) for row in table) + "\n"


def objects():
    """Leaders, in JSON: also where no column could hold it."""
    head, *rows = federation.answers("leader", LEADERS, seed=7391)
    return json.dumps([
        {"person": PEOPLE["a token"] + str(i), "id": int(PEOPLE["a key"]) + i * 1000003,
         "completed": True, "naam": PEOPLE["a name"], "T1": PEOPLE["free text"],
         "meta": {"mail": [PEOPLE["a mail address"], {"from": PEOPLE["an address"]}],
                  "at": PEOPLE["an exact time"], "via": PEOPLE["a referrer"]},
         "opmerking": [PEOPLE["a remark"]], "seconds": 391.07,
         **{code: int(cell) for code, cell in zip(head, row)}}
        for i, row in enumerate(rows)], indent=1)


def wrong_objects():
    """Each is refused, with a canary where the error is."""
    name = PEOPLE["a name"]
    yield json.dumps([{"B1": name}])
    yield json.dumps([{"B1": [name]}])
    yield json.dumps([{"B1": 1, "person": name}] * 2)
    yield json.dumps([{"B1": 1, "completed": name}])
    yield f'[{{"B1": 1, "x": {name}}}]'
    yield f'[{{"B1": 1, "x": "{name}'
    yield f'[{{"B1": 1, "{name}": 1, "{name}": 2}}]'
    yield f'[{{"B1": 1}}, {name}]'


def setUpModule():
    """A whole campaign; the first school's files are full of canaries."""
    global fed, tap, school, sources, publications
    os.environ["DREMPEL_LOG"] = "debug"

    def tapped(hub):
        global tap
        tap = Tap(hub)
        return tap.url

    fed = Federation(federation.scratch(), 6, prefix=MARK, address=tapped)
    unittest.addModuleCleanup(fed.end)
    fed.begin()
    school = fed.nodes[0]
    sources = federation.scratch()
    school.do("campaign", "list")
    school.do("campaign", "set", CAMPAIGN, "--level", 1, "--window", WINDOW, "--own",
              fed.write("own.yaml", own_questions()))
    for i, text in enumerate(wrong_objects()):
        path = os.path.join(sources, f"wrong-{i}.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        result = school.run("import", CAMPAIGN, path, "--format", "json", "--level", 1,
                            "--group", "leader")
        assert result.status == 1 and result.err.count("\n") == 1, str(result)
    for name, text, how in (("pupils.csv", plain_sheet(), ("csv", "pupil")),
                            ("teachers.csv", limesurvey_sheet(), ("limesurvey", "teacher")),
                            ("leaders.json", objects(), ("json", "leader"))):
        path = os.path.join(sources, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        school.do("import", CAMPAIGN, path, "--format", how[0], "--level", 1, "--group",
                  how[1])
    os.rename(fed.path("own.yaml"), os.path.join(sources, "own.yaml"))
    for i, node in enumerate(fed.nodes):
        counts = {"leader": LEADERS, "teacher": TEACHERS, "pupil": PUPILS}
        fed.fill(node, {} if node is school else counts, seed=i)
        for group in counts:
            if os.path.exists(fed.path(f"{node.school}-{group}.csv")):
                os.remove(fed.path(f"{node.school}-{group}.csv"))
        node.do("report", CAMPAIGN)
        node.do("report", CAMPAIGN, "--json")
        node.do("preview", CAMPAIGN)
        node.exact = {p["group"]: [n for v in p["values"] for n in (v["sum"], v["valid"])]
                      for p in node.json("preview", CAMPAIGN)}
        node.do("approve", CAMPAIGN, "--yes")
        node.do("publish", CAMPAIGN)
        node.do("log", "--json")
    publications = publish()
    fed.hub.stop()


def publish():
    """Everything that the hub shows to the world, by name."""
    hub = fed.hub
    shown = {"close": hub.do("campaign", "close", CAMPAIGN)}
    for measure in ("participation", "area", "item"):
        for by in ((), ("--by", "province"), ("--by", "province,level")):
            for form in ("text", "csv", "json"):
                name = f"table {measure} {by} {form}"
                shown[name] = hub.do("table", CAMPAIGN, "--measure", measure, "--format",
                                     form, *by)
    hub.do("export", CAMPAIGN, "--out", fed.path("export"))
    shown["audit"] = hub.do("audit", CAMPAIGN)
    shown["show"] = hub.do("campaign", "show", CAMPAIGN)
    shown["show json"] = hub.do("campaign", "show", CAMPAIGN, "--json")
    shown = {name: text.encode() for name, text in shown.items()}
    for path in files(fed.path("export")):
        with open(path, "rb") as file:
            shown[path] = file.read()
    return shown


class Canary(unittest.TestCase):
    def everything(self):
        """(where, bytes) of all that exists after the campaign."""
        for path in files(fed.folder):
            for piece in pieces(path):
                yield path, piece
        for place in (fed.hub, *fed.nodes):
            for result in place.said:
                yield f"output of {' '.join(result.command[:4])}", result.out.encode()
                yield f"errors of {' '.join(result.command[:4])}", result.err.encode()
        yield "the wire", bytes(tap.heard)

    def check_absent(self, needles, allowed=lambda where: False):
        """needles: the byte forms by what they are."""
        found = [f"{what} in {where}" for where, data in self.everything()
                 for what, forms_ in needles.items() if not allowed(where)
                 and holds(data, forms_)]
        self.assertEqual(found, [])

    def in_school_database(self, where):
        return os.path.basename(where).startswith("node.db")

    def test_the_search_finds_what_is_there(self):
        """Otherwise finding nothing would mean nothing."""
        for what, text in PEOPLE.items():
            self.assertTrue(any(holds(piece, encodings(text)) for path in files(sources)
                                for piece in pieces(path)), what)
        hidden = PEOPLE["a name"].encode()
        for shift in range(6):
            for coded in (base64.b64encode(b"y" * shift + hidden + b"zz"), hidden.hex().encode()):
                self.assertTrue(holds(coded, forms(hidden)))
        database = os.path.join(school.dir, "node.db")
        for what, text in OWN.items():
            self.assertTrue(any(holds(p, encodings(text)) for p in pieces(database)), what)
        self.assertIn(b"\0SP\0", tap.heard)
        self.assertGreater(len(tap.heard), 50000)

    def test_people_are_nowhere(self):
        needles = {what: list(encodings(text)) for what, text in PEOPLE.items()}
        needles["a key as a number"] = list(integers(int(PEOPLE["a key"])))
        self.check_absent(needles)

    def test_own_questions_stay_at_the_school(self):
        self.check_absent(
            {what: list(encodings(text)) for what, text in OWN.items()},
            lambda where: self.in_school_database(where) or " report" in where)

    def test_sheets_stay_at_the_school(self):
        needles = {}
        for node in fed.nodes:
            for number, answers, own in node.rows("SELECT id, answers, own FROM sheet"):
                for kind, blob in (("answers", answers), ("own answers", own)):
                    if len(set(blob)) > 3:
                        needles[f"{kind} {node.school} {number}"] = [
                            blob, blob.strip(b"\0"), *forms(blob)]
        self.assertGreater(len(needles), 6 * LEADERS)
        self.check_absent(needles, self.in_school_database)

    def test_exact_sums_are_nowhere(self):
        needles = {}
        for node in fed.nodes:
            for group, vector in node.exact.items():
                self.assertGreaterEqual(len(vector), 30)
                exact = packed(vector)
                needles[f"sums {node.school} {group}"] = [exact, *forms(exact)]
        self.check_absent(needles)

    def test_no_school_on_the_wire_or_in_print(self):
        """Neither its names nor what identifies it in a campaign is ever published."""
        needles = {"the name": list(encodings(MARK))}
        for node in fed.nodes:
            key, = [k for k, in fed.hub.rows("SELECT key FROM school WHERE id=?",
                                             node.school)]
            needles[f"the key of {node.school}"] = [key, *forms(key)]
            for released in node.released().values():
                for what in ("unit", "hash", "bytes"):
                    needles[f"the {what} of {node.school}"] = [released[what],
                                                               *forms(released[what])]
        found = [f"{what} in {name}" for name, data in publications.items()
                 for what, forms_ in needles.items() if holds(data, forms_)]
        self.assertEqual(found, [])
        names = {what: n for what, n in needles.items() if not what.startswith("the key")}
        self.assertEqual([what for what, n in names.items() if holds(tap.heard, n)], [])


if __name__ == "__main__":
    federation.main()
