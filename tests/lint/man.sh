#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The built man pages: every command and option that --help tells of stands in them, and
# man formats them without a warning (where man-db is installed).
#
#   tests/lint/man.sh BUILD
set -eu

build=$1
wrong=0

# roff writes a hyphen with a backslash.
has()
{
	grep -qF -- "$(printf '%s' "$2" | sed 's/-/\\-/g')" "$1" || {
		echo "$1: $2 is missing"
		wrong=1
	}
}

for program in drempel-node drempel-hub; do
	page=$build/man/$program.1
	binary=$build/bin/$program
	# Lines of help begin with two blanks; a command's words end at its arguments, which
	# are in capitals, or at the column of the explanations.
	commands=$("$binary" --help | sed -n 's/^  \([a-z]\{1,\}\( [a-z]\{1,\}\)\{0,1\}\) .*/\1/p')
	[ "$(echo "$commands" | wc -l)" -ge 10 ] || {
		echo "$program --help tells of too few commands to be right"
		wrong=1
	}
	echo "$commands" | while read -r command; do
		has "$page" "$command"
		# The command's name is one word or two.
		# shellcheck disable=SC2086
		for option in $("$binary" $command --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
			has "$page" "$option"
		done
		[ "$wrong" -eq 0 ]
	done || wrong=1
	if command -v man >/dev/null; then
		warnings=$(LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z \
			"$page" 2>&1 >/dev/null) || wrong=1
		[ -z "$warnings" ] || {
			echo "$warnings"
			wrong=1
		}
	fi
done
exit "$wrong"
