# Shared by kafka.sh and s3.sh, which read it with "." after service.sh; not run by itself.
#
#   jars_fetch POM FOLDER WHAT   the jars that a pom names, through Maven, into a folder of the cache

jars_complete() {
    [ -s "$1/list" ] && (cd "$1" && sha256sum --quiet --status -c list) 2>/dev/null
}

# Into a folder of its own first: what is in the folder is whole, or is fetched again. The second try has
# an empty Maven repository, for a broken file in the first one would only be copied again.
jars_fetch() {
    if jars_complete "$2"; then return 0; fi
    mkdir -p "$WEIR_TEST_CACHE"
    part=$WEIR_TEST_CACHE/part.$$
    trap 'rm -rf "$part"' EXIT
    for repository in '' "-Dmaven.repo.local=$part/repository"; do
        rm -rf "$part" "$2"
        mkdir -p "$part/jars"
        service_say "fetching $3"
        if timeout 600 mvn -B -q -f "$1" $repository dependency:copy-dependencies \
            -DincludeScope=runtime "-DoutputDirectory=$part/jars" </dev/null >"$part/log" 2>&1 9>&- &&
            /usr/bin/python3 -c 'import sys, zipfile
for name in sys.argv[1:]:
    if zipfile.ZipFile(name).testzip():
        sys.exit("broken: " + name)' "$part"/jars/*.jar >>"$part/log" 2>&1; then
            (cd "$part/jars" && sha256sum ./*.jar >list)
            mv "$part/jars" "$2"
            rm -rf "$part"
            return 0
        fi
        tail -n 20 "$part/log" >&2
    done
    service_say "Maven could not fetch $3"
    return 1
}
