#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""http.py HTTP_HOST DREMPEL-HUB: what a stranger can do to the hub's HTTP side.

Real sockets against a real `drempel-hub serve` on a small hub with one edition. Every
attack has its control: the same thing done rightly, or where there is something to find.
Each case prints "ok" or "not ok"; the exit status is 1 when one failed.
"""
import gzip
import pathlib
import re
import subprocess
import sys

from http_hub import CAMPAIGN, SCHOOLS, Hub, check, crawl, finish, unpacked

TARGET = pathlib.Path(__file__).parents[2] / "deploy/reference/target-example.yaml"

# --- R48: nothing names a school ---------------------------------------------------------


def no_school_is_named(hub):
    answers = bytes_seen = good = 0
    named = []
    hub.command("campaign", "load", str(TARGET))
    while b"target-example" not in (targets := hub.get("/targets.csv")[2]):
        pass
    check("control: schools are counted over campaigns", b",356,28,0.78," in targets, targets)
    for path, status, headers, body in crawl(hub):
        answers += 1
        good += status == 200
        for part in (*unpacked(body), repr(headers).encode()):
            bytes_seen += len(part)
            asked_for = path.encode() if status != 200 else b""
            if SCHOOLS.search(part.replace(asked_for, b"") if asked_for else part):
                named.append((path, status))
    print(f"# {answers} answers, {good} of them 200, {bytes_seen} bytes were looked at")
    check("no answer names a school, a board or a school's code", not named, named)
    check("the scan saw the whole API", good > 100 and bytes_seen > 1_000_000,
          (good, bytes_seen))
    with open(f"{hub.dir}/register.csv", "rb") as register:
        check("control: the scan finds them in the register",
              len(SCHOOLS.findall(register.read())) > 50)


# --- paths, sizes, smuggling --------------------------------------------------------------


def paths_lead_nowhere(hub):
    tricks = ["/../../../../etc/passwd", "/t/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
              "/t/..%2f..%2fetc%2fpasswd", "/t/%2e%2e%5c%2e%2e%5cetc", "//etc/passwd",
              "/t//etc", "/t/%00/etc/passwd", f"/t/{CAMPAIGN}/../{CAMPAIGN}/items.csv",
              f"/t/{CAMPAIGN}/items.csv%00.html", "/t/./x", "/%c0%ae%c0%ae/etc/passwd",
              "/t/\\..\\etc", "file:///etc/passwd", "http://hub/livez", "*", "/hub.key",
              "/hub.db", "/campaigns/x.key", f"/t/{CAMPAIGN}/..%252f..%252fhub.db",
              "/operator/state", "/operator/state/", "/OPERATOR/state"]
    wrong = []
    for trick in tricks:
        status, _, body = hub.get(trick)
        if status not in (400, 401, 404) or b"root:" in body or b"SQLite" in body:
            wrong.append((trick, status))
    check("no trick with a path gets anything", not wrong, wrong)
    check("control: a plain path does", hub.get(f"/t/{CAMPAIGN}/items.csv")[0] == 200)


def big_requests_are_refused(hub):
    cases = {
        "a long query": (b"GET /api/v2/tables?x=" + b"a" * 5000 + b" HTTP/1.1\r\n"
                         b"Host: x\r\n\r\n", (b"414",)),
        "a huge query": (b"GET /?" + b"a=b&" * 250000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                         (b"414", b"431", b"")),
        "many parameters": (b"GET /?" + b"a=b&" * 65 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                            (b"414",)),
        "more parameters than there is memory for": (
            b"GET /?" + b"a=b&" * 900 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            (b"414", b"431", b"")),
        "many headers": (b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 +
                         b"\r\n", (b"431",)),
        "a long header": (b"GET /livez HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 9000 +
                          b"\r\n\r\n", (b"431",)),
        "a huge header": (b"GET /livez HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 1000000 +
                          b"\r\n\r\n", (b"431", b"413", b"")),
        "a huge body": (b"POST /api/v2/tables/x/data HTTP/1.1\r\nHost: x\r\n"
                        b"Content-Length: 99999999999999999999\r\n\r\n", (b"413", b"400")),
    }
    for name, (request, statuses) in cases.items():
        answer = hub.raw(request)
        check(f"{name} is refused", answer[9:12] in statuses, answer[:60])
    check("control: the server still serves", hub.get("/livez")[0] == 200)


def nothing_is_smuggled(hub):
    inner = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    post = b"POST /api/v2/tables/x/data HTTP/1.1\r\nHost: x\r\n"
    get = b"GET /readyz HTTP/1.1\r\nHost: x\r\n"
    chunks = b"0\r\n\r\n"
    length = b"Content-Length: %d\r\n" % len(inner)
    tricks = {
        "length and chunks": post + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunks,
        "chunks and length": post + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
        + chunks,
        "odd chunks": post + b"Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "chunks with a blank": post + b"Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n"
        + chunks,
        "chunks of a GET": get + b"Transfer-Encoding: chunked\r\n\r\n" + chunks,
        "two lengths": post + b"Content-Length: 0\r\n" + length + b"\r\n",
        "a list of lengths": post + b"Content-Length: 0, 5\r\n\r\n",
        "a length with a sign": post + b"Content-Length: +0\r\n\r\n",
        "a length with a blank": post + b"Content-Length : 0\r\n\r\n",
        "a hidden length": get + b"X: y\rContent-Length: 0\r\n\r\n",
        "a body of a GET": get + b"Content-Length: 3\r\n\r\nabc",
        "two hosts": get + b"Host: y\r\n\r\n",
        "another version": b"GET /readyz HTTP/1.9\r\nHost: x\r\n\r\n",
    }
    for name, trick in tricks.items():
        answer = hub.raw(trick + inner)
        check(f"{name}: refused, and nothing after it is read",
              b'"alive"' not in answer and not answer.startswith(b"HTTP/1.1 200"), answer)
    answer = hub.raw(get + b"\r\n" + inner)
    check("control: two plain requests get two answers",
          answer.count(b"HTTP/1.1 200") == 2 and b'"alive"' in answer, answer)


# --- slow and many -------------------------------------------------------------------------


def slow_ones_starve_nobody(hub):
    slow = [hub.connect() for _ in range(250)]
    for connection in slow:
        connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    served = [hub.get(f"/t/{CAMPAIGN}/items.csv")[0] for _ in range(20)]
    check("while 250 are slow, others are served", served == [200] * 20, served)
    open_ones = len(slow)
    for connection in slow:
        try:
            while piece := connection.recv(4096):
                open_ones -= piece.startswith(b"HTTP/1.1 200")
            open_ones -= 1
        except TimeoutError:
            pass
        except ConnectionResetError:
            open_ones -= 1
        connection.close()
    check("every slow one is put out in the end", open_ones == 0, open_ones)


# --- caches ---------------------------------------------------------------------------------


def nothing_is_poisoned(hub):
    """The same request gets the same bytes, whatever was asked in between."""
    accepts = ["", "*/*", "text/csv", "application/json", "application/xml", "text/html",
               "application/vnd.sdmx.structurespecificdata+xml;version=2.1", "x/y"]
    paths = [f"/t/{CAMPAIGN}/items.csv", "/api/v2/tables?pageSize=1",
             "/sdmx/2.1/dataflow/all/all/latest/", "/feed.atom", "/api/v2/config"]
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example",
            "X-Original-URL": "/operator/state", "X-Rewrite-URL": "/operator/state",
            "X-HTTP-Method-Override": "POST", "Forwarded": "host=evil.example",
            "Cookie": "a=b", "Range": "bytes=0-0"}
    first = {}
    wrong = []
    for turn in (1, -1, 1):
        for path in paths[::turn]:
            for accept in accepts[::turn]:
                for language in ("nl", "en")[::turn]:
                    headers = {"Accept-Language": language}
                    if accept:
                        headers["Accept"] = accept
                    for extra in ({}, evil):
                        key = (path, accept, language)
                        plain = hub.get(path, {**headers, **extra})
                        packed = hub.get(path, {**headers, **extra,
                                                "Accept-Encoding": "gzip, br"})
                        body = packed[2]
                        if packed[1].get("content-encoding") == "gzip":
                            body = gzip.decompress(body)
                        answer = (plain[0], plain[1]["content-type"], plain[2])
                        if first.setdefault(key, answer) != answer or body != plain[2] or \
                                b"evil" in plain[2] or "set-cookie" in plain[1] or \
                                b"evil" in repr(plain[1]).encode():
                            wrong.append(key)
    check("answers do not depend on what was asked before or on foreign headers", not wrong,
          wrong)
    kinds = {first[("/sdmx/2.1/dataflow/all/all/latest/", accept, "nl")][:2]
             for accept in accepts}
    check("control: answers do depend on Accept", len(kinds) > 1, kinds)
    vary = hub.get("/sdmx/2.1/dataflow/all/all/latest/")[1]["vary"]
    check("and say so", {"Accept", "Accept-Encoding", "Authorization"} <=
          set(vary.split(", ")), vary)


# --- tokens ------------------------------------------------------------------------------------


def tokens_cannot_be_guessed(hub):
    token = hub.command("token", "add", "auditor", "--scope", "operator")
    ask = lambda value: hub.get("/operator/state", {"Authorization": value})[0]
    while ask(f"Bearer {token}") != 200:  # until the server has seen it
        pass
    guesses = [f"Bearer {token[:-4]}{number:04x}" for number in range(40)
               if f"{token[:-4]}{number:04x}" != token]
    guesses += [f"Bearer drp_{number:012x}_{'0' * 64}" for number in range(60)]
    guesses += ["Bearer", f"bearer {token[:-1]}", f"Basic {token}", f"Bearer {token}0",
                f"Bearer {token.upper()}", "Bearer drp_"]
    answers = [ask(guess) for guess in guesses]
    check("no guess is right", set(answers) <= {401, 429}, answers)
    check("and most are not even looked at", answers.count(429) > len(answers) / 2, answers)
    check("control: the right one still is", ask(f"Bearer {token}") == 200)
    hub.command("token", "revoke", "auditor")
    status = 200
    while status == 200:
        status = ask(f"Bearer {token}")
    check("until it is revoked", status in (401, 429), status)
    with open(f"{hub.dir}/hub.db", "rb") as database:
        check("the database does not hold it", token[17:].encode() not in database.read())


def embargo_comes_before_publication(hub):
    refused = subprocess.run([hub.program, "campaign", "embargo", CAMPAIGN,
                              "2099-01-01T00:00:00Z", "--dir", hub.dir],
                             capture_output=True, text=True, check=False)
    check("what is public cannot be put under embargo", refused.returncode == 1 and
          refused.stderr.count("\n") == 1, refused)
    odd = subprocess.run([hub.program, "campaign", "embargo", CAMPAIGN, "tomorrow",
                          "--dir", hub.dir], capture_output=True, check=False)
    check("an instant that is none is a wrong command line", odd.returncode == 2, odd)
    check("control: an embargo that has ended may be written down",
          "public" in hub.command("campaign", "embargo", CAMPAIGN, "2020-01-01T00:00:00Z"))


def main():
    hub = Hub(sys.argv[1], sys.argv[2])
    try:
        no_school_is_named(hub)
        paths_lead_nowhere(hub)
        big_requests_are_refused(hub)
        nothing_is_smuggled(hub)
        nothing_is_poisoned(hub)
        tokens_cannot_be_guessed(hub)
        embargo_comes_before_publication(hub)
        slow_ones_starve_nobody(hub)
        check("the server ends in order", hub.stop() == 0)
        log = b"".join(hub.log)
        check("its log tells of no visitor, path, token or school",
              b"http" in log and not re.search(rb"/t/|drp_|Bearer|evil|etc/passwd", log) and
              not SCHOOLS.search(log), log)
    finally:
        hub.remove()
    finish()


main()
