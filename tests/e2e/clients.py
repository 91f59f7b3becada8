#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clients.py BRIDGE HUB BUILD: the clients that people have, on the public API.

R's rsdmx, npm's jsonstat-toolkit, sdmx-rest and datapackage, pandas, openpyxl, rdflib and
xmllint read an edition whose figures differ from row to row; what each of them got is compared
with observations.csv, cell by cell. The API's own code answers (tests/support/api_bridge.c),
behind a small server that knows nothing; then a running hub does, over its own HTTP.
"""
import csv
import http.server
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile

import openpyxl
import pandas
import rdflib

import npm_packages

HERE = pathlib.Path(__file__).resolve().parent / "clients"
CAMPAIGN = "spring-2026"
TABLES = ("participation", "areas", "items")
PLACE = ("province", "level", "network", "group", "area", "item", "measure")
COLUMN = {"REF_AREA": "province", "LEVEL": "level", "NETWORK": "network", "GROUP": "group",
          "AREA": "area", "ITEM": "item", "MEASURE": "measure"}
FIGURES = {"value": "value", "se": "se_dp", "ci_low": "ci_low", "ci_high": "ci_high",
           "n": "n", "schools": "schools"}
OBS_STATUS = {"": "A", "c": "Q", "u": "U", "x": "L", "z": "M"}

checks = 0


def check(condition, text):
    global checks
    checks += 1
    if not condition:
        raise AssertionError(text)


def same(got, want, text):
    check(got == want, f"{text}: got {got!r}, expected {want!r}")


# --- the API ------------------------------------------------------------------------


class Bridge:
    """One process of the API's code; one request at a time."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.lock = threading.Lock()

    def ask(self, target, method="GET", accept="", language="", body=""):
        parts = urllib.parse.urlsplit(target)
        line = json.dumps({"method": method, "path": urllib.parse.unquote(parts.path),
                           "query": urllib.parse.parse_qsl(parts.query,
                                                           keep_blank_values=True),
                           "accept": accept, "accept_language": language, "body": body})
        with self.lock:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
            head = json.loads(self.process.stdout.readline())
            return head, self.process.stdout.read(head["n"])

    def get(self, target, status=200, **more):
        head, body = self.ask(target, **more)
        same(head["status"], status, f"status of {target} ({body[:300]!r})")
        return body


def serve(bridge):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, method):
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size).decode() if method == "POST" else ""
            head, content = bridge.ask(self.path, method, self.headers.get("Accept", ""),
                                       self.headers.get("Accept-Language", ""), body)
            self.send_response(head["status"] or 404)
            self.send_header("Content-Type", head["type"] or "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            self.answer("GET")

        def do_POST(self):
            self.answer("POST")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


class Served:
    """A running hub, as Bridge is asked."""

    def __init__(self, base):
        self.base = base

    def get(self, target):
        with urllib.request.urlopen(self.base + target) as reply:
            return reply.read()


def start_hub(program, folder):
    """The program at work on a directory, and its address."""
    hub = subprocess.Popen([program, "serve", "--dir", folder, "--http", "127.0.0.1:0"],
                           stdout=subprocess.PIPE, text=True)
    for line in hub.stdout:
        if line.startswith("serving HTTP on "):
            address = line.split()[-1]
            break
    else:
        raise AssertionError("the hub does not serve HTTP")
    base = address if address.startswith("http") else f"http://{address}"
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{base}/readyz"):
                return hub, base
        except urllib.error.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the hub does not get ready")


# --- the truth ----------------------------------------------------------------------


def table_of(row):
    if row["area"] == "_T":
        return "participation"
    return "areas" if row["item"] == "_T" else "items"


class Truth:
    """observations.csv, by table and place; codes as the API writes them."""

    def __init__(self, path):
        self.rows = {table: {} for table in TABLES}
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                for column in PLACE:
                    row[column] = row[column].replace("+", "-")
                self.rows[table_of(row)][tuple(row[c] for c in PLACE)] = row
        for table in TABLES:
            check(len(self.rows[table]) > 100, f"{table} has rows")

    def place(self, table, codes):
        """The place of a cell whose dimensions are named as SDMX does."""
        place = {"area": "_T", "item": "_T", "measure": "mean"}
        place.update({COLUMN[d]: code for d, code in codes.items() if d in COLUMN})
        if table == "items":
            place["area"] = self.area[place["item"]]
        return tuple(place[c] for c in PLACE)

    @property
    def area(self):
        return {place[5]: place[4] for place in self.rows["items"]}

    @staticmethod
    def cell(row, figure):
        """Text and status of one figure, as hub/tables/cube.h has it."""
        estimate = figure in ("value", "se", "ci_low", "ci_high")
        text = row[FIGURES[figure]]
        if not row["value"]:
            return "", row["status"]
        if text:
            return text, row["status"] if estimate else ""
        return "", "z" if estimate else "c"

    def cells(self, table, keep=lambda row, figure: True):
        """{(place, figure): (text, status)} of a table."""
        figures = ("value", "schools") if table == "participation" else tuple(FIGURES)
        return {(place, figure): self.cell(row, figure)
                for place, row in self.rows[table].items() for figure in figures
                if keep(row, figure)}


def compare_cells(got, want, what):
    """got: {(place, figure): (number or None, status)}"""
    same(set(got) - set(want), set(), f"{what}: cells that are not in the edition")
    same(set(want) - set(got), set(), f"{what}: cells that are missing")
    for key, (text, status) in want.items():
        number, its_status = got[key]
        check(number == (float(text) if text else None), f"{what} {key}: {number} {text}")
        same(its_status, status, f"{what} {key}: status")


# --- Python's clients ---------------------------------------------------------------


def text_frame(frame):
    return frame.fillna("").astype(str)


def test_csv(bridge, truth, base):
    for table in TABLES:
        url = f"{base}/t/{CAMPAIGN}/{table}.csv"
        frame = pandas.read_csv(url, dtype=str, keep_default_na=False)
        rows = frame.to_dict("records")
        same(len(rows), len(truth.rows[table]), f"{table}.csv: rows")
        for row in rows:
            want = truth.rows[table].get(tuple(row[c] for c in PLACE))
            same(row, want, f"{table}.csv")
        numbers = pandas.read_csv(url)  # as people write it
        check(numbers["value"].dtype == float, "values are numbers")
        same(int(numbers["value"].isna().sum()),
             sum(not row["value"] for row in truth.rows[table].values()), "missing values")
        spread = pandas.read_csv(f"{url}?separator=semicolon&labels=yes&lang=fr", sep=";",
                                 decimal=",")
        check(numbers["value"].equals(spread["value"]), "decimal commas")
        same(spread.columns[17], "province_label", "labels")


def test_selection(bridge, truth, base):
    frame = pandas.read_csv(f"{base}/t/{CAMPAIGN}/areas.csv?province=BE21,BE22&group=teacher"
                            "&family=province", dtype=str, keep_default_na=False)
    want = [row for row in truth.rows["areas"].values()
            if row["province"] in ("BE21", "BE22") and row["group"] == "teacher" and
            row["family"] == "province"]
    same(len(frame), len(want), "selected rows")
    fold = pandas.read_csv(f"{base}/t/{CAMPAIGN}/participation.csv?level=3-4", dtype=str)
    check(len(fold) > 5, "a folded cohort is found by its code")


def test_xlsx(bridge, truth, created=None):
    for table in TABLES:
        bytes_ = bridge.get(f"/t/{CAMPAIGN}/{table}.xlsx?lang=nl")
        book = openpyxl.load_workbook(io.BytesIO(bytes_), read_only=True)
        same(book.sheetnames, ["data", "codes", "notes"], "sheets")
        if created:
            same(book.properties.created.isoformat(), created, "time of making")
        rows = list(book["data"].iter_rows(values_only=True))
        names = rows[0]
        for values in rows[1:]:
            row = dict(zip(names, values))
            want = truth.rows[table][tuple(row[c] for c in PLACE)]
            for column in FIGURES.values():
                expected = float(want[column]) if want[column] else None
                same(row[column], expected, f"{table}.xlsx {column}")
            same(row["status"] or "", want["status"], "status")
        same(len(rows) - 1, len(truth.rows[table]), f"{table}.xlsx: rows")
        codes = {values[:2] for values in book["codes"].iter_rows(values_only=True)}
        for column in PLACE if table == "items" else PLACE[:4]:
            for place in truth.rows[table]:
                code = place[PLACE.index(column)]
                check((column, code) in codes, f"{table}.xlsx: no code {column} {code}")
        notes = dict((r[0], r[1]) for r in book["notes"].iter_rows(values_only=True))
        for fact in ("privacy.mechanism", "privacy.unit_of_privacy", "thresholds.schools",
                     "privacy.budget.1.epsilon", "postprocessing.1", "licence.id"):
            check(notes.get(fact), f"notes of {table}.xlsx: {fact}")


def read_sdmx(frame, truth, table):
    got = {}
    for row in frame.to_dict("records"):
        place = truth.place(table, row)
        number = float(row["OBS_VALUE"]) if row["OBS_VALUE"] not in ("NaN", "") else None
        status = {v: k for k, v in OBS_STATUS.items()}[row["OBS_STATUS"]]
        same(row["CONF_STATUS"], "C" if status == "c" else "F", "CONF_STATUS")
        got[place, row["INDICATOR"]] = (number, status)
    return got


def test_sdmx_csv(bridge, truth, base):
    for table in TABLES:
        url = f"{base}/sdmx/2.1/data/{table.upper()}_{CAMPAIGN}?format=csv"
        frame = pandas.read_csv(url, dtype=str, keep_default_na=False)
        same(list(frame.columns[:3]), ["STRUCTURE", "STRUCTURE_ID", "ACTION"], "SDMX-CSV")
        compare_cells(read_sdmx(frame, truth, table), truth.cells(table), f"{table} SDMX-CSV")


# --- R and npm ----------------------------------------------------------------------


def test_rsdmx(bridge, truth, base, folder):
    run = subprocess.run(["Rscript", "--vanilla", HERE / "rsdmx.R", base, CAMPAIGN, folder],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    same(run.returncode, 0, f"rsdmx: {run.stdout[-2000:]}")
    read = lambda name: pandas.read_csv(folder / name, dtype=str, keep_default_na=False)
    same(sorted(read("flows.csv")["id"]),
         sorted(f"{table.upper()}_{CAMPAIGN}" for table in TABLES), "dataflows in R")
    for table in ("participation", "areas"):
        frame = read(f"{table.upper()}.csv")
        compare_cells(read_sdmx(frame, truth, table), truth.cells(table), f"rsdmx {table}")
    frame = read("ITEMS.csv").rename(columns={"obsValue": "OBS_VALUE"})
    check("REF_AREA_label.nl" in frame.columns, f"labels in R: {list(frame.columns)}")
    compare_cells(
        read_sdmx(frame, truth, "items"),
        truth.cells("items", lambda row, figure: row["province"] == "BE21" and
                    row["level"] == row["network"] == "_T" and row["group"] == "teacher" and
                    row["measure"] == "mean" and figure in ("value", "se")), "rsdmx items")


def read_jsonstat(cells, truth, table):
    return {(truth.place(table, cell), cell["INDICATOR"]): (cell["value"],
                                                           cell["status"] or "")
            for cell in cells}


def xml_cells(text, truth, table):
    import xml.etree.ElementTree as tree
    got = {}
    for series in tree.fromstring(text).iter("Series"):
        for observation in series:
            row = {**series.attrib, **observation.attrib}
            frame = pandas.DataFrame([row])
            got.update(read_sdmx(frame, truth, table))
    return got


def test_npm(bridge, truth, base, folder, npm):
    package = zipfile.ZipFile(io.BytesIO(bridge.get(f"/t/{CAMPAIGN}/datapackage.zip")))
    package.extractall(folder / "package")
    run = subprocess.run(["node", HERE / "clients.mjs", base, CAMPAIGN, folder], cwd=npm,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    same(run.returncode, 0, f"node: {run.stdout[-2000:]}")
    read = lambda name: json.loads((folder / name).read_text(encoding="utf-8"))
    for table in TABLES:
        compare_cells(read_jsonstat(read(f"{table}.jsonstat.json"), truth, table),
                      truth.cells(table), f"jsonstat-toolkit {table}")
    cells = read_jsonstat(read("px.json"), truth, "items")
    items = {place[5] for place, _ in cells}
    same(len(items), 5, "PxWebApi: statements")
    compare_cells(cells, truth.cells(
        "items", lambda row, _: row["level"] == row["network"] == "_T" and
        row["group"] == "teacher" and row["measure"] == "mean" and row["item"] in items),
        "PxWebApi")
    rest = read("sdmx-rest.json")
    compare_cells(xml_cells(rest["xml"], truth, "areas"), truth.cells(
        "areas", lambda row, figure: row["province"] in ("BE21", "_T") and
        row["group"] == "teacher" and figure == "value"), f"sdmx-rest {rest['url']}")
    check("ITEMS_" + CAMPAIGN in rest["flow"], "sdmx-rest: dataflows")
    test_available(read("available.json"), truth)
    test_datapackage(read("datapackage.rows.json"), truth)


def codes_there(xml):
    """{dimension: codes} of the only constraint of a message."""
    import xml.etree.ElementTree as tree
    common = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}"
    return {value.get("id"): {code.text for code in value.iter(f"{common}Value")}
            for value in tree.fromstring(xml).iter(f"{common}KeyValue")}


def test_available(answers, truth):
    """What availableconstraint says is what observations.csv has for that key."""
    chosen = {"province": {"BE21", "BE22"}, "group": {"teacher"}}

    def there(column, free):
        return {place[PLACE.index(column)] for place in truth.rows["areas"]
                if all(place[PLACE.index(c)] in codes for c, codes in chosen.items()
                       if c != free)}

    for answer in answers:
        got = codes_there(answer["xml"])
        available = answer.get("mode") == "available"
        want = {d: there(COLUMN[d], COLUMN[d] if available else None)
                for d in ("REF_AREA", "LEVEL", "NETWORK", "GROUP", "AREA")}
        want["INDICATOR"] = set(FIGURES) if available else {"value"}
        want["TIME_PERIOD"] = set()
        if "component" in answer:
            want = {answer["component"]: want[answer["component"]]}
        same(got, want, answer["url"])
        check(len(want.get("GROUP", ())) == (3 if available else 1) or len(want) == 1,
              "available is more than exact")


def test_datapackage(got, truth):
    check(got["valid"], f"datapackage: {got['errors']}")
    for table in TABLES:
        rows = got["rows"][table]
        same(len(rows), len(truth.rows[table]), f"datapackage {table}: rows")
        for row in rows:
            want = truth.rows[table][tuple(row[c] for c in PLACE)]
            for column in FIGURES.values():
                expected = float(want[column]) if want[column] else None
                same(row[column], expected, f"datapackage {table} {column}")
            same(row["status"] or "", want["status"], "datapackage status")
    codes = {(row["column"], row["code"]) for row in got["rows"]["codelists"]}
    for table in TABLES:
        for place in truth.rows[table]:
            for column, code in zip(PLACE, place):
                if code != "_T" or column not in ("area", "item"):
                    check((column, code) in codes, f"no code list has {column} {code}")


# --- bytes --------------------------------------------------------------------------


def test_export(bridge, exported):
    """The export command's files are the API's answers, and the same every time."""
    for table in TABLES:
        flow = f"{table.upper()}_{CAMPAIGN}"
        for target, name in ((f"/t/{CAMPAIGN}/{table}.xlsx", f"{table}.xlsx"),
                             (f"/t/{CAMPAIGN}/{table}.json", f"{table}.json"),
                             (f"/sdmx/2.1/data/{flow}", f"{table}.sdmx.xml"),
                             (f"/sdmx/2.1/data/{flow}?format=csv", f"{table}.sdmx.csv")):
            check(bridge.get(target) == (exported / name).read_bytes(), f"{name} differs")
    for target, name in ((f"/t/{CAMPAIGN}/datapackage.zip", "datapackage.zip"),
                         ("/sdmx/2.1/dataflow/all/all/latest?references=all",
                          "structures.sdmx.xml")):
        check(bridge.get(target) == (exported / name).read_bytes(), f"{name} differs")


def test_xml(bridge, folder):
    for i, target in enumerate((
            "/sdmx/2.1/dataflow", "/feed.atom", f"/sdmx/2.1/data/ITEMS_{CAMPAIGN}/_T......",
            f"/sdmx/2.1/data/AREAS_{CAMPAIGN}?format=structurespecificdata",
            f"/sdmx/2.1/datastructure/DREMPEL/ITEMS_{CAMPAIGN}/1.0?references=all",
            f"/sdmx/2.1/codelist/all/CL_ITEM_{CAMPAIGN}", "/sdmx/2.1/conceptscheme",
            f"/sdmx/2.1/availableconstraint/ITEMS_{CAMPAIGN}/all?references=all")):
        path = folder / f"{i}.xml"
        path.write_bytes(bridge.get(target))
        run = subprocess.run(["xmllint", "--noout", path], stderr=subprocess.PIPE, text=True)
        same((run.returncode, run.stderr), (0, ""), target)


def test_catalogue(bridge, folder, npm):
    """DCAT-AP: the shapes hold for one edition and for two, and each of them can fail."""
    for name, method in (("one", "GET"), ("two", "TWO")):
        turtle = bridge.get("/catalog.ttl", method=method)
        (folder / f"{name}.ttl").write_bytes(turtle)
        graph = rdflib.Graph().parse(data=turtle.decode(), format="turtle")
        look_at_datasets(bridge, graph, method, 3 if name == "one" else 6)
    # Two editions have all that the shapes are about; one must only be right.
    for name, whole in (("two", True), ("one", False)):
        run = subprocess.run(["node", HERE / "catalogue.mjs", HERE / "dcat-ap.shapes.ttl",
                              folder / f"{name}.ttl", "https://drempel.example",
                              *(["--break"] if whole else [])], cwd=npm,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        same(run.returncode, 0, f"SHACL of {name}: {run.stdout[-3000:]}")
        if whole:
            check(json.loads(run.stdout)["broken"] > 100, "shapes are broken one by one")


def look_at_datasets(bridge, graph, method, n):
    dcat, dct = (rdflib.Namespace(name) for name in ("http://www.w3.org/ns/dcat#",
                                                     "http://purl.org/dc/terms/"))
    datasets = set(graph.objects(None, dcat.dataset))
    same(len(datasets), n, "datasets of the catalogue")
    for dataset in datasets:
        same(len(set(graph.objects(dataset, dct.title))), 4, "titles")
        for part in graph.objects(dataset, dcat.distribution):
            check(graph.value(part, dct.license), "a distribution has a licence")
            url = str(graph.value(part, dcat.accessURL))
            bridge.get(url.removeprefix("https://drempel.example"), method=method)


# --- all of it ----------------------------------------------------------------------


def test_running_hub(program, hub_folder, folder, npm):
    """The same clients on a hub's own HTTP; what it serves is what it exports."""
    exported = folder / "export-of-hub"
    subprocess.run([program, "export", CAMPAIGN, "--dir", hub_folder, "--out", exported,
                    "--format", "csv,xlsx,json-stat,sdmx-ml,sdmx-csv,datapackage"],
                   check=True, stdout=subprocess.DEVNULL)
    hub, base = start_hub(program, hub_folder)
    try:
        truth = Truth(exported / "observations.csv")
        served = Served(base)
        test_export(served, exported)
        test_csv(served, truth, base)
        test_sdmx_csv(served, truth, base)
        test_xlsx(served, truth)
        test_npm(served, truth, base, folder, npm)
        test_rsdmx(served, truth, base, folder)
    finally:
        hub.terminate()
    same(hub.wait(), 0, "the hub ends")


def main(program, hub_program, build):
    npm = npm_packages.install(HERE, pathlib.Path(build) / "clients")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        exported = folder / "export"
        bridge = Bridge(program, str(exported))
        base = serve(bridge)
        bridge.get("/api/v2/config")  # the export is done
        truth = Truth(exported / "observations.csv")
        test_csv(bridge, truth, base)
        test_selection(bridge, truth, base)
        test_xlsx(bridge, truth, "2026-07-01T10:00:00")
        test_sdmx_csv(bridge, truth, base)
        test_export(bridge, exported)
        test_xml(bridge, folder)
        test_catalogue(bridge, folder, npm)
        test_npm(bridge, truth, base, folder, npm)
        test_rsdmx(bridge, truth, base, folder)
        test_running_hub(hub_program, bridge.ask("/", method="DIR")[0]["type"], folder, npm)
        bridge.process.stdin.close()
        same(bridge.process.wait(), 0, "the bridge ends")
    print(f"{checks} checks: pandas, openpyxl, rdflib, rsdmx, jsonstat-toolkit, sdmx-rest, "
          "datapackage and xmllint read what observations.csv holds")


if __name__ == "__main__":
    main(*sys.argv[1:4])
