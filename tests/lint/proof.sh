#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# proof.sh: layers.sh and schema.sh find what they are for. Each row plants one line in
# a small clean tree, expects a complaint that names the file, and takes it out again.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

plant()
{
	mkdir -p "$tree/$(dirname "$1")"
	printf '%s\n' "$2" >"$tree/$1"
}

clean()
{
	rm -rf "$tree/include" "$tree/proto" "$tree/node" "$tree/hub"
	plant include/drempel/err.h '#include <stddef.h>'
	plant proto/wire/a.c '#include <msgpack.h>'
	plant proto/crypto/a.c '#include <sodium.h>'
	plant proto/model/a.c '#include "proto/wire/writer.h"'
	plant proto/session/a.c '#include "proto/model/manifest.h"'
	plant proto/runtime/a.c '#include <uv.h>'
	plant node/a.c '#include "proto/model/tabulation.h"'
	plant hub/a.c '#include "proto/runtime/db.h"'
}

# expect SCRIPT FILE LINE: the script refuses FILE when it holds LINE.
expect()
{
	clean
	plant "$2" "$3"
	if said=$(sh "$here/$1" "$tree" 2>&1); then
		echo "not found by $1: $2: $3"
		failed=1
	elif ! echo "$said" | grep -q "$2"; then
		echo "$1 does not name $2: $said"
		failed=1
	fi
}

clean
for script in layers.sh schema.sh; do
	if ! sh "$here/$script" "$tree"; then
		echo "$script complains about a clean tree"
		failed=1
	fi
done

expect layers.sh node/b.c '#include "hub/store/store.h"'
expect layers.sh hub/b.h '#include "node/store/store.h"'
expect layers.sh proto/session/b.c '#include "node/store/store.h"'
expect layers.sh hub/store/b.c '#include "hub/home/hub.h"'
expect layers.sh hub/tables/b.c '#include "hub/formats/formats.h"'
expect layers.sh hub/campaign/b.h '#include "hub/commands.h"'
expect layers.sh hub/new/b.c '#include "hub/store/store.h"'
expect layers.sh node/import/b.c '#include "node/results/results.h"'
expect layers.sh proto/runtime/b.c '#include "hub/store/store.h"'
expect layers.sh proto/privacy/b.h '#include "proto/wire/writer.h"'
expect layers.sh proto/privacy/b.c '#include "proto/estimate/estimate.h"'
expect layers.sh proto/vdaf/b.c '#include "proto/crypto/crypto.h"'
expect layers.sh proto/wire/b.c '#include "proto/crypto/crypto.h"'
expect layers.sh proto/crypto/b.c '# include "proto/wire/reader.h"'
expect layers.sh proto/estimate/b.c '#include "proto/model/manifest.h"'
expect layers.sh proto/base/b.c '#include "proto/model/codes.h"'
expect layers.sh proto/model/b.c '#include "proto/session/envelope.h"'
expect layers.sh proto/session/b.c '#include "proto/runtime/db.h"'
expect layers.sh include/drempel/b.h '#include "proto/base/buf.h"'
expect layers.sh proto/other/b.c '#include <stddef.h>'
expect layers.sh proto/session/b.c '#include <sodium.h>'
expect layers.sh proto/model/b.c '#include <msgpack.h>'
expect layers.sh proto/session/b.c '#include <uv.h>'
expect layers.sh node/b.c '#include <nng/nng.h>'
expect layers.sh hub/b.c '#include <sqlite3.h>'
expect layers.sh hub/b.c '#include <microhttpd.h>'
expect layers.sh proto/session/b.c '#include <cyaml/cyaml.h>'
expect layers.sh proto/wire/b.c '#include "writer.h"'
expect layers.sh node/b.c '#include "tests/support/check.h"'

expect schema.sh proto/session/b.c 'void f(struct drp_writer *w, const struct drp_sheet *s);'
expect schema.sh proto/session/b.h '#include "proto/model/tabulation.h"'
expect schema.sh proto/wire/b.h 'void f(const struct drp_tabulation *t);'
expect schema.sh hub/b.c 'static int own_item_count;'
expect schema.sh hub/b.c 'char free_text[100];'
expect schema.sh proto/runtime/b.c 'enum drp_answer a;'
expect schema.sh node/b.c '#include "proto/wire/writer.h"
struct drp_sheet s;'
expect schema.sh proto/model/b.c '#include "proto/wire/writer.h"
struct drp_tabulation t;'
expect schema.sh node/b.c '#include "proto/session/envelope.h"
struct drp_sheet s;'
exit $failed
