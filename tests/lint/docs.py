#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs.py [ROOT]: what the documents say of the code is so, and what they point to exists.

PROTOCOL.md's tables of errors, limits, bounds and tags are those of the sources, both
ways; a section that a source names is there; every claim of PRIVACY.md names a test, each
test that it names exists, and it names every attack; every relative link leads somewhere;
and no file speaks of the machine that it was written on. Each complaint is one line.
"""
import ast
import operator
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                    pathlib.Path(__file__).resolve().parents[2]).resolve()
PROTOCOL = "proto/PROTOCOL.md"
PRIVACY = "proto/PRIVACY.md"
SOURCES = ("include", "proto", "node", "hub")
DOCUMENTS = ("*.md", "proto/**/*.md", "node/**/*.md", "hub/**/*.md", "deploy/**/*.md")
# Written in two parts, so that this file does not hold them itself.
FOREIGN = ("/wo" "rk/", "/tmp/ho" "use")

complaints = []


def complain(where, text):
    complaints.append(f"{where}: {text}")


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


# --- Markdown ----------------------------------------------------------------------


def sections(text):
    """Heading -> the lines below it, code blocks left out."""
    found, name, fenced = {}, "", False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and line.startswith("#"):
            name = line.lstrip("#").strip()
            found.setdefault(name, [])
        elif not fenced:
            found.setdefault(name, []).append(line)
    return found


def table(text, section, first):
    """Rows of the table in that section whose header begins with the cell `first`."""
    rows, inside = [], False
    for line in sections(text).get(section, []):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not line.startswith("|"):
            inside = False
        elif inside and not set(line) <= set("|- "):
            rows.append([cell.strip("`") for cell in cells])
        elif not inside and cells:
            inside = cells[0] == first
    return rows


def anchor(heading):
    """The name that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# --- C -----------------------------------------------------------------------------


def sources(*suffixes):
    for room in SOURCES:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in suffixes:
                yield path.relative_to(ROOT)


def without_comments(text):
    pattern = r'/\*.*?\*/|//[^\n]*|("(?:\\.|[^"\\])*")'
    return re.sub(pattern, lambda m: m.group(1) or " ", text, flags=re.S)


def number(expression):
    """The value of a C constant expression of whole numbers."""
    expression = re.sub(r"U?INT64_C\((\w+)\)", r"\1", expression)
    operators = {ast.Mult: operator.mul, ast.Add: operator.add, ast.Sub: operator.sub,
                 ast.LShift: operator.lshift}

    def value(node):
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        return operators[type(node.op)](value(node.left), value(node.right))

    return value(ast.parse(expression.strip(), mode="eval").body)


def constants(path):
    code = without_comments(read(path))
    found = re.findall(r"^#define[ \t]+([A-Z]\w*)[ \t]+(\S.*?)[ \t]*$", code, flags=re.M)
    return {name: text for name, text in found}


# --- checks ------------------------------------------------------------------------


def compare(what, documented, actual):
    for key in sorted(set(documented) | set(actual), key=str):
        if documented.get(key) != actual.get(key):
            complain(PROTOCOL, f"{what} {key}: the page has {documented.get(key)}, "
                               f"the sources {actual.get(key)}")


def check_errors(text):
    actual = {int(n): f"{name} ({words})" for name, n, words in
              re.findall(r'X\((\w+), (\d+),[\\\s]+"([^"]*)"\)', read("include/drempel/err.h"))}
    rows = table(text, "Errors", "number")
    compare("error", {int(n): f"{name} ({words})" for n, name, words in rows}, actual)
    if len(rows) != len(actual) or not actual:
        complain(PROTOCOL, f"{len(rows)} rows for {len(actual)} errors")


def check_limits(text):
    actual = {name: number(value) for name, value in
              constants("include/drempel/limits.h").items()}
    rows = [row for row in table(text, "Limits", "name") if len(row) == 3]
    compare("limit", {name: int(value) for name, value, _ in rows}, actual)
    bounds = [row for row in table(text, "Limits", "name") if len(row) == 4]
    for name, value, path, _ in bounds:
        actual = constants(path).get(name) if (ROOT / path).is_file() else None
        if actual is None or number(actual) != int(value):
            complain(PROTOCOL, f"bound {name}: the page has {value}, {path} {actual}")
    if not rows or not bounds:
        complain(PROTOCOL, "no limits were found")


def check_tags(text):
    actual, kinds = {}, {}
    for path in sources(".c", ".h"):
        code = without_comments(read(path))
        for tag in re.findall(r'"(drempel [a-z %]+( \d+)?)"', code):
            actual[tag[0]] = str(path)
        for kind in re.findall(r'drp_keyfile_\w+\(\s*\w+,\s*"(\w+)"', code):
            kinds[kind] = str(path)
    for pattern in [tag for tag in actual if "%s" in tag]:
        del actual[pattern]  # proto/crypto/keyfile.c: one tag for each kind of file
        actual.update({pattern.replace("%s", kind): path for kind, path in kinds.items()})
    documented = {row[0] for row in table(text, "Hashes, signatures and tags", "tag")}
    for tag in sorted(set(actual) - documented):
        complain(actual[tag], f"the tag '{tag}' is not in {PROTOCOL}")
    for tag in sorted(documented - set(actual)):
        complain(PROTOCOL, f"no source uses the tag '{tag}'")
    if not actual:
        complain(PROTOCOL, "no tags were found")


def check_named_sections():
    """A comment such as `PROTOCOL.md "Errors", "Limits"` names headings of that page."""
    for path in sources(".c", ".h"):
        joined = re.sub(r"\s*\n[ \t]*\*?[ \t]*", " ", read(path))
        for page, names in re.findall(r'(P[A-Z]+\.md)[ ,]+((?:"[^"]*"(?:, )?)+)', joined):
            if not (ROOT / "proto" / page).is_file():
                complain(path, f"proto/{page} is not there")
                continue
            known = sections(read(f"proto/{page}"))
            for name in re.findall(r'"([^"]*)"', names):
                if name not in known:
                    complain(path, f'proto/{page} has no section "{name}"')


def known_tests():
    """The names of ctest, from the files and lists that make them."""
    found = set()
    for folder in ("unit", "attack"):
        top = ROOT / "tests" / folder
        for path in top.rglob("*_test.c"):
            name = str(path.relative_to(top))[:-len("_test.c")]
            found.add(f"{folder}.{name.replace('/', '.')}")
    for path in (ROOT / "tests").glob("*/CMakeLists.txt"):
        text = path.read_text(encoding="utf-8")
        found.update(re.findall(r"add_test\(NAME ([a-z][\w.]*)[ \n]", text))
        for variable, names in re.findall(r"foreach\((\w+) ([\w ]+)\)", text):
            for prefix in re.findall(rf"add_test\(NAME ([\w.]*)\$\{{{variable}}}", text):
                found.update(prefix + name for name in names.split())
    return found


def check_privacy():
    text = read(PRIVACY)
    pattern = r"`((?:unit|attack|lint|fault|fuzz|vectors|e2e)\.[\w.]+)`"
    known, named = known_tests(), set(re.findall(pattern, text))
    for name in sorted(named - known):
        complain(PRIVACY, f"there is no test {name}")
    for name in sorted(known - named):
        if name.startswith("attack."):
            complain(PRIVACY, f"the test {name} is not named")
    claims = table(text, "Claims and tests", "claim")
    for row in claims:
        if len(row) != 2 or not re.search(pattern, f"`{row[-1]}`"):
            complain(PRIVACY, f"the claim '{row[0]}' has no test")
    if not claims or not known:
        complain(PRIVACY, "no claims or no tests were found")


def check_links():
    pages = sorted({path for glob in DOCUMENTS for path in ROOT.glob(glob)})
    if not pages:
        complain(ROOT, "no document was found")
    for page in pages:
        for name, lines in sections(page.read_text(encoding="utf-8")).items():
            for link in re.findall(r"\]\(([^)\s]+)\)", "\n".join(lines)):
                check_link(page, link)


def check_link(page, link):
    if re.match(r"[a-z]+:", link):
        return
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    where = page.relative_to(ROOT)
    if not target.exists() or not target.is_relative_to(ROOT):
        complain(where, f"the link {link} leads nowhere")
    elif heading and target.suffix == ".md":
        known = {anchor(name) for name in sections(target.read_text(encoding="utf-8"))}
        if heading not in known:
            complain(where, f"the link {link} names no heading")


def tree():
    """The files of the project: what git does not ignore, or all where there is no git."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "--cached",
                             "--others", "--exclude-standard"],
                            capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        made = {".git", "build", "__pycache__"}
        names = [path for path in ROOT.rglob("*")
                 if not made & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in names if path.is_file())


def check_foreign_words():
    for path in tree():
        text = path.read_bytes()
        for word in FOREIGN:
            at = text.find(word.encode())
            if at >= 0:
                line = text.count(b"\n", 0, at) + 1
                complain(f"{path.relative_to(ROOT)}:{line}", f"speaks of {word}")


def main():
    text = read(PROTOCOL)
    check_errors(text)
    check_limits(text)
    check_tags(text)
    check_named_sections()
    check_privacy()
    check_links()
    check_foreign_words()
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
