#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# schema.sh [ROOT]: what never leaves a school cannot be named where messages are made.
# Sheets, tabulations, own questions and free text have no place in the protocol, the
# transport or the hub; a file that knows them can neither pack nor seal. That the
# messages themselves have no room for them is unit.session.schema.
set -eu
cd "${1:-$(dirname "$0")/../..}"
secret='drp_sheet|drp_tabulat|/tabulation\.h|enum drp_answer|own_(item|question)|free_text'
bad=0

found=$(grep -rnE "$secret" --include='*.[ch]' proto/session proto/wire proto/crypto \
	proto/runtime hub || true)
if [ -n "$found" ]; then
	echo "$found"
	echo "these rooms may not know a sheet, a tabulation or an own question"
	bad=1
fi

for file in $(grep -rlE "$secret" --include='*.[ch]' proto node || true); do
	if grep -nE '^[ 	]*#[ 	]*include[ 	]*"proto/(wire/|session/envelope\.h)' "$file"; then
		echo "$file knows answers: it may not pack or seal messages"
		bad=1
	fi
done
exit $bad
