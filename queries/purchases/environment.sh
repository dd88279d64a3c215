# Read with ".": takes config.env (CONFIG names another) into the environment; what is set already stays.
config=${CONFIG:-$here/config.env}
[ -r "$config" ] && [ ! -d "$config" ] || {
	echo "ERROR: the configuration $config cannot be read" >&2
	exit 2
}
case $config in
*/*) ;;
*) config=./$config ;; # "." looks for a name without a slash in PATH
esac
before=$(export -p)
set -a
. "$config"
set +a
eval "$before"
