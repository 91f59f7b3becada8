#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cohort.py BRIDGE: who may be said to stand for whom (R54).

Everything that the public gets, pages in four languages by their own links and files of
every format, is read twice: as a campaign of schools that chose to take part, and as one of
a sample. Only the sample's may speak of samples and of generalising, other than to say that
nothing may be generalised; every page with figures says which of the two it is.
"""
import html
import io
import pathlib
import re
import sys
import tempfile
import zipfile

import openpyxl

import clients
from clients import CAMPAIGN, Bridge, check, same

LANGUAGES = ("nl", "fr", "de", "en")
CLAIM = re.compile(r"steekproef|échantillon|stichprobe|\bsampl|veralgemeen|généralis|"
                   r"verallgemein|generali[sz]|\brepresentati(?!on)|représentati(?!on)|repräsentativ", re.I)
# What may be said of schools that chose: the notice, and that there is no sample.
DENIED = ("daarvoor is een steekproef nodig", "il faudrait pour cela un échantillon",
          "dafür braucht es eine Stichprobe", "that takes a sample")
# Words of the notices, which their own tests do not choose: hub/tables/publication_facts.c.
CHOSE = {"nl": "kozen zelf", "fr": "ont choisi", "de": "freiwillig", "en": "chose"}
DRAWN = {"nl": "steekproef", "fr": "échantillon", "de": "Stichprobe", "en": "sample"}


def flat(text):
    return " ".join(text.split())


def of_html(page):
    return flat(html.unescape(re.sub(r"<[^>]*>", " ", page)))


def notices(bridge, method):
    """{language: what the campaign says of its schools}, out of the catalogue."""
    turtle = bridge.get("/catalog.ttl", method=method).decode()
    found = re.findall(r'<[^>]*/areas#dataset> a dcat:Dataset ;(.*?)dcat:keyword', turtle, re.S)
    return {language: flat(text) for text, language in
            re.findall(r'dct:description "([^"]*)"@(..)', found[0])}


def pages(bridge, method):
    """{address: HTML} of every page that links lead to, in four languages."""
    got = {}
    asked = [f"/{language}/{CAMPAIGN}" for language in LANGUAGES]
    while asked:
        address = asked.pop()
        if address in got:
            continue
        got[address] = bridge.get(address, method=method).decode()
        for link in re.findall(r'href="([^"]*)"', got[address]):
            link = html.unescape(link).split("#")[0]
            if re.match(rf"/(nl|fr|de|en)/{CAMPAIGN}(/|$)", link) and "=" not in link:
                asked.append(link)
    for language in LANGUAGES:
        for query in ("table=participation", "table=items&split=level&area=B",
                      "table=areas&split=province"):
            address = f"/{language}/{CAMPAIGN}/tables?{query}"
            got[address] = bridge.get(address, method=method).decode()
    return got


def unpacked(name, content):
    """The texts in a file: those of an archive's members and of a workbook's cells."""
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        yield name, "\n".join(str(value) for sheet in book for row in
                              sheet.iter_rows(values_only=True) for value in row if value)
    elif name.endswith(".zip"):
        package = zipfile.ZipFile(io.BytesIO(content))
        for member in package.namelist():
            yield f"{name}/{member}", package.read(member).decode()
    else:
        yield name, content.decode()


def files(bridge, method, exported):
    """{name: text} of every format, by the API and by the export command."""
    targets = ["/feed.atom", "/catalog.ttl", "/api/v2/tables", "/api/v2/config",
               f"/t/{CAMPAIGN}/datapackage.zip", "/sdmx/2.1/dataflow?references=all"]
    for table in clients.TABLES:
        targets += [f"/t/{CAMPAIGN}/{table}.{suffix}{query}"
                    for suffix in ("csv", "json", "xlsx", "zip", "metadata.json")
                    for query in ("", "?lang=fr", "?lang=de", "?lang=en")
                    if not query or suffix not in ("metadata.json",)]
        targets += [f"/api/v2/tables/{CAMPAIGN}.{table}/metadata?lang={language}"
                    for language in LANGUAGES]
        targets.append(f"/sdmx/2.1/data/{table.upper()}_{CAMPAIGN}")
    got = {}
    for target in targets:
        name = target.split("?")[0]
        for part, text in unpacked(name, bridge.get(target, method=method)):
            got[target + part.removeprefix(name)] = flat(html.unescape(text))
    for path in exported.rglob("*") if method == "GET" else ():
        if path.is_file() and path.suffix not in (".msgpack", ".xlsx", ".zip"):
            got[f"export/{path.name}"] = flat(html.unescape(path.read_text("utf-8")))
    return got


def claims(text, allowed):
    """What a text says of samples and generalising beyond what is allowed."""
    for words in allowed:
        text = text.replace(words, " ")
    return [text[max(0, m.start() - 60):m.end() + 40] for m in CLAIM.finditer(text)]


def test_self_selected(seen_pages, seen_files, notice):
    for language in LANGUAGES:
        check(CHOSE[language] in notice[language], notice[language])
    allowed = [*notice.values(), *DENIED]
    for name, text in {**{k: of_html(v) for k, v in seen_pages.items()}, **seen_files}.items():
        same(claims(text, allowed), [], f"{name} claims what only a sample may")


def test_sample(seen_pages, seen_files, notice, other):
    for language in LANGUAGES:
        check(DRAWN[language] in notice[language], notice[language])
        check(CLAIM.search(notice[language]), "a sample is generalised")
    for name, text in {**{k: of_html(v) for k, v in seen_pages.items()}, **seen_files}.items():
        for words in (*other.values(), *DENIED):
            check(words not in text, f"{name} says of a sample: {words}")
    for name, text in seen_files.items():
        if name.endswith((".metadata.json", "/metadata.json", "README.txt")):
            check(claims(text, []), f"{name} does not tell that it is a sample")
    metadata = seen_files[f"/t/{CAMPAIGN}/areas.metadata.json"].replace(" ", "")
    check('"cohort":"sample"' in metadata, "cohort of the metadata")


def test_notice(seen_pages, notice):
    """Every page with figures says what they stand for."""
    with_figures = {k: v for k, v in seen_pages.items() if 'data-v="' in v}
    check(len(with_figures) > 100, f"{len(with_figures)} pages with figures")
    for address, page in with_figures.items():
        check(notice[address.split("/")[1]] in of_html(page), f"no notice on {address}")


def main(program):
    with tempfile.TemporaryDirectory() as name:
        exported = pathlib.Path(name) / "export"
        bridge = Bridge(program, str(exported))
        bridge.get("/api/v2/config")  # the export is done
        notice = {method: notices(bridge, method) for method in ("GET", "SAMPLE")}
        seen = {method: (pages(bridge, method), files(bridge, method, exported))
                for method in notice}
        same(set(seen["GET"][0]), set(seen["SAMPLE"][0]), "pages of both")
        test_self_selected(*seen["GET"], notice["GET"])
        test_sample(*seen["SAMPLE"], notice["SAMPLE"], notice["GET"])
        for method, (seen_pages, _) in seen.items():
            test_notice(seen_pages, notice[method])
        bridge.process.stdin.close()
        same(bridge.process.wait(), 0, "the bridge ends")
    print(f"{clients.checks} checks of {len(seen['GET'][0])} pages and {len(seen['GET'][1])} "
          "files: only samples are generalised")


if __name__ == "__main__":
    main(*sys.argv[1:2])
