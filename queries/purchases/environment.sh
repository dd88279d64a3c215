# Read with ".": takes config.env (CONFIG names another) into the environment; what is set already stays.
config=${CONFIG:-$here/config.env}
if [ -r "$config" ]; then
	before=$(export -p)
	set -a
	. "$config"
	set +a
	eval "$before"
fi
