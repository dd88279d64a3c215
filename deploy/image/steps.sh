#!/bin/sh
# What the image is made of, as steps that also run outside of Docker: the Dockerfile calls them, and so does a test, in a bare Debian.
#
#   steps.sh build SOURCE OUT    in the build stage: packages, a release build without tests, installed below OUT
#   steps.sh runtime             in the final stage: the libraries that weir needs, the user, the folders
set -eu
case "${1:-}" in
build)
	sh "$2/tests/support/deps.sh" build
	cmake -S "$2" -B /tmp/weir-build -G Ninja -DCMAKE_BUILD_TYPE=Release -DWEIR_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/usr
	cmake --build /tmp/weir-build
	DESTDIR=$3 cmake --install /tmp/weir-build --strip
	# the packages whose libraries the program asks for, for the final stage
	mkdir -p "$3/usr/share/weir"
	ldd "$3/usr/bin/weir" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | while read -r lib; do
		dpkg -S "$(readlink -f "$lib")" 2>/dev/null || dpkg -S "$lib" 2>/dev/null || dpkg -S "*/$(basename "$lib")"
	done | sed 's/:.*//' | sort -u >"$3/usr/share/weir/packages"
	grep -q rdkafka "$3/usr/share/weir/packages"
	rm -rf /tmp/weir-build
	;;
runtime)
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates tzdata $(cat /usr/share/weir/packages)
	rm -rf /var/lib/apt/lists/*
	getent passwd weir >/dev/null || useradd --system --home-dir /var/lib/weir --shell /usr/sbin/nologin --uid 10001 weir
	mkdir -p /var/lib/weir /run/weir /etc/weir
	chown weir:weir /var/lib/weir /run/weir
	chmod 700 /var/lib/weir /run/weir
	;;
*)
	echo "usage: steps.sh build SOURCE OUT | runtime" >&2
	exit 2
	;;
esac
