#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that deploy/demo needs nothing but a bare Debian 12: makes an empty root with
# debootstrap, puts a clone of this repository's HEAD in it and runs the demo there.
# Run by hand, as root, where debootstrap is installed; takes minutes and a network.
#
#   tests/e2e/fresh_root.sh [FOLDER] [options of deploy/demo]
#
# FOLDER (default: a new one in /tmp, removed afterwards) keeps the downloaded root, so
# that a second run on it only replaces the clone. MIRROR names a Debian mirror; without
# it this machine's own is used.
set -eu

own_mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 2>/dev/null |
	sed -n 's/ bookworm$//p' | head -n 1)
mirror=${MIRROR:-$own_mirror}
source=$(cd "$(dirname "$0")/../.." && pwd)

[ "$(id -u)" -eq 0 ] || { echo "fresh_root.sh: chroot needs root" >&2; exit 1; }
command -v debootstrap >/dev/null || {
	echo "fresh_root.sh: install the package debootstrap first" >&2
	exit 1
}

case ${1:-} in
''|-*)
	root=$(mktemp -d)
	trap 'rm -rf --one-file-system "$root"' EXIT
	;;
*)
	root=$1
	shift
	;;
esac

if [ ! -x "$root/bin/sh" ]; then
	debootstrap --variant=minbase bookworm "$root" "$mirror"
	echo "deb $mirror bookworm-updates main" >>"$root/etc/apt/sources.list"
fi
rm -rf "$root/root/drempel"
git clone -q "file://$source" "$root/root/drempel"

# The network's names and apt's own settings are this machine's; nothing else is.
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
cp -L /etc/hosts "$root/etc/hosts"
for settings in /etc/apt/apt.conf.d/*; do
	if grep -qE 'Proxy|Check-Valid-Until' "$settings"; then
		cp "$settings" "$root/etc/apt/apt.conf.d/"
	fi
done

# Own namespaces: whatever the demo leaves behind ends with this command. The inner shell
# expands $0, the root.
# shellcheck disable=SC2016
exec_in_root='mount -t proc proc "$0/proc" && exec chroot "$0" /usr/bin/env -i \
	PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
	/root/drempel/deploy/demo --once --out /root/demo-out "$@"'
rm -rf "$root/root/demo-out"
unshare --mount --pid --fork sh -c "$exec_in_root" "$root" "$@"

for left in tables/observations.csv truth/observations.csv summary.json; do
	[ -s "$root/root/demo-out/$left" ] || {
		echo "fresh_root.sh: the demo left no $left" >&2
		exit 1
	}
done
echo "fresh_root.sh: the demo ran on a bare Debian"
