#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the exact value of every observation that a demo published or suppressed.

Reads the generated plan and sheets, and of the published table only its keys. Each row
of the published tables/observations.csv gets a row with the same key: the exact value,
n and schools, no error, no suppression. What can never have a value (status z) stays so.

Registered schools and eligible people are those of the whole registry; coverage is a
percentage of them. A mean is over valid answers; the mean of an area is the unweighted
mean of its core items' means; a share is a count over all questionnaires behind the row.
On the open track the rows of core items are over the units that sent values, those at or
above their group's threshold, or over all units of the cohort where none did; all other
rows, and every row of the sealed track, are over all units.

With --earlier, the plan of the session before, common_schools.csv beside it says of the
region and of each cohort of one way how many schools took part in both.
"""

import argparse
import collections
import csv
import json
import os
import sys

from generate import GROUPS, UNIT_THRESHOLD

COLUMNS = ("campaign", "edition", "family", "province", "level", "network", "group",
           "area", "item", "measure", "value", "se_dp", "ci_low", "ci_high", "n",
           "schools", "status")
KEY = COLUMNS[:10]
COHORT = ("family", "province", "level", "network")
ONE_WAY = ("region", "province", "level", "network")
PARLIAMENTARY_CLASS = {"34": ("3", "4")}


def read_observations(path):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path}: the header is not {','.join(COLUMNS)}")
        return list(reader)


def count_sheet(path):
    """How often each cell text stands in each column of a generated sheet."""
    with open(path, encoding="utf-8") as file:
        codes = file.readline().rstrip("\n").split(",")
        rows = [line.rstrip("\n").split(",") for line in file]
    if any(len(row) != len(codes) for row in rows):
        raise ValueError(f"{path}: a row does not have {len(codes)} cells")
    counts = {code: collections.Counter(column)
              for code, column in zip(codes, zip(*rows))}
    return len(rows), counts


class Tally:
    """The exact counts of some units of one group."""

    def __init__(self, units, group):
        self.n = 0
        self.schools = set()
        self.items = {}
        for unit in units:
            self.n += unit["groups"][group]["completed"]
            self.schools.add(unit["school"])
            for code, cells in unit["groups"][group]["counts"].items():
                self.items.setdefault(code, collections.Counter()).update(cells)

    def mean(self, code):
        cells = self.items.get(code, {})
        points = {int(cell): count for cell, count in cells.items() if cell.isdigit()}
        valid = sum(points.values())
        if valid == 0:
            return None
        return sum(point * count for point, count in points.items()) / valid

    def share(self, code, cell):
        if self.n == 0 or code not in self.items:
            return None
        return self.items[code][cell] / self.n


def read_plan(generated):
    with open(os.path.join(generated, "plan.json"), encoding="utf-8") as file:
        return json.load(file)


def list_units(schools):
    """Every unit, with its school's place."""
    units = []
    for school in schools:
        for unit in school["units"]:
            unit.update(school=school["school"], province=school["province"],
                        network=school["network"], level=str(unit["level"]))
            units.append(unit)
    return units


def select(units, key):
    """The units of a cohort; parts of a folded code are joined by '+'."""
    for dimension in ("province", "level", "network"):
        if key[dimension] != "_T":
            codes = set()
            for part in key[dimension].split("+"):
                codes.update(PARLIAMENTARY_CLASS.get(part, (part,)))
            units = [unit for unit in units if unit[dimension] in codes]
    return units


def schools_of(units):
    return {unit["school"] for unit in units}


def count_schools(units):
    return len(schools_of(units))


def total(units, group, count):
    return sum(unit["groups"][group][count] for unit in units)


class Truth:
    """Exact values by key, from the plan and the sheets beside it."""

    def __init__(self, generated, track):
        plan = read_plan(generated)
        self.core = {item["code"] for item in plan["items"] if item["kind"] == "core"}
        self.items = plan["items"]
        self.track = track
        self.tallies = {}
        self.units = list_units(plan["schools"])
        self.registered = self.units + list_units(plan["registered_only"])
        for unit in self.units:
            for counts in unit["groups"].values():
                path = os.path.join(generated, "sheets", counts["sheet"])
                n, counts["counts"] = count_sheet(path)
                if n != counts["completed"]:
                    raise ValueError(f"{path}: {n} questionnaires, not as planned")

    def cohort(self, key, registered=False):
        return select(self.registered if registered else self.units, key)

    def tally(self, key, values):
        """Of the cohort of a key; values: only units whose values left the school."""
        place = (key["province"], key["level"], key["network"], key["group"], values)
        if place not in self.tallies:
            group = key["group"]
            units = self.cohort(key)
            if values and self.track == "open":
                units = [unit for unit in units if unit["groups"][group]["completed"]
                         >= UNIT_THRESHOLD[group]] or units
            self.tallies[place] = Tally(units, group)
        return self.tallies[place]

    def row(self, key):
        """Value, n and schools of a key."""
        measure, group = key["measure"], key["group"]
        if measure == "mean" or measure.startswith("share_"):
            return self.answers(key)
        units, registered = self.cohort(key), self.cohort(key, registered=True)
        schools = count_schools(units)
        if measure == "registered":
            return count_schools(registered), None, count_schools(registered)
        if measure == "schools":
            return schools, None, schools
        if measure == "coverage" and group == "_T":
            return percent(schools, count_schools(registered)), None, schools
        if measure == "coverage":
            return percent(total(units, group, "completed"),
                           total(registered, group, "eligible")), None, schools
        if measure == "questionnaires":
            n = total(units, group, "completed")
            return n, n, schools
        if measure == "invited":
            return total(units, group, "invited"), None, schools
        if measure == "eligible":
            return total(registered, group, "eligible"), None, schools
        raise ValueError(f"no truth is known for the measure {measure}")

    def answers(self, key):
        """Value, n and schools of a mean or a share."""
        code, measure = key["item"], key["measure"]
        tally = self.tally(key, code in self.core or code == "_T")
        if code == "_T":
            means = [tally.mean(item["code"]) for item in self.items
                     if item["area"] == key["area"] and item["kind"] == "core"
                     and key["group"] in item["groups"]]
            means = [mean for mean in means if mean is not None]
            value = sum(means) / len(means) if means else None
        elif measure == "mean":
            value = tally.mean(code)
        else:
            cell = {"na": "NA", "ticked": "1"}.get(measure[6:], measure[6:])
            value = tally.share(code, cell)
        return value, tally.n, len(tally.schools)


def percent(part, whole):
    return 100 * part / whole if whole else None


def text(value):
    if value is None:
        return ""
    return format(value, ".12g") if isinstance(value, float) else str(value)


def write_truth(generated, published, path, track):
    """Write the truth of the keys of the published table to path."""
    truth = Truth(generated, track)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in read_observations(published):
            key = {column: row[column] for column in KEY}
            if row["status"] == "z":
                value, n, schools = None, None, None
            else:
                value, n, schools = truth.row(key)
            writer.writerow([*key.values(), text(value), "", "", "", text(n),
                             text(schools), "z" if value is None else ""])


def write_common(generated, earlier, published, path):
    """Schools that took part in both sessions, of each cohort that was published."""
    sessions = [list_units(read_plan(folder)["schools"]) for folder in (generated, earlier)]
    cohorts = {tuple(row[column] for column in COHORT): None
               for row in read_observations(published) if row["family"] in ONE_WAY}
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COHORT, "common_schools"])
        for cohort in cohorts:
            key = dict(zip(COHORT, cohort))
            now, then = (schools_of(select(units, key)) for units in sessions)
            writer.writerow([*cohort, len(now & then)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("generated", help="the folder that generate.py wrote")
    parser.add_argument("published", help="tables/observations.csv")
    parser.add_argument("out", help="truth/observations.csv")
    parser.add_argument("--track", choices=("open", "sealed"), default="open")
    parser.add_argument("--earlier", metavar="DIR",
                        help="what generate.py wrote of the session before")
    options = parser.parse_args()
    try:
        write_truth(options.generated, options.published, options.out, options.track)
        if options.earlier:
            write_common(options.generated, options.earlier, options.published,
                         os.path.join(os.path.dirname(options.out), "common_schools.csv"))
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"truth.py: {error}")


if __name__ == "__main__":
    main()
