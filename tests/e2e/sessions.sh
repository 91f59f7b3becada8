#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two sessions of a small federation on each track with the programs of BIN: what the hub
# says of the difference between them, and of schools in common, is held against what was
# true, with loose bounds: so few leaders' means are mostly cut to the scale's ends. Two of
# the schools lost their node in between and enrolled again with other keys.
#
#   tests/e2e/sessions.sh BIN
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
python=/usr/bin/python3
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail()
{
	echo "$*" >&2
	exit 1
}

for track in sealed open; do
	"$python" -B "$source/deploy/federation/run.py" --bin "$1" --out "$out/$track" --once \
		--schools 24 --sessions 2 --re-enrol 2 --track "$track" >"$out/log" || {
		cat "$out/log"
		fail "the $track track did not finish"
	}
	"$python" -B "$source/deploy/federation/check.py" --ratio 0.4 1.7 --inside 0.85 1 \
		"$out/$track"

	# Schools in common were counted over a change of keys.
	[ "$(find "$out/$track/run/lost" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ] ||
		fail "no school enrolled again"
	for lost in "$out/$track/run/lost"/*; do
		node=$out/$track/run/nodes/${lost##*/}
		! cmp -s "$lost/node.key" "$node/node.key" || fail "$node has the old keys"
	done
done
