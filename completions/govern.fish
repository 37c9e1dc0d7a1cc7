# SPDX-License-Identifier: Apache-2.0
# fish completion for govern, which itself knows what could stand where.

function __govern_complete
	set -l words (commandline -opc)
	set -l typed (commandline -ct)
	set -l govern $words[1]
	for line in ($govern complete -- $words[2..-1] "$typed" 2>/dev/null)
		switch $line
			case :file
				__fish_complete_path "$typed"
			case :directory
				__fish_complete_directories "$typed"
			case :command
				__fish_complete_command
			case '*'
				echo -- $line
		end
	end
end

# -k: in the order they come, newest first.
complete -c govern -f -k -a '(__govern_complete)'
