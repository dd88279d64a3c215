# bash completion for weir: source it, or put it into /usr/share/bash-completion/completions/weir
_weir() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb= i
	local verbs="run serve check test connect backup export explain"
	local options="-c -f --state --set --config --format --log --log-format --listen --http --metrics --socket --junit --steps --restarts --dialect --to --help --version"
	for ((i = 1; i < COMP_CWORD; i++)); do
		case " $verbs " in *" ${COMP_WORDS[i]} "*) verb=${COMP_WORDS[i]} ;; esac
	done
	case $prev in
	--format) COMPREPLY=($(compgen -W "table csv tsv json" -- "$cur")) && return ;;
	--log) COMPREPLY=($(compgen -W "debug info warn error none" -- "$cur")) && return ;;
	--log-format) COMPREPLY=($(compgen -W "text json" -- "$cur")) && return ;;
	--dialect | --to) COMPREPLY=($(compgen -W "flink" -- "$cur")) && return ;;
	--steps) COMPREPLY=($(compgen -W "1 7 default" -- "$cur")) && return ;;
	--restarts) COMPREPLY=($(compgen -W "none commit crash" -- "$cur")) && return ;;
	-c | --set | --listen | --http | --metrics) return ;;
	--socket) COMPREPLY=($(compgen -d -- "$cur")) && return ;;
	-f | --state | --config | --junit) COMPREPLY=($(compgen -f -- "$cur")) && return ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$cur"))
	elif [[ -z $verb ]]; then
		COMPREPLY=($(compgen -W "$verbs" -- "$cur") $(compgen -f -X '!*.db' -- "$cur"))
	else
		COMPREPLY=($(compgen -f -- "$cur"))
	fi
}
complete -o filenames -F _weir weir
