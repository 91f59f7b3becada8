#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vdaf_secrets.sh PROGRAM: no jump and no address in proto/vdaf depends on a secret, as
# valgrind sees it in the program's machine code (method: Langley, "ctgrind", 2010); and
# valgrind sees one that does. Without valgrind 77, which ctest calls skipped.
set -eu

if ! command -v valgrind >/dev/null || [ ! -x "${1:-}" ]; then
	echo "skipped: valgrind is not installed, or was not when this was built"
	exit 77
fi
valgrind --quiet --error-exitcode=9 --track-origins=yes "$1"
code=0
valgrind --quiet --error-exitcode=9 "$1" leak >/dev/null 2>&1 || code=$?
if [ "$code" -ne 9 ]; then
	echo "a jump on a secret is not reported (exit code $code)"
	exit 1
fi
