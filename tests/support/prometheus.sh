#!/bin/sh
# Fetches Debian's Prometheus without installing it (its package would start a service) and prints the folder that holds prometheus and promtool.
#
#   bin=$(sh tests/support/prometheus.sh)
set -eu
cache=${WEIR_TEST_CACHE:-$HOME/.cache/weir-tests}/prometheus
if [ ! -x "$cache/usr/bin/promtool" ]; then
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/new-XXXXXX")
	trap 'rm -rf "$work"' EXIT
	chmod 755 "$work"
	(cd "$work" && timeout 120 apt-get -qq -o APT::Sandbox::User=root download prometheus >&2)
	dpkg -x "$work"/prometheus_*.deb "$work/x"
	rm -rf "$cache/usr"
	mv "$work/x/usr" "$cache/usr"
fi
echo "$cache/usr/bin"
