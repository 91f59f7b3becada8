#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make a synthetic federation: a registry, a plan per school and its filled sheets.

At 143 schools the figures are those of the minister's answer: 333 questionnaires of
school leaders, 2,979 of teachers and 13,973 of pupils, from 158 units of which 31.6 %
are level 1, 23.4 % level 2 and 44 % levels 3 and 4, and one per cent is level 5. Any
other number of schools is in proportion. The same seed gives the same answers.

Writes into the folder OUT:
  registry.csv                    one row a unit, as `drempel-hub school import` reads it
  sheets/SCHOOL-LEVEL-GROUP.csv   as `drempel-node import --format csv` reads it
  plan.json                       per school and unit: counts and collection window

Some more schools are in the registry and never start ("heel wat meer scholen maakten een
profiel aan"): they have a row there and in plan.json under registered_only, no sheets.

With --sessions 2 the folder OUT/earlier holds plan.json and sheets of a session a school
year before, of the same registry. A part of the schools had not started then; the ones
that are only registered now took part. Schools keep their ways; what changed between the
sessions is CHANGE and nothing else.
"""

import argparse
import copy
import csv
import datetime
import itertools
import json
import math
import os
import random
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

GROUPS = ("leader", "teacher", "pupil")
SCHOOLS = 143
QUESTIONNAIRES = {"leader": 333, "teacher": 2979, "pupil": 13973}

# How many of the 143 schools have these levels: 158 units, 50 + 37 + 69 + 2.
LEVELS_OF_SCHOOL = {
    (1,): 50, (2,): 26, (2, 3): 5, (2, 4): 4, (2, 3, 4): 2, (3, 4): 2, (3,): 26, (4,): 26,
    (5,): 2,
}
# About as the schools of the Dutch-speaking part of Belgium lie over the provinces.
PROVINCES = {"BE21": 36, "BE23": 31, "BE25": 26, "BE22": 20, "BE24": 22, "BE10": 8}
NETWORKS = {"KOV": 80, "GO": 26, "OVSG": 19, "POV": 9, "OTHER": 9}
BOARD_SIZES = (1, 1, 2, 2, 3, 4, 5)
REGISTERED_ONLY = 0.12  # schools that never start, per school that takes part

# A unit below these gives its number of questionnaires and no values on the open track.
UNIT_THRESHOLD = {"leader": 5, "teacher": 10, "pupil": 20}
SMALL_UNITS = 0.06
LEADERS_MAX = 4
# Relative size of a unit by level; the spreads (sigma of a lognormal) of the unit, shared
# by teachers and pupils, and of each group's own.
SIZE = {
    "teacher": {1: 4, 2: 9, 3: 12, 4: 12, 5: 6},
    "pupil": {1: 45, 2: 70, 3: 80, 4: 75, 5: 40},
}
UNIT_SPREAD, UNIT_GROUP_SPREAD = 0.45, 0.2
# Share of the invited who answer: mean and spread over units.
RESPONSE = {"teacher": (0.58, 0.14), "pupil": (0.52, 0.16)}

# Mean answers on 1..5 by area: infrastructure (B) low and lowest with pupils, training
# (C) among the highest, leaders above the others on teaching (D) and pupils' skills (F).
AREA_MEAN = {
    "leader": {"A": 3.6, "B": 3.2, "C": 3.9, "D": 3.9, "E": 3.2, "F": 3.7},
    "teacher": {"A": 3.3, "B": 3.0, "C": 3.8, "D": 3.5, "E": 3.0, "F": 3.2},
    "pupil": {"A": 3.2, "B": 2.8, "C": 3.6, "D": 3.4, "E": 3.1, "F": 3.3},
}
OTHER_AREA_MEAN = 3.4
LOW_ITEMS = {"B1": 0.4, "B2": 0.4, "B6": 0.4}
ITEM_SPREAD, GROUP_ITEM_SPREAD = 0.25, 0.10
SCHOOL_SPREAD, SCHOOL_GROUP_SPREAD = 0.22, 0.10
PLACE_SPREAD = 0.10
PERSON_SPREAD, ANSWER_SPREAD = 0.5, 0.9
PERSON_CLASSES = 5
STRAIGHT_LINERS = 0.02
BREAKS_OFF = 0.01

# From the session before to this one: by how much the mean of an area's answers moved,
# before they are cut to the scale's points; all other areas stayed. Which schools took
# part, and how many of each, changed too.
CHANGE = {
    "leader": {"E": 0.4},
    "teacher": {"F": 0.35},
    "pupil": {"D": 0.15, "E": -0.3},
}
BETWEEN_SESSIONS_DAYS = 364  # whole weeks, about the same season
NEW_SCHOOLS = 0.2            # of this session's schools: not yet in the one before
EARLIER_RESPONSE = (0.75, 1.1)  # questionnaires of a unit then, per one now

NAMES = ("Basisschool", "Middenschool", "College", "Atheneum", "Instituut", "Centrum")
PLACES = ("de Linde", "de Vlieger", "de Wegwijzer", "het Kompas", "de Brug", "de Toren",
          "de Zonnebloem", "het Anker", "de Kastanje", "de Horizon", "de Zandloper",
          "het Veld", "de Regenboog", "de Molen", "de Sleutel", "het Spoor", "de Duinen",
          "de Kei", "de Populier", "het Eiland", "de Vlinder", "de Springplank",
          "de Leie", "de Heide")


def apportion(total, weights):
    """Whole numbers in proportion to the weights, total in all (largest remainder)."""
    weight_sum = sum(weights)
    exact = [total * weight / weight_sum for weight in weights]
    shares = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: shares[i] - exact[i])
    for i in by_remainder[:total - sum(shares)]:
        shares[i] += 1
    return shares


def deck(rng, counts, total):
    """The keys of counts, in proportion, total of them, in random order."""
    shares = apportion(total, list(counts.values()))
    cards = list(itertools.chain.from_iterable(
        [key] * share for key, share in zip(counts, shares)))
    rng.shuffle(cards)
    return cards


def make_schools(rng, n_schools, before=()):
    """Schools with levels, place and board, numbered after those made before."""
    levels = deck(rng, LEVELS_OF_SCHOOL, n_schools)
    provinces = deck(rng, PROVINCES, n_schools)
    networks = deck(rng, NETWORKS, n_schools)
    # Brussels has no provincial education: swap such a school's network with another's.
    elsewhere = [i for i in range(n_schools)
                 if provinces[i] != "BE10" and networks[i] != "POV"]
    for i in range(n_schools):
        if provinces[i] == "BE10" and networks[i] == "POV" and elsewhere:
            j = elsewhere.pop()
            networks[i], networks[j] = networks[j], networks[i]
    schools = []
    for i in range(n_schools):
        number = len(before) + i
        kind = NAMES[0] if levels[i] == (1,) else NAMES[-1] if levels[i] == (5,) else \
            rng.choice(NAMES[1:-1])
        schools.append({
            "school": f"S{number + 1:03d}",
            "name": f"{kind} {PLACES[number % len(PLACES)]} {number // len(PLACES) + 1}",
            "province": provinces[i], "network": networks[i],
            "units": [{"level": level} for level in levels[i]],
        })
    give_boards(rng, schools, len({school["board"] for school in before}))
    return schools


def give_boards(rng, schools, board):
    """A board runs one to five schools of one network in one province."""
    together = {}
    for school in schools:
        together.setdefault((school["network"], school["province"]), []).append(school)
    for key in sorted(together):
        members = together[key]
        while members:
            board += 1
            for school in members[:(size := rng.choice(BOARD_SIZES))]:
                school["board"] = f"B{board:03d}"
            members = members[size:]


def count_leaders(rng, n_units, total):
    """One to four a unit: a unit's leaders never reach the threshold of their group."""
    extra = max(0, min(total, n_units * LEADERS_MAX) - n_units)
    slots = rng.sample(range(n_units * (LEADERS_MAX - 1)), extra)
    counts = [1] * n_units
    for slot in slots:
        counts[slot // (LEADERS_MAX - 1)] += 1
    return counts


def count_many(rng, group, sizes, total):
    """In proportion to size; all but a few units at or above the group's threshold."""
    threshold = UNIT_THRESHOLD[group]
    counts = [threshold] * len(sizes)
    small = rng.sample(range(len(sizes)), round(SMALL_UNITS * len(sizes)))
    for i in small:
        counts[i] = rng.randint(threshold // 2, threshold - 1)
    weights = [0.0 if i in small else size * rng.lognormvariate(0, UNIT_GROUP_SPREAD)
               for i, size in enumerate(sizes)]
    extra = apportion(total - sum(counts), weights)
    return [count + more for count, more in zip(counts, extra)]


def deal_sizes(rng, schools):
    """A size factor per unit, log-normal. Each province has its fair share of large and
    small units, as provinces have: a few dozen units drawn freely would make one province
    half as large as another with as many schools."""
    factors = {}
    spread = statistics.NormalDist(0, UNIT_SPREAD)
    for province in PROVINCES:
        units = [unit for school in schools if school["province"] == province
                 for unit in school["units"]]
        rng.shuffle(units)
        for rank, unit in enumerate(units):
            factors[id(unit)] = math.exp(spread.inv_cdf((rank + 0.5) / len(units)))
    return [factors[id(unit)] for school in schools for unit in school["units"]]


def give_counts(rng, schools, n_schools):
    """Per unit and group: eligible > invited >= completed."""
    units = [unit for school in schools for unit in school["units"]]
    size_factors = deal_sizes(rng, schools)
    for unit in units:
        unit["groups"] = {}
    for group in GROUPS:
        total = round(QUESTIONNAIRES[group] * n_schools / SCHOOLS)
        if group == "leader":
            completed = count_leaders(rng, len(units), total)
        else:
            sizes = [SIZE[group][unit["level"]] * factor
                     for unit, factor in zip(units, size_factors)]
            completed = count_many(rng, group, sizes, total)
        for unit, n in zip(units, completed):
            if group == "leader":
                invited = n + rng.randint(0, 1)
            else:
                mean, spread = RESPONSE[group]
                invited = math.ceil(n / min(0.97, max(0.3, rng.gauss(mean, spread))))
            eligible = max(invited + 1, math.ceil(invited * rng.uniform(1.0, 1.25)))
            unit["groups"][group] = {
                "eligible": eligible, "invited": invited, "completed": n}


def give_windows(rng, schools, today):
    """Each unit collected for one to three weeks, all inside the period, all over."""
    period = (today - datetime.timedelta(days=42), today - datetime.timedelta(days=1))
    for school in schools:
        for unit in school["units"]:
            days = rng.randint(7, 21)
            start = period[0] + datetime.timedelta(days=rng.randint(0, 42 - days))
            end = start + datetime.timedelta(days=days - 1)
            unit["window"] = f"{start}..{end}"
    return {"from": str(period[0]), "to": str(period[1])}


class Answers:
    """How a group answers the items: an ordered probit with effects of item, place,
    school and person; not-applicable and blank at a rate of the item's own."""

    def __init__(self, rng, group, items, item_effect):
        self.rng = rng
        self.items = items
        self.base = []
        self.na = []
        self.blank = []
        for item in items:
            mean = AREA_MEAN[group].get(item["area"], OTHER_AREA_MEAN)
            self.base.append(mean - LOW_ITEMS.get(item["code"], 0.0)
                             + item_effect[item["code"]]
                             + rng.gauss(0, GROUP_ITEM_SPREAD))
            self.na.append(rng.uniform(0.005, 0.08) if item["na"] else 0.0)
            self.blank.append(rng.uniform(0.002, 0.03))
        normal = statistics.NormalDist(0, PERSON_SPREAD)
        self.person = [normal.inv_cdf((c + 0.5) / PERSON_CLASSES)
                       for c in range(PERSON_CLASSES)]
        self.table = {}

    def before(self, rng, change):
        """The same group before the means of areas moved by that much."""
        other = copy.copy(self)
        other.rng = rng
        other.base = [base - change.get(item["area"], 0.0)
                      for base, item in zip(self.base, self.items)]
        return other

    def weights(self, i, step, na_factor):
        """Answers as written in a cell, and their cumulative weights; step is the mean in
        twentieths of a point on 1..5."""
        key = (i, step, na_factor)
        if key not in self.table:
            self.table[key] = self.make_weights(self.items[i], step / 20,
                                                self.na[i] * na_factor, self.blank[i])
        return self.table[key]

    @staticmethod
    def make_weights(item, mean, na, blank):
        if item["tick"]:
            ticked = 1 / (1 + math.exp(-1.2 * (mean - 3.6)))
            return ["1", "0"], [ticked, 1.0]
        points = item["points"]
        normal = statistics.NormalDist(1 + (mean - 1) * (points - 1) / 4,
                                       ANSWER_SPREAD * (points - 1) / 4)
        valid = 1 - na - blank
        below = [valid * normal.cdf(k + 0.5) for k in range(1, points)] + [valid]
        cells = [str(k) for k in range(1, points + 1)]
        return cells + ["NA", '""'], below + [valid + na, 1.0]

    def sheet(self, n, level, school_effect, na_factor):
        """The header and the rows of n questionnaires."""
        rng = self.rng
        shown = [i for i, item in enumerate(self.items)
                 if not item.get("levels") or level in item["levels"]]
        classes = [0] * PERSON_CLASSES
        for c in rng.choices(range(PERSON_CLASSES), k=n):
            classes[c] += 1
        columns = []
        for i in shown:
            column = []
            for effect, k in zip(self.person, classes):
                step = round(20 * (self.base[i] + school_effect + effect))
                cells, cumulative = self.weights(i, step, na_factor)
                column += rng.choices(cells, cum_weights=cumulative, k=k)
            columns.append(column)
        rows = list(zip(*columns))
        rng.shuffle(rows)
        items = [self.items[i] for i in shown]
        codes = [item["code"] for item in items]
        return codes, [self.disturb(row, items) for row in rows]

    def disturb(self, row, items):
        """Some give one answer to everything; some never reach the last pages."""
        draw = self.rng.random()
        if draw < STRAIGHT_LINERS:
            answer = self.rng.choice((3, 4, 4, 5))
            return ["0" if item["tick"] else str(min(answer, item["points"]))
                    for item in items]
        if draw < STRAIGHT_LINERS + BREAKS_OFF:
            shown = self.rng.randint(2 * len(row) // 3, len(row))
            return list(row[:shown]) + [""] * (len(row) - shown)
        return row


def asked(items, group):
    """Core and additional items that the group is asked."""
    return [item for item in items
            if item["kind"] in ("core", "additional") and group in item["groups"]]


class Ways:
    """What stays of items, places and schools from one session to the next: how high
    their answers lie."""

    def __init__(self, rng, items):
        self.rng = rng
        item_effect = {item["code"]: rng.gauss(0, ITEM_SPREAD) for item in items}
        for code in LOW_ITEMS.keys() & item_effect.keys():
            item_effect[code] = min(0.0, item_effect[code])  # low whatever the seed
        self.place = {place: rng.gauss(0, PLACE_SPREAD)
                      for place in [*PROVINCES, *NETWORKS, 1, 2, 3, 4, 5]}
        self.answers = {group: Answers(rng, group, asked(items, group), item_effect)
                        for group in GROUPS}
        self.drawn = {}

    def draw(self, key, draw):
        """What the key was given when it came up first."""
        if key not in self.drawn:
            self.drawn[key] = draw(self.rng)
        return self.drawn[key]

    def of_school(self, school):
        """Its effect on every answer, and its factor on what is not applicable."""
        return self.draw(school["school"], lambda rng: (
            rng.gauss(0, SCHOOL_SPREAD), rng.choice((0.75, 1.0, 1.25))))

    def of_unit(self, school, level, group):
        effect, _ = self.of_school(school)
        own = self.draw((school["school"], level, group),
                        lambda rng: rng.gauss(0, SCHOOL_GROUP_SPREAD))
        return (effect + own + self.place[school["province"]]
                + self.place[school["network"]] + self.place[level])


def write_sheets(ways, answers, schools, folder):
    os.makedirs(folder, exist_ok=True)
    for school in schools:
        _, na_factor = ways.of_school(school)
        for unit, group in itertools.product(school["units"], GROUPS):
            effect = ways.of_unit(school, unit["level"], group)
            counts = unit["groups"][group]
            codes, rows = answers[group].sheet(counts["completed"], unit["level"], effect,
                                               na_factor)
            counts["sheet"] = f"{school['school']}-{unit['level']}-{group}.csv"
            path = os.path.join(folder, counts["sheet"])
            with open(path, "w", encoding="utf-8") as file:
                file.write(",".join(codes) + "\n")
                file.writelines(",".join(row) + "\n" for row in rows)


def write_registry(schools, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["school", "name", "board", "province", "network", "level",
                         *(f"eligible_{group}" for group in GROUPS)])
        for school in schools:
            for unit in school["units"]:
                writer.writerow([school["school"], school["name"], school["board"],
                                 school["province"], school["network"], unit["level"],
                                 *(unit["groups"][g]["eligible"] for g in GROUPS)])


def read_items(hub, instrument):
    """The instrument's items, as the hub reads them; a .json file is taken as it is."""
    if instrument.endswith(".json"):
        with open(instrument, encoding="utf-8") as file:
            return json.load(file)["items"]
    shown = subprocess.run([hub, "instrument", "show", instrument, "--json"],
                           check=True, capture_output=True, text=True)
    return json.loads(shown.stdout)["items"]


def write_plan(out, plan):
    with open(os.path.join(out, "plan.json"), "w", encoding="utf-8") as file:
        json.dump(plan, file, indent=1)
    return plan


def only_registered(schools):
    """The same schools without what they would have answered."""
    schools = copy.deepcopy(schools)
    for unit in itertools.chain.from_iterable(school["units"] for school in schools):
        unit.pop("window", None)
        for group, counts in unit["groups"].items():
            unit["groups"][group] = {"eligible": counts["eligible"]}
    return schools


def generate_earlier(out, plan, idle, ways, today):
    """The session before: new schools are left out, idle ones took part."""
    rng = random.Random(f"{plan['seed']} earlier")
    schools = plan["schools"]
    new = set(rng.sample(range(len(schools)), round(NEW_SCHOOLS * len(schools))))
    there = copy.deepcopy([school for i, school in enumerate(schools) if i not in new] + idle)
    for unit in itertools.chain.from_iterable(school["units"] for school in there):
        for counts in unit["groups"].values():
            n = round(counts["completed"] * rng.uniform(*EARLIER_RESPONSE))
            counts["completed"] = min(max(1, n), counts["invited"])
    period = give_windows(rng, there, today - datetime.timedelta(days=BETWEEN_SESSIONS_DAYS))
    answers = {group: ways.answers[group].before(rng, CHANGE[group]) for group in GROUPS}
    write_sheets(ways, answers, there, os.path.join(out, "sheets"))
    return write_plan(out, {
        "seed": plan["seed"], "period": period, "items": plan["items"], "schools": there,
        "registered_only": only_registered([schools[i] for i in sorted(new)])})


def generate(out, n_schools, seed, items, today, sessions=1):
    """Write everything into the folder out; returns the plan."""
    rng = random.Random(seed)
    schools = make_schools(rng, n_schools)
    give_counts(rng, schools, n_schools)
    idle = make_schools(rng, round(REGISTERED_ONLY * n_schools), schools)
    give_counts(rng, idle, len(idle))
    period = give_windows(rng, schools, today)
    os.makedirs(out, exist_ok=True)
    write_registry(schools + idle, os.path.join(out, "registry.csv"))
    ways = Ways(rng, items)
    write_sheets(ways, ways.answers, schools, os.path.join(out, "sheets"))
    plan = write_plan(out, {"seed": seed, "period": period, "items": items,
                            "schools": schools, "registered_only": only_registered(idle)})
    if sessions > 1:
        generate_earlier(os.path.join(out, "earlier"), plan, idle, ways, today)
    return plan


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--schools", type=int, default=SCHOOLS, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--sessions", type=int, choices=(1, 2), default=1)
    parser.add_argument("--instrument", metavar="FILE", default=os.path.join(
        ROOT, "deploy/instruments/selfie.yaml"), help="YAML, or the hub's JSON of it")
    parser.add_argument("--hub", metavar="PROGRAM", default=os.path.join(
        ROOT, "build/release/bin/drempel-hub"), help="reads the instrument")
    parser.add_argument("--today", type=datetime.date.fromisoformat,
                        default=datetime.date.today(), metavar="YYYY-MM-DD")
    options = parser.parse_args()
    if options.schools < 1:
        parser.error("--schools must be at least 1")
    try:
        items = read_items(options.hub, options.instrument)
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError) as error:
        sys.exit(f"generate.py: cannot read {options.instrument}: {error}")
    generate(options.out, options.schools, options.seed, items, options.today,
             options.sessions)


if __name__ == "__main__":
    main()
