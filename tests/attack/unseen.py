#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""unseen.py HTTP_HOST DREMPEL-HUB: whether strangers can tell that a campaign is there.

Two servers: a hub with a public campaign, a later one under embargo, a target and tokens;
and a copy of it in which the later campaign was never published. Whatever is asked of
both without a token gets the same answer from both, byte for byte. The control asks with a
token.
"""
import json
import pathlib
import shutil
import sqlite3
import sys

from http_hub import CAMPAIGN, Hub, check, crawl, finish

BEFORE = "spring-2025"
TARGET = pathlib.Path(__file__).parents[2] / "deploy/reference/target-example.yaml"
SLUGS = ("", "/parliament", "/map", "/areas", "/statements/B4", "/trend",
         "/trend?place=province.BE21", "/tables?edition=1", "/method", "/editions")


def tries():
    """What somebody who suspects a campaign, or has made one up, asks for."""
    for campaign in (CAMPAIGN, BEFORE, "made-up"):
        for slug in SLUGS:
            yield f"/en/{campaign}{slug}"
        for name in ("participation", "areas", "items"):
            flow = f"{name.upper()}_{campaign}"
            yield f"/t/{campaign}/{name}.csv?edition=1"
            yield f"/api/v2/tables/{campaign}.{name}/data"
            yield f"/sdmx/2.1/data/DREMPEL,{flow}"
            yield f"/sdmx/2.1/contentconstraint/DREMPEL/CC_{flow}"
            yield f"/sdmx/2.1/availableconstraint/{flow},1.0/all/all/LEVEL?mode=available"
        for other in (CAMPAIGN, BEFORE, "made-up"):
            yield f"/t/{campaign}/trend.json?with={other}"
        yield f"/t/{campaign}/datapackage.zip"
    yield from ("/api/v2/tables?query=spring", "/targets.json?region=VL", "/operator/state",
                "/sdmx/2.1/dataflow/all/all/latest?references=all", "/sitemap.xml")


def without_the_campaign(hub):
    """A server of a copy of the hub's folder without that campaign's edition."""
    copy = f"{hub.dir}-without"
    shutil.copytree(hub.dir, copy)
    with sqlite3.connect(f"{copy}/hub.db") as database:
        database.execute("DELETE FROM edition WHERE campaign=?", (CAMPAIGN,))
        database.execute("DELETE FROM embargo")
    return Hub("/bin/sh", "-c", f"echo {copy}; exec {hub.program} serve --dir {copy} "
               "--listen tcp://127.0.0.1:0 --http 127.0.0.1:0")


def answer(hub, path, headers):
    """All of an answer but when it was given and by which of the two."""
    status, fields, body = hub.get(path, headers)
    here = hub.address.encode()
    told = {name: value for name, value in fields.items() if name != "date"}
    if here in body:  # its length and tag then say the port
        told = {name: value for name, value in told.items()
                if name not in ("etag", "content-length")}
    return status, told, body.replace(here, b"http://hub")


def main():
    hub, copy = Hub(sys.argv[1], sys.argv[2], "two"), None
    try:
        hub.command("campaign", "load", str(TARGET))
        token = hub.command("token", "add", "ministry", "--scope", "ministry")
        copy = without_the_campaign(hub)
        while not json.loads(hub.get("/targets.json")[2])["targets"]:
            pass
        insider = {"Authorization": f"Bearer {token}"}
        while CAMPAIGN.encode() not in hub.get("/feed.atom", insider)[2]:
            pass
        paths = {path for path, *_ in crawl(hub, {}, tries(), 300)}
        asked = sorted(paths | set(tries()))
        told = [path for path in asked
                if answer(hub, path, {}) != answer(copy, path, {})]
        check(f"strangers cannot tell whether there is a campaign ({len(asked)} paths)",
              not told, told)
        check("control: there is one, and a token sees it", [
            path for path in tries()
            if answer(hub, path, insider) != answer(copy, path, insider)])
        reached = json.loads(hub.get("/targets.json")[2])["targets"][0]
        check("control: the public campaign counts", reached["reached"] == 28 and
              reached["campaigns"] == 1, reached)
        check("the servers end in order", hub.stop() == 0 and copy.stop() == 0)
    finally:
        hub.remove()
        if copy:
            copy.remove()
    finish()


main()
