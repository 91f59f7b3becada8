#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""views.py HTTP_HOST DREMPEL-HUB: what holders of tokens get of a campaign under embargo.

Real sockets against a real `drempel-hub serve`. Every figure of the edition but the
region's is a mark that tells whose it is (http_host.c), so that a sweep over everything
that is offered tells who sees what: each visitor is asked for the same, and its control
is another visitor who does see it. Each case prints "ok" or "not ok"; the exit status is
1 when one failed.
"""
import concurrent.futures
import csv
import functools
import io
import json
import pathlib
import re
import sqlite3
import subprocess
import sys

from http_hub import CAMPAIGN, Hub, check, crawl, finish, unpacked

MARKS = {b"810273": "KOV", b"820273": "GO", b"830273": "OVSG", b"840273": "others"}
ALL = set(MARKS.values())
OTHER = "autumn-2026"
TARGET = pathlib.Path(__file__).parents[2] / "deploy/reference/target-example.yaml"
PATHS, SOME_PATHS = 500, 200  # to ask for, each in its forms
BETWEEN_DIGITS = re.compile(rb"[.,' ]|\xe2\x80\xaf|\xc2\xa0")
PROVINCES = re.compile(rb"\bBE(10|2[1-5])\b")
NOTICE = {"nl": "Weergave vóór publicatie", "fr": "Vue avant publication",
          "de": "Ansicht vor der Veröffentlichung", "en": "View before publication"}
EARLY = {"nl": "Vóór publicatie, tot", "fr": "Avant publication, jusqu&#39;au",
         "de": "Vor der Veröffentlichung, bis zum", "en": "Before publication, until"}
SLUGS = ("", "parliament", "map", "areas", "statements", "statements/B4", "barriers",
         "trend", "tables", "method", "editions", "accessibility")
CHOICES = ("map?area=B&group=pupil", "areas?place=network.GO", "areas?place=network.KOV",
           "areas?place=province.BE21", "areas?place=level.1",
           "trend?place=network.GO", "trend?place=province.BE21",
           *(f"tables?table={table}&split={split}&edition={edition}"
             for table in ("participation", "areas", "items")
             for split in ("region", "province", "level", "network", "province_level")
             for edition in (2, 3)))


def pages():
    for language in NOTICE:
        yield f"/{language}"
        for slug in (*SLUGS, *CHOICES):
            yield f"/{language}/{CAMPAIGN}/{slug}"


def tries():
    """What a reader of a part may try to ask for."""
    for name in ("participation", "areas", "items"):
        for query in ("province=BE21", "level=1", "network=GO", "network=KOV",
                      "family=province_level", "family=network", "edition=2",
                      "edition=3", "labels=yes", "separator=semicolon"):
            for ending in ("csv", "json", "xlsx", "zip", "metadata.json"):
                yield f"/t/{CAMPAIGN}/{name}.{ending}?{query}"
        for code in ("NETWORK]=GO", "NETWORK]=KOV", "REF_AREA]=BE21", "LEVEL]=1"):
            yield f"/api/v2/tables/{CAMPAIGN}.{name}/data?valuecodes[{code}"
    for name in ("differences", "trend"):
        for ending in ("csv", "json"):
            yield f"/t/{CAMPAIGN}/{name}.{ending}"
            yield f"/t/{CAMPAIGN}/{name}.{ending}?edition=2"
    yield from ("/targets.json", "/targets.csv")
    yield f"/t/{CAMPAIGN}/datapackage.zip?edition=2"
    yield f"/{CAMPAIGN}.msgpack"
    yield f"/t/{CAMPAIGN}/edition.msgpack"
    yield f"/t/{CAMPAIGN}/observations.msgpack"


class Visitor:
    """Somebody with a token, or the public, and what a sweep saw of the hub."""

    def __init__(self, hub, name, sees, *scope, paths=PATHS):
        self.hub, self.name, self.sees, self.paths = hub, name, sees, paths
        self.token = hub.command("token", "add", name, *scope) if scope else ""
        self.headers = {"Authorization": f"Bearer {self.token}"} if scope else {}

    def get(self, path, headers=None):
        return self.hub.get(path, {**self.headers, **(headers or {})})

    def wait(self):
        while self.get("/feed.atom")[0] != 200:  # until the server has seen the token
            pass
        return self

    def sweep(self):
        """Asks for everything; keeps the answers that were given."""
        self.seen, self.broken, self.good, self.asked = set(), [], [], set()
        for path, status, headers, body in crawl(
                self.hub, self.headers, (*pages(), *tries()), self.paths):
            self.asked.add(path)
            if status in (0, 401, 429, 500, 503):
                self.broken.append((path, status))
            for part in unpacked(body):
                self.seen |= marks_in(part)
            if status == 200:
                self.good.append((path, headers, body))
        return self


@functools.cache
def marks_in(part):
    digits = BETWEEN_DIGITS.sub(b"", part)
    return {whose for mark, whose in MARKS.items() if mark in digits}


def text_of(body):
    return b"".join(unpacked(body)).decode("utf-8", "replace")


def csv_rows(body):
    """The rows of the CSV files in an answer that have a family."""
    for part in unpacked(body):
        text = part.decode("utf-8-sig", "replace")
        first = text.split("\n", 1)[0].strip()
        if "family" in first.split(";" if ";" in first else ","):
            yield from csv.DictReader(io.StringIO(text),
                                      delimiter=";" if ";" in first else ",")


# --- who sees what ------------------------------------------------------------------------


def everybody_sees_their_own(visitors):
    with concurrent.futures.ThreadPoolExecutor(len(visitors)) as pool:
        list(pool.map(Visitor.sweep, visitors))  # at once: the views share one cache
    for visitor in visitors:
        print(f"# {visitor.name}: {len(visitor.asked)} paths, {len(visitor.good)} good "
              f"answers, sees {sorted(visitor.seen) or 'nothing'}")
        check(f"{visitor.name} sees {', '.join(sorted(visitor.sees)) or 'no row'}, and "
              "nothing else by any way", visitor.seen == visitor.sees, visitor.seen)
        check(f"nothing that {visitor.name} asks for breaks anything",
              not visitor.broken and len(visitor.asked) > SOME_PATHS, visitor.broken)
        told = [path for path, _, body in visitor.good
                if any(b"Spring campaign" in part for part in unpacked(body))]
        check(f"{visitor.name} is {'' if visitor.sees else 'not '}told of the campaign",
              bool(told) == bool(visitor.sees), told)
        wanted = "private, no-store" if visitor.token else "public, max-age=60"
        odd = [path for path, headers, _ in visitor.good
               if headers.get("cache-control") != wanted and
               not re.match(r"/(livez|readyz|.*\.(css|js|svg))", path)]
        check(f"what {visitor.name} gets may {'not ' if visitor.token else ''}be kept "
              "by others", not odd, odd)


def a_part_has_its_rows_only(part):
    rows = [row for _, _, body in part.good for row in csv_rows(body)]
    wrong = [row for row in rows if row["family"] != "region" and
             (row["family"], row["network"]) != ("network", part.name)]
    check("every row of every file is the region's or the network's own", not wrong,
          wrong[:1])
    check("control: there are both",
          {row["family"] for row in rows} == {"region", "network"}, len(rows))
    named = [path for path, headers, body in part.good
             if "html" not in headers["content-type"] and "BE2" not in path and
             any(PROVINCES.search(piece) for piece in unpacked(body))]
    check("no file names a province", not named, named)


def a_part_says_that_it_is_one(part):
    silent = [path for path, headers, body in part.good
              if path.startswith(tuple(f"/{language}/{CAMPAIGN}" for language in NOTICE))
              and NOTICE[path[1:3]] not in text_of(body)]
    check("each page says it in its language", not silent, silent)
    hashed, silent = [], []
    for path, headers, body in part.good:
        if not path.startswith(("/t/", "/api/v2/tables", "/sdmx/2.1/data", "/feed",
                                "/catalog")):
            continue
        text = text_of(body)
        hashed += [path] if '"edition_hash"' in text else []
        is_csv = headers["content-type"].startswith(("text/csv", "application/vnd.sdmx."
                                                     "data+csv"))
        told = any(words in text for words in (
            "before publication", "vóór publicatie", "avant publication",
            "vor der Veröffentlichung"))
        if not told and not (is_csv and ("-view-" in headers.get(
                "content-disposition", "") or not path.startswith("/t/"))):
            silent.append(path)
    check("so does each file, or its name", not silent, silent)
    check("nowhere its rows are said to hash to the edition's hash", not hashed, hashed)
    metadata = json.loads(part.get(f"/t/{CAMPAIGN}/areas.metadata.json")[2])["publication"]
    check("the metadata says which view it is, and of which edition", metadata["view"] ==
          f"network {part.name} and the region's total, before publication, until "
          f"{metadata['public_from']}" and metadata["taken_from"]["edition"] == 3,
          metadata.get("view"))


def a_whole_view_says_that_it_is_early(visitor):
    """Whoever sees the edition whole before its instant is told so everywhere."""
    until = json.loads(visitor.get(f"/t/{CAMPAIGN}/areas.metadata.json")[2])[
        "publication"]["public_from"]
    silent, public = [], []
    for path, headers, body in visitor.good:
        text, name = text_of(body), headers.get("content-disposition", "")
        is_page = path.startswith(tuple(f"/{language}/{CAMPAIGN}" for language in NOTICE))
        is_csv = headers["content-type"].startswith(("text/csv", "application/vnd.sdmx."
                                                     "data+csv"))
        if is_page:
            silent += [] if (EARLY[path[1:3]] in text and until in text) else [path]
        elif is_csv and path.startswith("/t/"):
            silent += [] if "-view-whole" in name else [path]
        elif not is_csv and path.startswith(("/t/", "/api/v2/tables", "/sdmx/2.1/data",
                                             "/feed", "/catalog")):
            silent += [] if until in text else [path]
        public += [path] if "right:PUBLIC ;" in re.sub(
            r"#service> a dcat:DataService.*?\n\n", "", text, flags=re.S) else []
    check(f"all that {visitor.name} gets says that it is not public, and until when",
          not silent, silent)
    check(f"nothing calls public what {visitor.name} sees early", not public, public)


def pages_claim_no_suppression(part):
    """In the fixture all figures of provinces are shown: none of them is suppressed."""
    for language, words in (("nl", "waarvan onderdrukt"), ("en", "of which suppressed"),
                            ("fr", "dont supprimé"), ("de", "davon unterdrückt")):
        wrong = [path for path, _, body in part.good
                 if path.startswith(f"/{language}/") and words in text_of(body)]
        check(f"no table calls suppressed what is left out ({language})", not wrong, wrong)
    for slug in ("map", "tables?split=level", "tables?split=province_level"):
        body = part.get(f"/en/{CAMPAIGN}/{slug}")[2]
        check(f"{slug} says in a sentence that there is nothing",
              b"This breakdown is not in this view before publication." in body and
              b"<tbody>" not in body)


def targets_count_what_is_seen(visitors):
    """Those who see a campaign whole count its schools; a network and the public wait."""
    reached = {visitor.name: json.loads(visitor.get("/targets.json")[2])["targets"][0]
               for visitor in visitors}
    wrong = {visitor.name: reached[visitor.name]["reached"] for visitor in visitors
             if reached[visitor.name]["reached"] != (28 if visitor.sees == ALL else None)}
    check("a target counts the campaigns that its reader sees whole", not wrong, wrong)
    check("and calls none left out that is not public", not any(
        target["left_out"] for target in reached.values()), reached)


# --- caches --------------------------------------------------------------------------------


def no_cache_mixes_views(visitors):
    """The same question by everybody, in many orders: each gets its own answer."""
    paths = [f"/t/{CAMPAIGN}/participation.csv", "/feed.atom", "/catalog.ttl",
             "/api/v2/tables", f"/en/{CAMPAIGN}", f"/nl/{CAMPAIGN}/tables?split=network",
             f"/api/v2/tables/{CAMPAIGN}.areas/data", f"/t/{CAMPAIGN}/datapackage.zip",
             "/sdmx/2.1/dataflow/all/all/latest/", f"/t/{CAMPAIGN}/differences.csv"]
    first, wrong = {}, []
    for turn in range(2 * len(visitors)):
        # What was kept is asked for anew in each order, and under a new spelling first.
        order = visitors[turn % len(visitors):] + visitors[:turn % len(visitors)]
        order = order[::-1] if turn % 2 else order
        for path in paths:
            fresh = path + ("&" if "?" in path else "?") + f"lang=en&edition=3"
            for question in (path, fresh if path.startswith("/t/") else path):
                for visitor in order:
                    status, headers, body = visitor.get(question)
                    answer = (status, headers.get("content-type"), body)
                    seen = set().union(*(marks_in(part) for part in unpacked(body)))
                    key = (question, visitor.name)
                    if first.setdefault(key, answer) != answer or seen - visitor.sees:
                        wrong.append(key)
    check("nobody gets what was made for another view", not wrong, wrong)
    kinds = {first[(paths[0], visitor.name)] for visitor in visitors}
    check("control: answers differ between views",
          len(kinds) == len({frozenset(visitor.sees) for visitor in visitors}), len(kinds))
    leaks = []
    for path in paths:
        tags = {visitor.get(path)[1].get("etag") for visitor in visitors} - {None}
        for visitor in visitors:
            own = visitor.get(path)[1].get("etag")
            leaks += [(path, visitor.name) for tag in tags - {own}
                      if visitor.get(path, {"If-None-Match": tag})[0] == 304]
    check("a tag of another view confirms nothing", not leaks, leaks)


# --- tokens --------------------------------------------------------------------------------


def commands_refuse_what_makes_no_sense(hub):
    for arguments, status in ((("--scope", "researcher"), 2),
                              (("--scope", "researcher", "--campaign", "../x"), 2),
                              (("--scope", "researcher", "--campaign", "none-such"), 1),
                              (("--scope", "ministry", "--campaign", CAMPAIGN), 2),
                              (("--scope", "network", "--network", "KOV", "--campaign",
                                CAMPAIGN), 2),
                              (("--scope", "network"), 2)):
        refused = subprocess.run([hub.program, "token", "add", "x", *arguments, "--dir",
                                  hub.dir], capture_output=True, text=True, check=False)
        check(f"refused: token add x {' '.join(arguments)}", refused.returncode == status
              and refused.stderr.count("\n") == 1 and not refused.stdout, refused)
    listed = {row["name"]: row for row in
              json.loads(hub.command("token", "list", "--json"))}
    check("token list tells what each opens", "x" not in listed and
          listed["hers"]["campaign"] == CAMPAIGN and listed["KOV"]["campaign"] is None and
          listed["KOV"]["network"] == "KOV", listed)
    check("and so does its text", re.search(rf"^hers +researcher +{CAMPAIGN} ",
                                            hub.command("token", "list"), re.M))


def a_revoked_token_opens_nothing(hub, visitor):
    hub.command("token", "revoke", visitor.name)
    status = 200
    while status == 200:
        status, _, body = visitor.get(f"/t/{CAMPAIGN}/areas.csv")
    check("a revoked token opens nothing more", status in (401, 429) and
          not marks_in(body), status)


def the_embargo_ends_for_all(hub, visitors):
    hub.command("campaign", "embargo", CAMPAIGN, "none")
    path, public = f"/t/{CAMPAIGN}/participation.csv", visitors[0]
    while public.get(path)[0] != 200:
        pass
    answers = {visitor.get(path)[2] for visitor in visitors}
    check("what is public is public for all, and whole",
          len(answers) == 1 and marks_in(answers.pop()) == ALL)


def main():
    hub = Hub(sys.argv[1], sys.argv[2], "embargo")
    try:
        with sqlite3.connect(f"{hub.dir}/hub.db", timeout=30) as database:
            database.execute("DELETE FROM edition WHERE number=1")  # it has no marks
        with open(f"{hub.dir}/campaign.yaml", encoding="utf-8") as draft:
            text = draft.read().replace(CAMPAIGN, OTHER)
        with open(f"{hub.dir}/other.yaml", "w", encoding="utf-8") as draft:
            draft.write(text)
        hub.command("campaign", "new", f"{hub.dir}/other.yaml")
        public = Visitor(hub, "the public", set())
        kov = Visitor(hub, "KOV", {"KOV"}, "--scope", "network", "--network", "KOV")
        go = Visitor(hub, "GO", {"GO"}, "--scope", "network", "--network", "GO",
                     paths=SOME_PATHS)
        hers = Visitor(hub, "hers", ALL, "--scope", "researcher", "--campaign", CAMPAIGN,
                       paths=SOME_PATHS)
        his = Visitor(hub, "his", set(), "--scope", "researcher", "--campaign", OTHER)
        ministry = Visitor(hub, "ministry", ALL, "--scope", "ministry")
        visitors = [visitor.wait() for visitor in (public, kov, go, hers, his, ministry)]
        while b"edition 3" not in ministry.get("/feed.atom")[2] or \
                b"edition 1" in ministry.get("/feed.atom")[2]:
            pass
        commands_refuse_what_makes_no_sense(hub)
        hub.command("campaign", "load", str(TARGET))
        while not json.loads(public.get("/targets.json")[2])["targets"]:
            pass
        targets_count_what_is_seen(visitors)
        no_cache_mixes_views(visitors)
        everybody_sees_their_own(visitors)
        for visitor in (hers, ministry):
            a_whole_view_says_that_it_is_early(visitor)
        for part in (kov, go):
            a_part_has_its_rows_only(part)
            a_part_says_that_it_is_one(part)
            pages_claim_no_suppression(part)
        a_revoked_token_opens_nothing(hub, go)
        the_embargo_ends_for_all(hub, [public, kov, hers, his, ministry])
        check("the server ends in order", hub.stop() == 0)
    finally:
        hub.remove()
    finish()


main()
