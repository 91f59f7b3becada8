#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# nofloat_proof.sh CC: nofloat.sh finds what it is for, and nothing else. Each row is one
# function, looked at as source and, without the source, as object code.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cc=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0
mkdir "$tree/clean" "$tree/planted"
cat >"$tree/clean/a.c" <<'END'
/* A comment may say float, double or 0.5, */
// this one too: double
int printf(const char *, ...);
int clean(int x);
struct wide { long a[8]; } clean_copy(const struct wide *w);
int clean(int x) { return printf("double 0.5 %d /*", x) + '"' + 0x1e5 + 1; /* 1.5
	float */ }
struct wide clean_copy(const struct wide *w) { return *w; }
END

build() # SOURCE: makes archive.a of it
{
	rm -f "$tree/archive.a"
	"$cc" -O2 -w -c -o "$tree/object.o" "$1" && ar rcs "$tree/archive.a" "$tree/object.o"
}

# look SOURCES WORD: nofloat.sh refuses and says WORD.
look()
{
	if said=$(sh "$here/nofloat.sh" "$tree/$1" "$tree/archive.a" 2>&1); then
		echo "not found ($2): $line"
		failed=1
	elif ! echo "$said" | grep -q "$2"; then
		echo "not $2 but: $said: $line"
		failed=1
	fi
}

expect() # SOURCE WORD-FOR-OBJECT: the line is refused, as source and as object
{
	line=$1
	printf '%s\n' "$line" >"$tree/planted/b.c"
	build "$tree/clean/a.c" || failed=1
	look planted 'b.c:1: floating point in the source'
	build "$tree/planted/b.c" || failed=1
	look clean "$2"
}

build "$tree/clean/a.c" || failed=1
if ! sh "$here/nofloat.sh" "$tree/clean" "$tree/archive.a"; then
	[ $? -eq 77 ] && exit 77
	echo "nofloat.sh complains about clean code"
	failed=1
fi

expect 'double f(double a, double b) { return a * b; }' 'instruction mulsd'
expect 'float f(float a, float b) { return a + b; }' 'instruction addss'
expect 'double f(double a, double b) { return a / b; }' 'instruction divsd'
expect 'double f(long a) { return a; }' 'instruction cvtsi2sd'
expect 'long f(double a) { return a; }' 'instruction cvttsd2si'
expect 'int f(double a, double b) { return a < b; }' 'instruction u*comisd'
expect 'long double f(long double a) { return a * a; }' 'instruction f'
expect 'double exp(double); double f(double a) { return exp(a); }' 'exp$'
expect 'double f(unsigned __int128 a) { return a; }' '__floatuntidf$'
expect 'double strtod(const char *, char **); int f(char *s) { return strtod(s, 0) > 1; }' \
	'instruction u*comisd'
expect 'long f(long a) { return a * 1.02; }' 'instruction mulsd'
expect 'long f(long a) { return a * 1e3; }' 'instruction mulsd'

line='an archive without code'
: >"$tree/planted/c.c"
build "$tree/planted/c.c" || failed=1
look clean 'no instruction was found'
exit $failed
