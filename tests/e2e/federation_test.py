#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The generator's promises, and the truth against a hand-made case. No program needed."""

import collections
import csv
import datetime
import itertools
import json
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "deploy", "federation"))

import check  # noqa: E402
import comparisons  # noqa: E402
import generate  # noqa: E402
import truth  # noqa: E402

TODAY = datetime.date(2026, 3, 1)


def item(code, kind="core", points=5, na=True, groups=generate.GROUPS):
    return {"code": code, "area": code.split("_")[0][0], "kind": kind, "points": points,
            "tick": points == 0, "na": na, "groups": list(groups)}


ITEMS = [item("A1"), item("A2"), item("B1", groups=("teacher", "pupil")),
         item("X4_1", "additional", 0, False), item("A9", "optional")]


def units_of(schools):
    return [unit for school in schools for unit in school["units"]]


class Generator(unittest.TestCase):
    def make(self, folder, n_schools=143, seed=1):
        return generate.generate(folder, n_schools, seed, ITEMS, TODAY)

    def test_figures_of_the_answer(self):
        for seed in range(1, 6):
            with tempfile.TemporaryDirectory() as folder:
                schools = self.make(folder, seed=seed)["schools"]
                sheets = len(os.listdir(os.path.join(folder, "sheets")))
            units = units_of(schools)
            self.assertEqual(len(schools), 143)
            self.assertEqual(sheets, 3 * 158)
            levels = collections.Counter(unit["level"] for unit in units)
            self.assertEqual((levels[1], levels[2], levels[3] + levels[4], levels[5]),
                             (50, 37, 69, 2))
            for group, n in (("leader", 333), ("teacher", 2979), ("pupil", 13973)):
                self.assertEqual(truth.total(units, group, "completed"), n)

    def test_places_and_boards(self):
        with tempfile.TemporaryDirectory() as folder:
            schools = self.make(folder)["schools"]
        for label, codes in (("province", 6), ("network", 5)):
            sizes = collections.Counter(school[label] for school in schools)
            self.assertEqual(len(sizes), codes)
            self.assertGreaterEqual(min(sizes.values()), 8)
        boards = collections.Counter(school["board"] for school in schools)
        self.assertEqual(set(boards.values()), {1, 2, 3, 4, 5})
        small = collections.defaultdict(set)
        for school in schools:
            for unit in school["units"]:
                small[school["province"], unit["level"]].add(school["school"])
        self.assertTrue(any(len(members) < 5 for members in small.values()))

    def test_counts_and_thresholds(self):
        with tempfile.TemporaryDirectory() as folder:
            units = units_of(self.make(folder)["schools"])
        for group, threshold in generate.UNIT_THRESHOLD.items():
            below = 0
            for unit in units:
                counts = unit["groups"][group]
                self.assertGreater(counts["eligible"], counts["invited"])
                self.assertGreaterEqual(counts["invited"], counts["completed"])
                self.assertGreaterEqual(counts["completed"], 1)
                below += counts["completed"] < threshold
            self.assertEqual(below, len(units) if group == "leader" else 9)

    def test_windows_are_over(self):
        with tempfile.TemporaryDirectory() as folder:
            plan = self.make(folder)
        day = datetime.date.fromisoformat
        for unit in units_of(plan["schools"]):
            start, end = map(day, unit["window"].split(".."))
            self.assertIn((end - start).days + 1, range(7, 22))
            self.assertGreaterEqual(start, day(plan["period"]["from"]))
            self.assertLessEqual(end, day(plan["period"]["to"]))
            self.assertLess(end, TODAY)

    def test_other_sizes_and_seeds(self):
        contents = []
        for n_schools, seed in ((1, 1), (2, 1), (7, 1), (40, 1), (40, 1), (40, 2)):
            with tempfile.TemporaryDirectory() as folder:
                schools = self.make(folder, n_schools, seed)["schools"]
                self.assertEqual(len(schools), n_schools)
                for group, n in generate.QUESTIONNAIRES.items():
                    self.assertEqual(truth.total(units_of(schools), group, "completed"),
                                     round(n * n_schools / 143))
                with open(os.path.join(folder, "sheets", "S001-%d-pupil.csv"
                                       % schools[0]["units"][0]["level"])) as file:
                    contents.append(file.read())
        self.assertEqual(contents[3], contents[4])
        self.assertNotEqual(contents[4], contents[5])


class Sessions(unittest.TestCase):
    """The session before: other schools, the same ways, the stated change and no other."""

    ITEMS = [item(f"{area}{i}") for area in "ABCDEF" for i in range(1, 7)]

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.now = generate.generate(cls.folder.name, 143, 1, cls.ITEMS, TODAY, 2)
        cls.earlier = os.path.join(cls.folder.name, "earlier")
        cls.then = truth.read_plan(cls.earlier)

    def test_this_session_is_the_same_without_the_one_before(self):
        with tempfile.TemporaryDirectory() as alone:
            self.assertEqual(generate.generate(alone, 143, 1, self.ITEMS, TODAY), self.now)
            name = "sheets/" + self.now["schools"][0]["units"][0]["groups"]["pupil"]["sheet"]
            with open(os.path.join(alone, name)) as one, \
                    open(os.path.join(self.folder.name, name)) as other:
                self.assertEqual(one.read(), other.read())

    def test_schools_come_and_go(self):
        now, then = ({school["school"] for school in plan["schools"]}
                     for plan in (self.now, self.then))
        self.assertEqual((len(now), len(then), len(now & then)), (143, 131, 114))
        registered = now | {school["school"] for school in self.now["registered_only"]}
        self.assertEqual(then | {s["school"] for s in self.then["registered_only"]},
                         registered)
        for unit in units_of(self.then["schools"]):
            for counts in unit["groups"].values():
                self.assertGreater(counts["eligible"], counts["invited"])
                self.assertTrue(1 <= counts["completed"] <= counts["invited"])

    def test_the_periods_lie_apart(self):
        now, then = self.now["period"], self.then["period"]
        self.assertLess(then["to"], now["from"])
        for unit in units_of(self.then["schools"]):
            self.assertGreaterEqual(unit["window"], then["from"])
            self.assertLessEqual(unit["window"].split("..")[1], then["to"])

    def test_what_changed_is_what_is_stated(self):
        now, then = (truth.Truth(folder, "sealed")
                     for folder in (self.folder.name, self.earlier))
        for group, area in itertools.product(generate.GROUPS, "ABCDEF"):
            key = dict.fromkeys(truth.KEY, "_T")
            key.update(group=group, area=area, measure="mean")
            change = now.row(key)[0] - then.row(key)[0]
            expected = generate.CHANGE[group].get(area, 0)
            self.assertAlmostEqual(change, expected, delta=0.12, msg=f"{group} {area}")

    def test_leaders_are_more_confident(self):
        """What the tool's own studies found: see AREA_MEAN."""
        now = truth.Truth(self.folder.name, "sealed")
        mean = {}
        for group, area in itertools.product(generate.GROUPS, "ABCDEF"):
            key = dict.fromkeys(truth.KEY, "_T")
            key.update(group=group, area=area, measure="mean")
            mean[group, area] = now.row(key)[0]
        for area in "DF":
            self.assertGreater(mean["leader", area],
                               0.15 + max(mean["teacher", area], mean["pupil", area]))
        for group in generate.GROUPS:
            ranking = sorted("ABCDEF", key=lambda area: mean[group, area])
            self.assertIn("B", ranking[:2])
            self.assertIn("C", ranking[-2:])
        self.assertLess(mean["pupil", "B"], min(mean["teacher", "B"], mean["leader", "B"]))
        for group in generate.GROUPS:
            low, others = [], []
            for code in ("B1", "B2", "B3", "B4", "B5", "B6"):
                key = dict.fromkeys(truth.KEY, "_T")
                key.update(group=group, area="B", item=code, measure="mean")
                (low if code in generate.LOW_ITEMS else others).append(now.row(key)[0])
            self.assertLess(max(low), sum(others) / len(others), group)

    def test_schools_in_common(self):
        published = os.path.join(self.folder.name, "observations.csv")
        with open(published, "w", newline="") as file:
            writer = csv.DictWriter(file, truth.COLUMNS, restval="_T")
            writer.writeheader()
            for place in ({"family": "region"}, {"family": "province", "province": "BE21"},
                          {"family": "level", "level": "4+5"},
                          {"family": "province_level", "province": "BE21", "level": "1"}):
                writer.writerow(place)
        path = os.path.join(self.folder.name, "common_schools.csv")
        truth.write_common(self.folder.name, self.earlier, published, path)
        with open(path, newline="") as file:
            rows = {row["family"]: row for row in csv.DictReader(file)}
        now, then = ({school["school"]: school for school in plan["schools"]}
                     for plan in (self.now, self.then))
        both = [now[name] for name in set(now) & set(then)]
        self.assertEqual(set(rows), {"region", "province", "level"})
        self.assertEqual(rows["region"]["common_schools"], str(len(both)))
        self.assertEqual(rows["province"]["common_schools"],
                         str(sum(school["province"] == "BE21" for school in both)))
        self.assertEqual(rows["level"]["common_schools"],
                         str(sum(any(unit["level"] in (4, 5) for unit in school["units"])
                                 for school in both)))


class Truth(unittest.TestCase):
    """Two schools of one unit each; the second stays below the pupils' threshold."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        path = self.folder.name
        os.mkdir(os.path.join(path, "sheets"))
        self.write("one.csv", ["1,5,1,1"] * 15 + ['NA,"",1,0'] * 5)
        self.write("two.csv", ["5,,3,1"] * 3)
        self.write("none.csv", [])
        schools = [self.school("S001", "BE21", 3, 20, "one.csv"),
                   self.school("S002", "BE22", 4, 3, "two.csv")]
        idle = self.school("S003", "BE21", 3, 0, "none.csv")
        with open(os.path.join(path, "plan.json"), "w") as file:
            json.dump({"items": ITEMS, "schools": schools, "registered_only": [idle]}, file)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, rows):
        with open(os.path.join(self.folder.name, "sheets", name), "w") as file:
            file.write("\n".join(["A1,A2,B1,X4_1", *rows]) + "\n")

    @staticmethod
    def school(name, province, level, n, sheet):
        groups = {group: {"eligible": 50, "invited": 40, "completed": 0, "sheet": "none.csv"}
                  for group in generate.GROUPS}
        groups["pupil"].update(completed=n, sheet=sheet)
        return {"school": name, "province": province, "network": "GO",
                "units": [{"level": level, "groups": groups}]}

    def row(self, measure, item="_T", area="_T", track="open", group="pupil", **place):
        key = dict.fromkeys(truth.KEY, "_T")
        key.update(place, measure=measure, item=item, area=area, group=group)
        return truth.Truth(self.folder.name, track).row(key)

    def test_means_are_over_what_left_the_schools(self):
        self.assertEqual(self.row("mean", "A1", "A"), (1.0, 20, 1))
        self.assertEqual(self.row("mean", "_T", "A"), (3.0, 20, 1))
        self.assertEqual(self.row("mean", "A1", "A", province="BE22"), (5.0, 3, 1))
        self.assertEqual(self.row("mean", "A1", "A", "sealed"), (30 / 18, 23, 2))

    def test_shares_are_over_all_questionnaires(self):
        self.assertEqual(self.row("share_na", "A1", "A"), (0.25, 20, 1))
        self.assertEqual(self.row("share_5", "A2", "A", "sealed"), (15 / 23, 23, 2))
        self.assertEqual(self.row("share_ticked", "X4_1", "X4"), (18 / 23, 23, 2))

    def test_numbers(self):
        self.assertEqual(self.row("questionnaires"), (23, 23, 2))
        self.assertEqual(self.row("questionnaires", level="34"), (23, 23, 2))
        self.assertEqual(self.row("questionnaires", level="4+5"), (3, 3, 1))
        self.assertEqual(self.row("registered", group="_T"), (3, None, 3))
        self.assertEqual(self.row("schools", group="_T"), (2, None, 2))
        self.assertEqual(self.row("invited"), (80, None, 2))
        self.assertEqual(self.row("eligible"), (150, None, 2))
        self.assertAlmostEqual(self.row("coverage")[0], 100 * 23 / 150)
        self.assertAlmostEqual(self.row("coverage", group="_T")[0], 100 * 2 / 3)

    def test_no_valid_answer_is_no_value(self):
        self.assertIsNone(self.row("mean", "A2", "A", province="BE22")[0])


class Check(unittest.TestCase):
    """A row that breaks a rule is found."""

    def failures(self, **changed):
        key = dict.fromkeys(truth.KEY, "_T")
        key.update(family="province", province="BE21", group="pupil", area="A", item="A1",
                   measure="mean")
        true = {**key, "value": "3.5", "n": "100", "schools": "9", "status": ""}
        row = {**true, "value": "3.6", "se_dp": "0.1", "ci_low": "3.4", "ci_high": "3.8",
               **{k: v for k, v in changed.items() if not k.startswith("true_")}}
        true.update({k[5:]: v for k, v in changed.items() if k.startswith("true_")})
        find = check.Findings()
        check.check_row(find, row, true)
        return list(find.failed)

    def test_a_good_row_passes(self):
        self.assertEqual(self.failures(), [])
        self.assertEqual(self.failures(n=""), [])
        self.assertEqual(self.failures(value="", schools="", n="", status="c"), [])

    def test_broken_rows_are_found(self):
        self.assertTrue(self.failures(status="c"))
        self.assertTrue(self.failures(value=""))
        self.assertTrue(self.failures(schools="4", true_schools="4"))
        self.assertTrue(self.failures(n="19", true_n="19"))
        self.assertTrue(self.failures(n="99"))
        self.assertTrue(self.failures(se_dp="0.2"))
        self.assertTrue(self.failures(se_dp="0.1", status="u"))
        self.assertTrue(self.failures(measure="questionnaires", value="99"))

    def test_privacy_entries(self):
        entries = [{"group": group, "family": "_T", "map": "pairs", "delta2": 75,
                    "sigma2": sigma2, "rho": rho, "draws": 0}
                   for group, rho, sigma2 in (("leader", check.BUDGET["leader"], 203),
                                              ("teacher", check.BUDGET["teacher"], 1540),
                                              ("pupil", check.BUDGET["pupil"], 1540))]
        for broken, expected in (({}, 0), ({"sigma2": 1541}, 1), ({"rho": "1/100"}, 2)):
            find = check.Findings()
            check.check_privacy(find, {"track": "open", "privacy": entries[:2]
                                       + [{**entries[2], **broken}]})
            self.assertEqual(len(find.failed), expected)

    def test_privacy_entries_of_two_draws(self):
        entries = [{"group": group, "family": "region", "map": "histogram", "delta2": 40,
                    "sigma2": sigma2, "rho": rho, "draws": 2}
                   for group, rho, sigma2 in (("leader", check.BUDGET["leader"], 109),
                                              ("teacher", check.BUDGET["teacher"], 822),
                                              ("pupil", check.BUDGET["pupil"], 822))]
        counts = {"group": "leader", "family": "province", "map": "counts", "delta2": 0,
                  "sigma2": 0, "rho": "0/1", "draws": 0}
        for broken, expected in (({}, 0), ({"draws": 2}, 1), ({"sigma2": 1}, 1)):
            find = check.Findings()
            check.check_privacy(find, {"track": "sealed",
                                       "privacy": entries + [{**counts, **broken}]})
            self.assertEqual(len(find.failed), expected, find.failed)

    def test_accuracy(self):
        sums = check.collections.defaultdict(check.collections.Counter)
        for group, kind, family, largest in check.ACCURACY:
            sums["sealed", group, kind, family].update(
                rows=4, reliable=3, error=4 * largest ** 2, reliable_error=3 * largest ** 2)
        sums["open", "teacher", "mean", "region"].update(rows=1, error=(3.6 * 0.08) ** 2)
        for group, kind, family, _ in check.ACCURACY:
            find = check.Findings()
            check.check_accuracy(find, sums)
            self.assertEqual(list(find.failed), [])
            sums["sealed", group, kind, family]["reliable_error"] *= 1.1
            find = check.Findings()
            check.check_accuracy(find, sums)
            self.assertEqual(len(find.failed), 1)
            sums["sealed", group, kind, family]["reliable_error"] /= 1.1
        sums["sealed", "teacher", "area", "province"]["rows"] = 5
        sums["open", "teacher", "mean", "region"]["error"] /= 1.1
        find = check.Findings()
        check.check_accuracy(find, sums)
        self.assertEqual(len(find.failed), 2)


class Comparisons(unittest.TestCase):
    """A list of differences with a wrong row is found."""

    SE = "0.0539"  # of .03 and .0447, rounded up

    @staticmethod
    def mean(campaign, group, value, se, status=""):
        return {**dict.fromkeys(truth.KEY, "_T"), "campaign": campaign, "edition": "1",
                "family": "region", "group": group, "area": "A", "item": "A1",
                "measure": "mean", "value": value, "se_dp": se, "n": "100",
                "schools": "9", "status": status}

    def edition(self, campaign, value, true, se, status=""):
        return comparisons.Edition([self.mean(campaign, "pupil", value, se, status)],
                                   [self.mean(campaign, "pupil", true, "")])

    def row(self, **changed):
        row = dict.fromkeys(comparisons.COLUMNS, "_T")
        row.update(campaign="two", other_campaign="one", family="region", group="pupil",
                   other_group="pupil", area="A", item="A1", mean="3.5000",
                   other_mean="3.1000", difference="0.4000", se_dp=self.SE,
                   ci_low="0.2944", ci_high="0.5056", n="100", other_n="100",
                   schools="9", other_schools="9", common_schools="7", finding="higher",
                   status="")
        return {**row, **changed}

    def failures(self, rows, then_status=""):
        now = self.edition("two", "3.5000", "3.45", "0.0300")
        then = self.edition("one", "3.1000", "3.15", "0.0447", then_status)
        find = check.Findings()
        sums = collections.defaultdict(collections.Counter)
        comparisons.check_list(find, sums, "trend", rows,
                               comparisons.between_sessions(now, then), (now, then))
        comparisons.check_common(find, rows, {("region", "_T", "_T", "_T"): "7"},
                                 {"common_schools": 7})
        self.sums = sums["trend", "pupil", "pupil"]
        return list(find.failed)

    def test_a_good_row_passes_and_counts(self):
        self.assertEqual(self.failures([self.row()]), [])
        self.assertEqual((self.sums["rows"], self.sums["inside"], self.sums["wrong"]),
                         (1, 1, 0))
        self.assertAlmostEqual(self.sums["ratio"], (0.1 / float(self.SE)) ** 2)
        self.assertEqual(self.failures([self.row(finding="", status="u")], "u"), [])

    def test_broken_rows_are_found(self):
        for broken in ({"mean": "3.5001"}, {"other_n": "99"}, {"difference": "0.4001"},
                       {"se_dp": "0.0538"}, {"se_dp": "0.0540"}, {"ci_low": "0.2943"},
                       {"ci_high": "0.5057"}, {"finding": "small"}, {"status": "u"},
                       {"common_schools": "8"}):
            self.assertTrue(self.failures([self.row(**broken)]), broken)
        self.assertTrue(self.failures([]))
        self.assertTrue(self.failures([self.row(), self.row()]))
        self.assertTrue(self.failures([self.row()], "u"))

    def test_targets(self):
        plans = [{"schools": [{"school": name, "units": [{"level": level}]}
                              for name, level in session.items()]}
                 for session in ({"S1": 1, "S2": 5, "S3": 3}, {"S1": 1, "S4": 4})]
        for sector, reached, until, failed in (
                ("total", "3", "2026-11-22", 0), ("total", "4", "2026-11-22", 1),
                ("basis", "1", "2026-11-22", 0), ("secundair", "3", "2026-11-22", 1),
                ("total", "0", "2026-12-31", 0)):
            find = check.Findings()
            comparisons.check_targets(find, [{
                "target": "one", "state": "took_part", "by": "2026-12-31",
                "sector": sector, "counted_until": until, "reached": reached}], plans)
            self.assertEqual(len(find.failed), failed)

    def test_the_rule(self):
        d = comparisons.decimal.Decimal
        for difference, se, finding in (("0.0980", "0.05", "unclear"),
                                        ("0.0981", "0.05", "small"),
                                        ("-0.2499", "0.05", "small"),
                                        ("0.2500", "0.05", "higher"),
                                        ("-0.2500", "0.05", "lower"),
                                        ("0.2500", "0.13", "unclear")):
            self.assertEqual(comparisons.finding_of(d(difference), d(se)), finding)

    def test_bounds(self):
        for broken, failed in (({}, 0), ({"ratio": 1.5}, 1), ({"inside": 0.8}, 1),
                               ({"wrong": 0.2}, 1)):
            shares = {"ratio": 1.0, "inside": 0.95, "wrong": 0.0, **broken}
            sums = {("trend", "pupil", "pupil"): collections.Counter(
                rows=1000, found=1000, **{k: 1000 * v for k, v in shares.items()})}
            find = check.Findings()
            comparisons.check_bounds(find, sums, "sealed", None, None)
            self.assertEqual(len(find.failed), failed, broken)


class Registry(unittest.TestCase):
    def test_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            plan = generate.generate(folder, 143, 1, ITEMS, TODAY)
            with open(os.path.join(folder, "registry.csv"), newline="") as file:
                rows = list(csv.DictReader(file))
        registered = units_of(plan["schools"]) + units_of(plan["registered_only"])
        self.assertEqual(len(rows), len(registered))
        self.assertEqual(len({(row["school"], row["level"]) for row in rows}), len(rows))
        self.assertEqual(len({row["school"] for row in rows}), 160)
        self.assertEqual(sum(int(row["eligible_pupil"]) for row in rows),
                         truth.total(registered, "pupil", "eligible"))


if __name__ == "__main__":
    unittest.main()
