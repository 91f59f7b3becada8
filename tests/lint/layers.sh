#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layers.sh [ROOT]: every #include obeys the direction of ARCHITECTURE.md, "Rooms". The
# link targets hold most of it; this sees what a linker cannot: headers without code,
# libraries that a dependency happens to bring along, paths written without their room.
set -eu
cd "${1:-$(dirname "$0")/../..}"
find include proto node hub -name '*.[ch]' 2>/dev/null | sort | xargs awk '
# A line of the first table: a room, and the rooms that it may include beside itself.
# A line of the second: a library header, and the only rooms that may include it.
BEGIN {
	allow("include", "")
	allow("base", "include")
	allow("wire", "include base")
	allow("crypto", "include base")
	allow("vdaf", "include base")
	allow("estimate", "include base")
	allow("model", "include base wire crypto")
	allow("privacy", "include base model")
	allow("session", "include base wire crypto vdaf estimate model privacy")
	allow("runtime", "include base session")

	# Inside the two programs: folders from the ground up, then the commands.
	storey("node", "store import results release sync")
	storey("hub", "store home peer campaign")
	storey("hub", "service", "store home peer campaign")
	storey("hub", "tables formats", "store home peer campaign")
	storey("hub", "audit", "store home peer campaign tables")
	storey("hub", "api http pages", "store home campaign tables formats")
	storey("hub", "", "store home peer campaign service tables formats audit api http pages")
	storey("node", "", "store import results release sync")

	only("sodium.h", "crypto")
	only("msgpack.h", "wire")
	only("uv.h", "runtime")
	only("microhttpd.h", "runtime")
	only("nng/", "runtime")
	only("sqlite3.h", "runtime")
	only("cyaml/", "model node hub")
	only("yaml.h", "model node hub")
}

function allow(room, list,    i, n, part) {
	n = split(list " " room, part, " ")
	known[room] = 1
	for (i = 1; i <= n; i++)
		allowed[room, part[i]] = 1
}

# Folders of a program, each of which may include those before it and those below.
function storey(program, folders, below,    i, n, part, list) {
	list = "include base wire crypto vdaf estimate model privacy session runtime"
	n = split(below, part, " ")
	for (i = 1; i <= n; i++)
		list = list " " program "/" part[i]
	if (folders == "")
		allow(program, list)
	n = split(folders, part, " ")
	for (i = 1; i <= n; i++) {
		allow(program "/" part[i], list)
		list = list " " program "/" part[i]
	}
}

function only(header, list,    i, n, part) {
	n = split(list, part, " ")
	guarded[header] = list
	for (i = 1; i <= n; i++)
		holder[header, part[i]] = 1
}

function room_of(path,    part) {
	split(path, part, "/")
	if (part[1] == "proto")
		return part[2]
	if ((part[1] == "node" || part[1] == "hub") && part[3] != "")
		return part[1] "/" part[2]
	return part[1] == "drempel" ? "include" : part[1]
}

function program_of(room) {
	sub(/\/.*/, "", room)
	return room
}

function complain(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad = 1
}

/^[ \t]*#[ \t]*include/ {
	from = room_of(FILENAME)
	target = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", target)
	quoted = target ~ /^"/
	sub(/^["<]/, "", target)
	sub(/[">].*/, "", target)
	count++
	if (!(from in known))
		complain("unknown room " from)
	for (header in guarded)
		if (index(target, header) == 1 && !((header, program_of(from)) in holder))
			complain(target " is for " guarded[header] " only")
	if (quoted || target ~ /^(drempel|proto|node|hub|tests)\//) {
		if (target !~ /^(drempel|proto\/[a-z]+|node|hub)\//)
			complain("\"" target "\" must be written with its room, and no test")
		else if (!((from, room_of(target)) in allowed))
			complain(from " may not include " room_of(target))
	}
}

END {
	if (count == 0) {
		print "no #include was found"
		bad = 1
	}
	exit bad
}'
