// SPDX-License-Identifier: Apache-2.0
#include "core/cli/doctor/doctor.h"

#define NOTE	 GV_SEVERITY_NOTE
#define WARNING	 GV_SEVERITY_WARNING
#define ERROR	 GV_SEVERITY_ERROR
#define NONE	 GV_CURE_NONE
#define HEAL	 GV_CURE_HEAL
#define PROGRAMS GV_CURE_PROGRAMS

const struct gv_check_about gv_checks[GV_CHECKS] = {
	[GV_CHECK_PATH_ABSENT] =
		{"path-absent", ERROR, NONE,
		 "what is typed as go is not the shim, so no pin counts"},
	[GV_CHECK_PATH_ORDER] = {"path-order", ERROR, NONE,
				 "the first go in PATH runs, and it reads no pin"},
	[GV_CHECK_PATH_MANAGER] = {"path-manager", ERROR, NONE,
				   "the other manager decides, by its own rules"},
	[GV_CHECK_PATH_RELATIVE] = {"path-relative", WARNING, NONE,
				    "a go that lies in the working directory would run"},
	[GV_CHECK_PATH_HASH] = {"path-hash", NOTE, NONE,
				"a shell remembers where it found a command"},
	[GV_CHECK_PATH_SUDO] =
		{"path-sudo", NOTE, NONE,
		 "sudo sets PATH and HOME by its own rules, so the store and "
		 "the go are those of root"},
	[GV_CHECK_SHIM_MISSING] = {"shim-missing", ERROR, PROGRAMS,
				   "the store's directory in PATH leads to nothing"},
	[GV_CHECK_SHIM_OLD] = {"shim-old", WARNING, PROGRAMS,
			       "shim and manager could decide differently"},
	[GV_CHECK_GOVERN_INCOMPLETE] = {"govern-incomplete", ERROR, NONE,
					"nothing can be installed without its helpers"},

	[GV_CHECK_GOVERN_OLDER] =
		{"govern-older", WARNING, NONE,
		 "the store has its own copy of govern, which no package renews"},

	[GV_CHECK_RC_MISSING] = {"rc-missing", NOTE, NONE,
				 "PATH is right here, and may not be in a new shell"},
	[GV_CHECK_RC_ORDER] = {"rc-order", WARNING, NONE,
			       "what changes PATH last comes first in it"},
	[GV_CHECK_RC_DAMAGED] =
		{"rc-damaged", WARNING, NONE,
		 "setup neither renews nor removes a block without an end"},

	[GV_CHECK_GOROOT_SET] =
		{"goroot-set", WARNING, NONE,
		 "the shim drops it, but editors and other tools believe it"},
	[GV_CHECK_GOROOT_FILE] =
		{"goroot-file", ERROR, NONE,
		 "every go takes its compiler from there, whichever runs"},
	[GV_CHECK_GOTOOLCHAIN_SET] = {"gotoolchain-set", WARNING, NONE,
				      "a version in it wins over each pin file"},
	[GV_CHECK_GOTOOLCHAIN_FILE] = {"gotoolchain-file", WARNING, NONE,
				       "without a pin, Go turns into that version"},
	[GV_CHECK_GOFLAGS_SET] = {"goflags-set", NOTE, NONE,
				  "they are added to each go command, whichever Go runs"},
	[GV_CHECK_GOPATH_MANAGER] =
		{"gopath-manager", WARNING, NONE,
		 "what go install puts there is gone when the version "
		 "changes"},
	[GV_CHECK_GOVERN_VERSION] = {"govern-version", NOTE, NONE,
				     "it wins over each pin file"},
	[GV_CHECK_OTHER_VERSION] = {"other-version", NOTE, NONE,
				    "another manager reads it, govern does not"},
	[GV_CHECK_GOSUMDB_OFF] = {"gosumdb-off", WARNING, NONE,
				  "without a checksum database nothing can be proven"},

	[GV_CHECK_PIN_INVALID] = {"pin-invalid", ERROR, NONE,
				  "a file in which one word is wrong is not followed"},
	[GV_CHECK_PIN_MISSING] = {"pin-missing", ERROR, NONE,
				  "the shim never takes another version instead"},
	[GV_CHECK_GO_NONE] = {"go-none", ERROR, NONE,
			      "whoever types go here gets an error"},
	[GV_CHECK_GO_BROKEN] = {"go-broken", ERROR, NONE,
				"the go that is chosen here does not start"},
	[GV_CHECK_PIN_GOMOD] =
		{"pin-gomod", ERROR, NONE,
		 "with a pin Go does not switch by itself, and refuses the "
		 "module"},
	[GV_CHECK_PIN_END_OF_LIFE] =
		{"pin-end-of-life", NOTE, NONE,
		 "a line gets security fixes until there are two newer "
		 "ones"},

	[GV_CHECK_POLICY_REFUSED] = {"policy-refused", ERROR, NONE,
				     "by the rules of govern.ini it may not be used"},
	[GV_CHECK_POLICY_UNAPPLIED] =
		{"policy-unapplied", WARNING, PROGRAMS,
		 "it reads no configuration, so it goes by what it was told last"},

	[GV_CHECK_PIN_DANGLING] = {"pin-dangling", WARNING, NONE,
				   "such a link counts as no pin at all"},
	[GV_CHECK_PIN_CASE] = {"pin-case", WARNING, NONE,
			       "names are compared letter by letter, so it is not read"},
	[GV_CHECK_PIN_CRLF] = {"pin-crlf", NOTE, NONE,
			       "govern skips such bytes, and some other tools do not"},
	[GV_CHECK_PIN_TWO] = {"pin-two", WARNING, NONE,
			      "govern follows the first of them, other tools the second"},
	[GV_CHECK_PIN_PEERS] = {"pin-peers", NOTE, NONE,
				"one bare line as 1.22.5 is read alike by all of them"},

	[GV_CHECK_PIN_OTHER_FILE] = {"pin-other-file", NOTE, NONE,
				     "another tool takes its version from there"},
	[GV_CHECK_WORKFLOW_NUMBER] = {"workflow-number", WARNING, NONE,
				      "to YAML it is a number, and loses the zero"},
	[GV_CHECK_WORKFLOW_VERSION] =
		{"workflow-version", NOTE, NONE,
		 "the workflow is run with another Go than is pinned"},

	[GV_CHECK_STORE_ABSENT] = {"store-absent", ERROR, NONE,
				   "there is nothing to run yet, and nothing in PATH"},
	[GV_CHECK_STORE_UNUSABLE] = {"store-unusable", ERROR, NONE,
				     "no command can work with such a store"},
	[GV_CHECK_STORE_READ_ONLY] =
		{"store-read-only", NOTE, NONE,
		 "it serves to run Go, and nothing can be installed"},
	[GV_CHECK_STORE_LOCKS] = {"store-locks", WARNING, NONE,
				  "two commands at once may do the same work twice"},
	[GV_CHECK_STORE_NOEXEC] = {"store-noexec", ERROR, NONE,
				   "nothing that lies there can be started"},
	[GV_CHECK_STORE_NFS] =
		{"store-nfs", NOTE, NONE,
		 "what another machine changes may be seen half a minute late"},
	[GV_CHECK_STORE_CASE] = {"store-case", WARNING, NONE,
				 "tags and files that differ only in case are one there"},
	[GV_CHECK_STORE_MODE] = {"store-mode", ERROR, NONE,
				 "anybody on this machine can exchange what you run"},
	[GV_CHECK_STORE_OWNER] = {"store-owner", WARNING, NONE,
				  "who owns the store cannot change or remove it"},
	[GV_CHECK_STORE_LEFTOVERS] = {"store-leftovers", WARNING, HEAL,
				      "a command was killed, and this takes space"},
	[GV_CHECK_POINTER_DANGLING] =
		{"pointer-dangling", ERROR, NONE,
		 "whatever asks for it gets an error, and never another "
		 "version"},
	[GV_CHECK_POINTER_STALE] =
		{"pointer-stale", WARNING, HEAL,
		 "what is installed or chosen changed, and they did not follow"},
	[GV_CHECK_TOOLCHAIN_LINK] = {"toolchain-link", WARNING, HEAL,
				     "Go looks there before it downloads a toolchain"},

	[GV_CHECK_JOURNAL_CHANGED] = {"journal-changed", ERROR, NONE,
				      "nobody but a crash cuts it, and nobody edits it"},
	[GV_CHECK_JOURNAL_UNREADABLE] = {"journal-unreadable", WARNING, NONE,
					 "what changes in the store is not recorded"},

	[GV_CHECK_HOOK_PASSED] = {"hook-passed", WARNING, NONE,
				  "what it was to do, or to refuse, goes on without it"},
	[GV_CHECK_HOOK_EVENT] = {"hook-event", WARNING, NONE,
				 "nothing in it is ever run"},

	[GV_CHECK_TREE_CHANGED] = {"tree-changed", ERROR, NONE,
				   "it is not what was proved when it came"},
	[GV_CHECK_TREE_MODE] =
		{"tree-mode", ERROR, NONE,
		 "programs must be executable, and nothing for all to write"},
	[GV_CHECK_ADOPTED_CHANGED] = {"adopted-changed", ERROR, NONE,
				      "who put it there changed or removed it"},
	[GV_CHECK_RECEIPT_DAMAGED] = {"receipt-damaged", ERROR, NONE,
				      "nothing is known any more of where it came from"},

	[GV_CHECK_CONFIG_INVALID] =
		{"config-invalid", ERROR, NONE,
		 "a file with an error in it counts as a whole, or not"},
	[GV_CHECK_AUTO_INSTALL_UNTOLD] =
		{"auto-install-untold", WARNING, PROGRAMS,
		 "it reads no configuration, so a missing version is only reported"},
	[GV_CHECK_CLOCK] = {"clock", ERROR, NONE,
			    "certificates and cached lists are judged by it"},
	[GV_CHECK_CA_BUNDLE] = {"ca-bundle", ERROR, NONE, "no server can show who it is"},
	[GV_CHECK_PROXY] = {"proxy", WARNING, NONE, "downloads go there, or try to"},
	[GV_CHECK_CACHE_OWNER] = {"cache-owner", WARNING, NONE,
				  "lists and downloads begin anew each time"},
	[GV_CHECK_DISK_SPACE] = {"disk-space", WARNING, NONE,
				 "a toolchain takes about 300 MB while it is installed"},
};

const char *gv_severity_name(enum gv_severity s)
{
	static const char *const names[] = {"note", "warning", "error"};

	return names[s];
}
