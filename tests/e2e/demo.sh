#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A whole small federation on each track with the programs of BIN, then what it published
# is held against what was true. Loose bounds: one run of few schools.
#
#   tests/e2e/demo.sh BIN OUT       OUT is made anew, and stays
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
python=/usr/bin/python3
out=$2
rm -rf "$out"
mkdir -p "$out"

for track in open sealed; do
	"$python" -B "$source/deploy/federation/run.py" --bin "$1" --out "$out/$track" --once \
		--schools 40 --track "$track"
	"$python" -B "$source/deploy/federation/check.py" --ratio 0.6 1.6 --inside 0.85 1 \
		"$out/$track"
done

# Nothing that could open a report is left after the freeze.
for side in hub notary; do
	if [ -n "$(ls "$out/sealed/run/$side/campaigns")" ]; then
		echo "the $side still has a campaign's key after the freeze" >&2
		exit 1
	fi
done

# A folder with something in it is never touched.
if "$python" -B "$source/deploy/federation/run.py" --bin "$1" --out "$out/open" --once \
	--schools 40 2>"$out/refused"; then
	echo "a second run into the same folder was not refused" >&2
	exit 1
fi
grep -q 'is not empty' "$out/refused"
