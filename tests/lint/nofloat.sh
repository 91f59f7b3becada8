#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# nofloat.sh SOURCES ARCHIVE: no floating point where noise is made and budgets are kept.
# Mironov 2012 ("On significance of the least significant bits for differential privacy")
# shows why: the low bits of a noised double give the true value away.
# The sources may not name a floating type, header or constant; the compiled objects may
# hold no floating-point instruction and call no function that calculates with them.
# 77 (skipped) when only the sources could be checked, on a machine other than x86-64.
set -eu
sources=$1
archive=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Words in comments and strings are free.
find "$sources" -name '*.[ch]' | sort >"$work/files"
if [ ! -s "$work/files" ]; then
	echo "$sources: no source was found"
	exit 1
fi
xargs awk '
function code_of(line,    out) {
	while (line != "") {
		if (inside) {
			if (!match(line, /\*\//))
				return out
			inside = 0
		} else if (!match(line, /\/\*|\/\/|"([^"\\]|\\.)*"|\047(\\.|[^\047\\])*\047/)) {
			return out line
		} else {
			out = out substr(line, 1, RSTART - 1) " "
			if (substr(line, RSTART, 2) == "//")
				return out
			inside = substr(line, RSTART, 2) == "/*"
		}
		line = substr(line, RSTART + RLENGTH)
	}
	return out
}
FNR == 1 { inside = 0 }
{
	code = " " code_of($0) " "
	if (code ~ /[^A-Za-z0-9_](float|double|_Float[0-9]+x?|__float(80|128)|_Complex)[^A-Za-z0-9_]/ ||
	    code ~ /<(math|tgmath|float|complex|fenv)\.h>/ ||
	    code ~ /[^A-Za-z0-9_.]([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+[eE][-+]?[0-9]+)/) {
		printf "%s:%d: floating point in the source\n", FILENAME, FNR
		bad = 1
	}
}
END { exit bad }' <"$work/files"

if ! objdump -f "$archive" | grep -q 'architecture: i386:x86-64'; then
	echo "$archive: not x86-64, only the sources were checked"
	exit 77
fi

# SSE and AVX arithmetic, comparison and conversion, and everything of the x87. Moves and
# bit operations in the same registers are how compilers copy and clear memory.
objdump -d --no-show-raw-insn "$archive" >"$work/code"
awk '
/^[^ ].*file format/ { object = $1; sub(/:$/, "", object) }
/^[0-9a-f]+ <.*>:$/ { place = $2; sub(/:$/, "", place) }
/^ +[0-9a-f]+:\t/ {
	count++
	if ($2 ~ /^v?(cvt|u?comis|r?sqrt|rcp|round|dpp)/ ||
	    $2 ~ /^v?(add|sub|addsub|hadd|hsub|mul|div|min|max|cmp[a-z_]*)(ss|sd|ps|pd)$/ ||
	    $2 ~ /^vfn?m(add|sub)/ || $2 ~ /^f[a-z]/) {
		printf "%s %s: floating-point instruction %s\n", object, place, $2
		bad = 1
	}
}
END {
	if (count == 0) {
		print "no instruction was found"
		bad = 1
	}
	exit bad
}' "$work/code"

nm -A --undefined-only "$archive" >"$work/calls"
if grep -E ' (f?abs|sqrt|cbrt|hypot|exp|exp2|expm1|log|log2|log10|log1p|pow|erfc?|ldexp|frexp|floor|ceil|trunc|l?l?round|l?l?rint|nearbyint|fmod|strtod|strtold|strtof|atof|difftime|__(float|fix)[a-z]+|__[a-z]+[hsdxt]f[23])[fl]?$' \
	"$work/calls"; then
	echo "the functions above calculate in floating point"
	exit 1
fi
