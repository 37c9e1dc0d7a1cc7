// SPDX-License-Identifier: Apache-2.0
/* The machine: configuration, clock, certificates, proxies, free space. */
#include "core/cli/doctor/doctor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/config/dirs.h"
#include "core/install/url.h"

enum {
	DAY_S = 24 * 60 * 60,
	BEFORE_GOVERN = 1767225600, /* 2026-01-01: no clock that is right says less */
};

static const char *set(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}

/* -- clock --------------------------------------------------------------------------- */

/* When the store was last changed, by the clock of its file system, which is another
 * machine's on NFS. */
static time_t last_change(const struct gv_doctor *d)
{
	static const char *const files[] = {"format", ".", "receipts"};
	time_t newest = 0;
	struct stat st;

	for (size_t i = 0; i < GV_COUNT(files) && d->has_store; i++)
		if (fstatat(d->cli->store.root_fd, files[i], &st, 0) == 0 &&
		    st.st_mtime > newest)
			newest = st.st_mtime;
	return newest;
}

static void look_at_clock(struct gv_doctor *d)
{
	time_t now = time(NULL), changed = last_change(d);
	char is[GV_RFC3339_LEN], was[GV_RFC3339_LEN];
	struct gv_err *f;

	if (now >= BEFORE_GOVERN && now + DAY_S >= changed)
		return;
	f = gv_doctor_find(d, GV_CHECK_CLOCK);
	gv_clock_rfc3339(now, is);
	gv_clock_rfc3339(changed, was);
	if (now < BEFORE_GOVERN)
		gv_err_set(f, -GV_EFAILED, "the clock says %s, before govern was written",
			   is);
	else
		gv_err_set(f, -GV_EFAILED,
			   "the clock says %s, and the store was changed at %s", is, was);
	gv_err_hint(f, "timedatectl set-ntp true, or set the clock by hand");
}

/* -- certificates -------------------------------------------------------------------- */

static void look_at_certificates(struct gv_doctor *d)
{
	static const char *const bundles[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
		"/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem",
	};
	const char *names[] = {"SSL_CERT_FILE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"};
	struct gv_err *f;

	for (size_t i = 0; i < GV_COUNT(names); i++) {
		const char *path = set(names[i]);

		if (!path)
			continue;
		if (access(path, R_OK) == 0)
			return;
		f = gv_doctor_find(d, GV_CHECK_CA_BUNDLE);
		gv_err_set(f, -GV_EFAILED, "%s names '%s', which cannot be read",
			   names[i], path);
		gv_err_hint(f, "unset %s", names[i]);
		return;
	}
	for (size_t i = 0; i < GV_COUNT(bundles); i++)
		if (access(bundles[i], R_OK) == 0)
			return;
	f = gv_doctor_find(d, GV_CHECK_CA_BUNDLE);
	gv_err_set(f, -GV_EFAILED, "this machine has no bundle of CA certificates");
	gv_err_hint(f, "install the package ca-certificates");
}

/* -- proxies ------------------------------------------------------------------------- */

static bool is_proxy(const char *value)
{
	static const char *const schemes[] = {"http",	 "https",  "socks4",
					      "socks4a", "socks5", "socks5h"};
	const char *scheme = strstr(value, "://");

	for (size_t i = 0; i < GV_COUNT(schemes) && scheme; i++)
		if (strlen(schemes[i]) == (size_t)(scheme - value) &&
		    strncasecmp(value, schemes[i], strlen(schemes[i])) == 0)
			return scheme[3] != '\0';
	return !scheme && !strpbrk(value, " \t/");
}

static void look_at_proxy(struct gv_doctor *d, const char *upper, const char *lower)
{
	const char *a = set(upper), *b = set(lower), *value = b ? b : a;
	struct gv_err *f;

	if (a && b && strcmp(a, b) != 0) {
		f = gv_doctor_find(d, GV_CHECK_PROXY);
		gv_err_set(f, -GV_EFAILED, "%s and %s are not the same", upper, lower);
		gv_err_hint(f, "unset one of them: govern follows %s, Go follows %s",
			    lower, upper);
	}
	if (value && strcmp(upper, "NO_PROXY") != 0 && !is_proxy(value)) {
		GV_CLEANUP(gv_free_str) char *shown = gv_url_public(value);

		f = gv_doctor_find(d, GV_CHECK_PROXY);
		gv_err_set(f, -GV_EFAILED, "%s is '%s', which names no proxy",
			   b ? lower : upper, shown ? shown : "");
		gv_err_hint(f, "export %s=http://HOST:PORT", b ? lower : upper);
	}
}

static void look_at_proxies(struct gv_doctor *d)
{
	static const char *const names[][2] = {{"HTTPS_PROXY", "https_proxy"},
					       {"HTTP_PROXY", "http_proxy"},
					       {"ALL_PROXY", "all_proxy"},
					       {"NO_PROXY", "no_proxy"}};
	bool http = set("HTTP_PROXY") || set("http_proxy");
	bool https = set("HTTPS_PROXY") || set("https_proxy") || set("ALL_PROXY") ||
		     set("all_proxy");
	struct gv_err *f;

	for (size_t i = 0; i < GV_COUNT(names); i++)
		look_at_proxy(d, names[i][0], names[i][1]);
	if (!http || https)
		return;
	f = gv_doctor_find(d, GV_CHECK_PROXY);
	gv_err_set(f, -GV_EFAILED, "HTTP_PROXY is set and HTTPS_PROXY is not");
	gv_err_hint(f, "export HTTPS_PROXY=\"${HTTP_PROXY:-$http_proxy}\"");
}

/* -- space --------------------------------------------------------------------------- */

static void look_at_space(struct gv_doctor *d)
{
	enum { BYTES = 500 * 1000 * 1000, FILES = 20000 };
	char size[GV_SIZE_LEN];
	struct statvfs fs;
	struct gv_err *f;

	if (!d->has_store || !d->cli->store.writable ||
	    fstatvfs(d->cli->store.root_fd, &fs) < 0)
		return;
	gv_format_size((uint64_t)fs.f_bavail * fs.f_frsize, size);
	if ((uint64_t)fs.f_bavail * fs.f_frsize < BYTES) {
		f = gv_doctor_find(d, GV_CHECK_DISK_SPACE);
		gv_err_set(f, -GV_EFAILED, "only %s are free at '%s'", size,
			   d->cli->root);
	} else if (fs.f_files > 0 && fs.f_favail < FILES) {
		f = gv_doctor_find(d, GV_CHECK_DISK_SPACE);
		gv_err_set(f, -GV_EFAILED, "only %llu files can be made at '%s'",
			   (unsigned long long)fs.f_favail, d->cli->root);
	} else {
		return;
	}
	gv_err_hint(f, "govern list, and govern uninstall what is not needed");
}

/* -- the cache ----------------------------------------------------------------------- */

/* By a `sudo govern` that kept HOME, as a rule: who comes later works without it,
 * silently. */
static void look_at_cache(struct gv_doctor *d)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	GV_CLEANUP(gv_close) int fd = -1;
	struct gv_err ignored = GV_ERR_INIT, *f;
	bool closed;

	if (gv_dirs_cache(&path, &ignored) < 0 || access(path, F_OK) < 0)
		return;
	fd = gv_open_dir(AT_FDCWD, path);
	closed = faccessat(AT_FDCWD, path, R_OK | W_OK | X_OK, AT_EACCESS) < 0;
	if (fd >= 0 && gv_list_dir(fd, ".", &names) < 0)
		closed = true;
	for (size_t i = 0; i < names.n && !closed; i++)
		closed = faccessat(fd, names.items[i], R_OK | W_OK, AT_EACCESS) < 0;
	if (!closed)
		return;
	f = gv_doctor_find(d, GV_CHECK_CACHE_OWNER);
	gv_err_set(f, -GV_EFAILED, "the cache '%s' is not yours to write to", path);
	gv_err_hint(f, "sudo chown -R %u:%u %s", (unsigned)geteuid(), (unsigned)getegid(),
		    gv_word(&word, path));
}

static void look_at_settings(struct gv_doctor *d)
{
	const struct gv_store *s = &d->cli->store;
	struct gv_err why = GV_ERR_INIT, *f;

	if (gv_cli_config(d->cli, &why) < 0) {
		*gv_doctor_find(d, GV_CHECK_CONFIG_INVALID) = why;
		return;
	}
	if (!d->has_store ||
	    !gv_config_bool(&d->cli->config, GV_SET_STORE_AUTO_INSTALL) ||
	    faccessat(s->prefix_fd, "auto-install", F_OK, 0) == 0)
		return;
	f = gv_doctor_find(d, GV_CHECK_AUTO_INSTALL_UNTOLD);
	gv_err_set(f, -GV_EFAILED,
		   "store.auto_install is on, and the shim of '%s' does not know",
		   s->root);
	gv_err_hint(f, "govern setup");
}

void gv_doctor_machine(struct gv_doctor *d)
{
	look_at_settings(d);
	look_at_clock(d);
	look_at_certificates(d);
	look_at_proxies(d);
	look_at_space(d);
	look_at_cache(d);
}
