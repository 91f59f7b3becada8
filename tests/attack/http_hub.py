#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the attacks on the hub's HTTP side share: the server's process and requests to it,
a crawl of everything that it offers, and the lines of results."""
import collections
import functools
import gzip
import html
import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import zipfile

CAMPAIGN = "spring-2026"
PATIENCE_S = 30
# Schools, boards and names of the fixture's register (R48).
SCHOOLS = re.compile(rb"sch-\d{3}|brd-\d{2}|Wegwijzer")

failures = 0


def check(name, ok, detail=""):
    global failures
    failures += not ok
    print(f"{'ok' if ok else 'not ok'} - {name}{'' if ok else ': ' + str(detail)[:300]}")


def finish():
    sys.exit(failures != 0)


class Hub:
    """The server's process, and requests to it."""

    def __init__(self, host, program, *options):
        self.program = program
        self.process = subprocess.Popen([host, program, *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.log = []
        self.dir, self.address, self.port = "", "", 0
        while not self.port:
            line = self.process.stdout.readline().decode()
            if not line:
                sys.exit("the hub did not start")
            if line.startswith("/"):
                self.dir = line.strip()
            found = re.match(r"serving HTTP on (http://127\.0\.0\.1:(\d+))", line)
            if found:
                self.address, self.port = found[1], int(found[2])
        self.reader = threading.Thread(target=self.read_log)
        self.reader.start()
        while self.get("/readyz")[0] != 200:
            pass

    def read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def command(self, *arguments):
        return subprocess.run([self.program, *arguments, "--dir", self.dir], check=True,
                              capture_output=True, text=True).stdout.strip()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)

    def raw(self, data, half_close=True):
        """Everything that comes back, until the other side closes."""
        with self.connect() as connection:
            answer = b""
            try:
                connection.sendall(data)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # closed before all was said: the answer may be there
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except OSError:
                pass
            return answer

    def get(self, path, headers=None, method="GET", body=b""):
        """(status, headers, body) of one request on a connection of its own."""
        lines = {"Host": "hub", "Connection": "close", **(headers or {})}
        if body:
            lines["Content-Length"] = str(len(body))
        head = f"{method} {path} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        answer = self.raw(head.encode() + b"\r\n" + body, half_close=False)
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, value in
                  (line.split(": ", 1) for line in rest)}
        return (int(first.split()[1]) if first else 0), fields, body

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    def remove(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.dir:
            shutil.rmtree(self.dir)


# --- everything there is ------------------------------------------------------------------


@functools.cache
def unpacked(body):
    """The bytes and, where they are an archive, those inside it, however deep. Kept, since
    many questions have the same answer."""
    parts = [body]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                parts += [name.encode(), *unpacked(archive.read(name))]
    elif body[:2] == b"\x1f\x8b":
        parts += unpacked(gzip.decompress(body))
    return parts


def start_paths(hub, headers):
    yield from ("/", "/livez", "/readyz", "/feed.atom", "/catalog.ttl", "/targets.csv",
                "/targets.json", "/api/v2/config", "/api/v2/tables", "/nothing",
                "/sdmx/2.1/data/all/all/all/", f"/t/{CAMPAIGN}/datapackage.zip",
                f"/t/{CAMPAIGN}/sch-001.csv")
    for name in ("differences", "trend"):
        yield f"/t/{CAMPAIGN}/{name}.csv"
        yield f"/t/{CAMPAIGN}/{name}.json"
    for kind in ("dataflow", "datastructure", "codelist", "conceptscheme"):
        yield f"/sdmx/2.1/{kind}/all/all/latest/?references=children"
    tables = json.loads(hub.get("/api/v2/tables", headers)[2])["tables"]
    for table in (entry["id"] for entry in tables):
        yield f"/api/v2/tables/{table}"
        yield f"/api/v2/tables/{table}/metadata"
        yield f"/api/v2/tables/{table}/data"
        name = table.rsplit(".", 1)[1]
        for ending in (".csv", ".json", ".xlsx", ".zip", ".metadata.json", ""):
            yield f"/t/{CAMPAIGN}/{name}{ending}"
    flows = hub.get("/sdmx/2.1/dataflow/all/all/latest/", headers)[2].decode()
    for flow in sorted(set(re.findall(r'<[^>]*Dataflow [^>]*\bid="([^"]+)"', flows))):
        yield f"/sdmx/2.1/data/{flow}/all/all/"
        yield f"/sdmx/2.1/data/{flow}/all/all/?format=structurespecificdata"
        yield f"/sdmx/2.1/data/{flow}/all/all/?format=csv"


def forms(path):
    """The headers to ask with: every language and a few forms. A page has its language in
    its path, and one form."""
    languages, accepts = ("nl", "fr", "de", "en"), ("text/csv", "application/json",
                                                    "application/xml")
    if path.split("/")[1] in languages:
        languages, accepts = ("en",), ("text/csv",)
    yield from ({"Accept-Language": language} for language in languages)
    yield from ({"Accept": accept, "Accept-Encoding": "gzip"} for accept in accepts)


def crawl(hub, headers=None, more=(), most=400):
    """(path, status, headers, body) of every path that is known or linked to, in all its
    forms, as a visitor with these headers gets it. With paths of pages among more their
    links are followed too."""
    waiting = collections.deque((*start_paths(hub, headers), *more))
    seen, headers = set(), headers or {}
    links = [re.compile(re.escape(hub.address).encode() + rb"(/[^\"'<> ,;)\\]*)")]
    links += [re.compile(rb'href="(/[^"#]*)')] if more else []
    while waiting:
        path = waiting.popleft()
        if path in seen or len(seen) > most:
            continue
        seen.add(path)
        for form in forms(path):
            status, got, body = hub.get(path, {**headers, **form})
            yield path, status, got, body
        waiting += [html.unescape(found.decode()) for part in unpacked(body) for link in
                    links for found in link.findall(part)]
