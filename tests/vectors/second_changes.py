# SPDX-License-Identifier: Apache-2.0
"""Small changes of a decoded body or object, for two implementations to judge alike: every
limit and one past it, the rules that tie fields together, and random ones."""
import copy
import itertools

import second


def at(value, path):
    for key in path:
        value = value[key]
    return value


def replaced(value, path, new):
    """A copy with one value replaced."""
    value = copy.deepcopy(value)
    at(value, path[:-1])[path[-1]] = new
    return value


def places(value, path=()):
    """The path of every value below this one."""
    inner = (value.items() if isinstance(value, dict) else
             enumerate(value) if isinstance(value, list) else ())
    for key, element in inner:
        yield path + (key,)
        yield from places(element, path + (key,))


# --- limits ------------------------------------------------------------------------

NUMBERS = sorted({n + d for n in (
    0, 1, 2, 3, 4, 5, 6, 7, 15, 31, 62, 100, 366, 1970, 2243, 10000, 65535, 100000, 1000000,
    4194304, 8640000000, 253402300799, (1 << 31) - 1, (1 << 32) - 1, 1 << 40, 1 << 53,
    (1 << 63) - 1, -(1 << 53), -(1 << 63) + 1) for d in (-1, 0, 1)})
LENGTHS = sorted({n + d for n in (
    0, 3, 7, 8, 15, 16, 23, 31, 32, 47, 64, 95, 199, 256, 864, 1024) for d in (0, 1)})


def kind_of(path, value):
    """Places of one kind need one look; in a row of different things each is its own."""
    kind = []
    for i, key in enumerate(path):
        holder = at(value, path[:i])
        row = len(holder) <= 15 and (i > 0 and isinstance(path[i - 1], int)
                                     or isinstance(holder, list)
                                     and isinstance(holder[0], list))
        kind.append(key if isinstance(key, str) or row or key < 2 else "")
    return tuple(kind)


def tries(old):
    if type(old) is int:
        return NUMBERS
    if type(old) is str:
        return ["x" * n for n in LENGTHS]
    if type(old) is bytes:
        return [bytes(n) for n in (*LENGTHS, 131072, 131073)] + [
            old[:size] * 2 + old[2 * size:] for size in (16, 32)]
    if type(old) is list and old:
        return [(old * n)[:n] for n in LENGTHS]
    return []


def edges(value):
    """Copies with one number, length or count at every limit, in a place of each kind."""
    seen = set()
    for path in places(value):
        kind = kind_of(path, value)
        if kind not in seen:
            seen.add(kind)
            for new in tries(at(value, path)):
                yield replaced(value, path, new)


# --- rules between fields ----------------------------------------------------------


def small_instrument(value):
    """Some items of each kind, with the areas and scales that they need."""
    small = copy.deepcopy(value)
    items = small["items"]
    chosen = [second.core_vector(value, group)[0] for group in range(3)]
    for kind in (1, 2, 3):
        chosen += [i for i, k in enumerate(items["kind"]) if k == kind][:2]
    chosen = sorted(set(chosen))
    small["items"] = {key: [column[i] for i in chosen] for key, column in items.items()}
    for name, rows in (("area", small["areas"]), ("scale", small["scales"])):
        used = sorted(set(small["items"][name]))
        small["items"][name] = [used.index(i) for i in small["items"][name]]
        for key in rows:
            rows[key] = [rows[key][i] for i in used]
    return small


def with_record(value, name, record):
    value = copy.deepcopy(value)
    for key, element in record.items():
        value[name][key].append(element)
    return value


def instruments(value):
    """One more scale, used by one more item, of every sort."""
    words = ["w"] * len(value["languages"])
    sides = [value["areas"]["additional"].index(side) for side in (0, 1)]
    last = len(value["scales"]["code"])
    for points, labels, na in itertools.product(range(9), (0, 1, 2, 5, 7, 8), (0, 1)):
        if labels in (points, 2):
            yield with_record(value, "scales", {"code": "new", "labels": [words] * labels,
                                                "na": na, "points": points})
    for points, kind, area in itertools.product((0, 2, 5, 7), range(4), sides):
        scaled = with_record(value, "scales", {"code": "new", "labels": [words] * points,
                                               "na": 0, "points": points})
        for scale, levels, groups in ((last, 0, 7), (0, 0, 2), (last + 1, 0, 1),
                                      (last, 2, 1), (last, 62, 1), (last, 1, 1),
                                      (last, 0, 0), (last, 60, 4)):
            for texts in {bin(groups).count("1"), 1}:
                yield with_record(scaled, "items", {
                    "area": area, "code": "NEW", "groups": groups, "kind": kind,
                    "levels": levels, "scale": scale, "text": [words] * texts})
    for name in ("scales", "items", "areas"):
        yield replaced(value, (name, "code", 0), value[name]["code"][1])


def manifests(value):
    parties = ({"track": 0}, {"track": 1, "notary": b"n" * 32, "notary_box": b"b" * 32,
                              "verify": b"v" * 32})
    counts = {key: [1 if key == "rho_den" else 0] for key in value["releases"]}
    for change in ({}, {"notary": bytes(32)}, {"notary_box": bytes(32)},
                   {"verify": bytes(32)}, {"notary": value["hub"]},
                   {"notary_box": value["box"]}, {"track": 0}, {"replaces": b"r" * 32}):
        yield {**value, **parties[1], "releases": counts, **change}
    for items, mapped in itertools.product(range(4), range(1, 5)):
        changed = with_record(value, "releases", {
            "delta2": 5, "family": 0, "group": 0, "items": items, "map": mapped,
            "rho_den": 1, "rho_num": 1, "sigma2": 3})
        yield changed
    for family, first, into in itertools.product(range(6), range(9), range(9)):
        yield with_record(value, "folds", {"family": family, "from": first, "into": into})
    for track, mapped, family, rho, delta2, sigma2 in itertools.product(
            (0, 1), range(6), (0, 1), ((0, 1), (0, 2), (1, 1), (2, 4), (1, 0)), (0, 1),
            (0, 1)):
        changed = with_record(value, "releases", {
            "delta2": delta2, "family": family, "group": 0, "items": 1, "map": mapped,
            "rho_den": rho[1], "rho_num": rho[0], "sigma2": sigma2})
        yield {**changed, **parties[track]}
    for group, family, items in itertools.product(range(3), range(5), range(4)):
        yield with_record(value, "releases", {
            "delta2": 0, "family": family, "group": group, "items": items, "map": 0,
            "rho_den": 1, "rho_num": 0, "sigma2": 0})
    for school, level, board in itertools.product(range(8), range(7), range(6)):
        changed = with_record(value, "units", {
            "board": board, "leader": 0, "level": level, "network": 1, "province": 1,
            "pupil": 0, "school": school, "teacher": 0})
        yield {**changed, "ids": value["ids"] + b"\xff" * 16}
    for num, den in ((2, 4), (0, 1), (1, 1), (3, 7), (1, 0)):
        changed = replaced(value, ("rho", "num", 1), num)
        yield replaced(changed, ("rho", "den", 1), den)
    yield {**value, "from": value["to"] + 1}
    yield {**value, "keys": value["keys"] + bytes(32)}
    yield {**value, "keys": value["keys"] + value["keys"][:32]}
    yield {**value, "title": "a\x7fb"}


def editions(value):
    for status in range(130):
        yield replaced(value, ("rows", 14, 3), status)


def contributions(value):
    for sigma2, values in itertools.product((0, 1), ([], [0], [0] * 1024, [0] * 1025)):
        yield {**value, "sigma2": sigma2, "values": values}


CRAFTED = {"instrument": instruments, "manifest": manifests, "edition": editions,
           "contribution": contributions}


# --- chance ------------------------------------------------------------------------

FAR = [0, 1, 64, 255, 32768, 100001, 1 << 53, 1 << 63, (1 << 64) - 1, -1, -(1 << 53) - 1,
       -(1 << 63), "", "text", b"", bytes(16), bytes(32), None, True, False, [], {}, [0, 0]]


def near(old):
    if type(old) is int:
        return [old - 1, old + 1]
    if type(old) is bytes:
        return [old[:-1], old + b"\0", bytes(len(old)), old[::-1]]
    if type(old) is str:
        return [old[:-1], old + "x", old + "\n", "_" + old, "." + old, "-" + old, "\u00e9"]
    if type(old) is list:
        return [old[:-1], old[1:], old + old[-1:], old[::-1]]
    return []


def change(value, rng):
    """A copy with one value changed, taken away, added or moved."""
    value = copy.deepcopy(value)
    path = rng.choice(list(places(value)))
    holder, key = at(value, path[:-1]), path[-1]
    close, fate = near(holder[key]), rng.randrange(10)
    if fate == 0 and isinstance(holder, dict):
        del holder[key]
    elif fate == 1 and isinstance(holder, dict):
        holder["more"] = rng.choice(FAR)
    elif fate == 2 and isinstance(holder, list):
        holder[key] = rng.choice(holder)
    else:
        holder[key] = rng.choice(close if close and rng.random() < .6 else FAR)
    return value
