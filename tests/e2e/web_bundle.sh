#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# web_bundle.sh ROOT BUILD: the dashboard's sources are sound TypeScript, and what stands
# in hub/web/dist, which the hub carries, is what they give. Exit status 77 without npm or its packages.
set -eu
web=$1/hub/web
work=$2/web
command -v npm >/dev/null || {
	echo "skipped: no npm here (deploy/install test installs it)"
	exit 77
}
mkdir -p "$work"
if ! cmp -s "$web/package-lock.json" "$work/package-lock.json"; then
	rm -rf "$work/node_modules"
	cp "$web/package.json" "$web/package-lock.json" "$work/"
	(cd "$work" && npm ci --no-audit --no-fund --ignore-scripts >/dev/null) || {
		rm -rf "$work/package-lock.json" "$work/node_modules"
		echo "skipped: npm cannot fetch its packages here (its own lines say why)"
		exit 77
	}
fi
rm -rf "$work/src" "$work/data" "$work/dist"
cp -R "$web/src" "$web/data" "$web/tsconfig.json" "$web/build.mjs" "$work/"
cd "$work"
npx tsc --noEmit
node build.mjs
for file in app.js app.css icon.svg; do
	cmp "dist/$file" "$web/dist/$file" || {
		echo "hub/web/dist/$file is not what the sources give: npm ci && npm run build there"
		exit 1
	}
done
size=$(gzip -9 -c dist/app.js | wc -c)
[ "$size" -le 46080 ] || {
	echo "the script has $size bytes packed, more than 45 kB"
	exit 1
}
echo "dist is what the sources give; script $size bytes packed"
