# SPDX-License-Identifier: Apache-2.0
# bash completion for govern, which itself knows what could stand where.

_govern() {
	local line=${COMP_LINE:0:COMP_POINT} word what typed files=
	local -a words
	# The words as govern gets them: COMP_WORDS is also cut at "=", ":" and "@".
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	typed=${words[${#words[@]} - 1]}
	# What readline leaves alone of the word at the cursor; an "@" belongs to what is behind.
	local kept=${typed%"${typed##*[$COMP_WORDBREAKS]}"}
	kept=${kept%@}
	COMPREPLY=()
	while IFS=$'\t' read -r word what; do
		case $word in
		:file) files=1 ;;
		:directory) compopt -o dirnames ;;
		:command) mapfile -t COMPREPLY < <(compgen -c -- "$typed") ;;
		*) COMPREPLY+=("${word#"$kept"}") ;;
		esac
	done < <("${1/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
	[[ $files ]] || return
	# Alone they are readline's; beside other words they have to be listed.
	if ((${#COMPREPLY[@]})); then
		compopt -o filenames
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "${typed#"$kept"}")
	else
		compopt -o default
	fi
}

# nosort: newest first, as govern says them.
complete -o nosort -F _govern govern 2>/dev/null || complete -F _govern govern
