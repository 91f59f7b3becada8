#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vdaf.sh VDAF_KAT PYTHON: the official vectors of draft-irtf-cfrg-vdaf through the C code
# and, those of SumVec, through the model that stands beside it. They are not part of the
# project: without them beside it this exits with 77, which ctest calls skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
vectors=$here/../../../shared/vdaf-vectors

if [ ! -d "$vectors" ]; then
	echo "skipped: the official vectors are not in ../shared/vdaf-vectors"
	exit 77
fi
"$1" "$vectors"
"$2" -B "$here/linear_model.py" check "$vectors"
