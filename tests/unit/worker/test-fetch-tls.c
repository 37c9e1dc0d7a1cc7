// SPDX-License-Identifier: Apache-2.0
/* The fetcher and certificates: a CA of this test's own, made by openssl when it runs. */
#include "tests/unit/skip.h"
#include "tests/unit/worker/fetch-rig.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Makes NAME.crt and NAME.key for 127.0.0.1 by the CA; `how` are more words of the last
 * command. */
static void make_certificate(const char *name, const char *address, const char *how)
{
	char command[4096];

	snprintf(command, sizeof(command),
		 "cd '%s' && openssl req -newkey rsa:2048 -nodes -keyout %s.key -out "
		 "%s.csr "
		 "-subj /CN=test >/dev/null 2>&1 && "
		 "printf 'subjectAltName=IP:%s\\n' >%s.ext && "
		 "openssl x509 -req -in %s.csr -CA ca.crt -CAkey ca.key -CAcreateserial "
		 "-extfile %s.ext -out %s.crt %s >/dev/null 2>&1",
		 rig.dir, name, name, address, name, name, name, name, how);
	assert_int_equal(system(command), 0);
}

/* openssl x509 cannot date into the future; `openssl ca` can. */
static void make_future_certificate(void)
{
	char command[4096];

	make_certificate("future", "127.0.0.1", "-days 2");
	snprintf(
		command, sizeof(command),
		"cd '%s' && mkdir db && : >db/index.txt && echo 77 >db/serial && "
		"printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=db/index.txt\\nserial="
		"db/serial\\nnew_certs_dir=db\\ndefault_md=sha256\\npolicy=p\\n[p]\\n"
		"commonName=supplied\\n' >ca.cnf && "
		"openssl ca -batch -config ca.cnf -cert ca.crt -keyfile ca.key "
		"-extfile future.ext -startdate 20900101000000Z -enddate 20910101000000Z "
		"-in future.csr -out future.crt >/dev/null 2>&1",
		rig.dir);
	assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
	char command[1024];

	(void)state;
	rig_make();
	snprintf(command, sizeof(command),
		 "cd '%s' && openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key "
		 "-out ca.crt -days 2 -subj '/CN=test CA' >/dev/null 2>&1",
		 rig.dir);
	assert_int_equal(system(command), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_remove();
	return 0;
}

/* A server with this certificate, and a fetcher that trusts the CA, or not. */
static void begin(const char *certificate, bool trusted)
{
	char crt[512], key[512], ca[512], name[64];
	const char *more[] = {"--tls",	crt,	   key, "--log-connections",
			      "--bind", "0.0.0.0", NULL};

	snprintf(name, sizeof(name), "%s.crt", certificate);
	rig_path(crt, sizeof(crt), name);
	snprintf(name, sizeof(name), "%s.key", certificate);
	rig_path(key, sizeof(key), name);
	rig_path(ca, sizeof(ca), "ca.crt");
	if (trusted)
		setenv("SSL_CERT_FILE", ca, 1);
	else
		unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	rig_forget();
	rig_start("https", more);
	rig_open();
}

static void end(void)
{
	rig_close();
	rig_stop();
	unsetenv("SSL_CERT_FILE");
}

static void test_trusted(void **state)
{
	struct got *g;

	(void)state;
	make_certificate("good", "127.0.0.1", "-days 2");
	begin("good", true);
	is_whole(rig_get("/a.zip"));
	is_whole(rig_get("/cut-once/a.zip"));
	/* https never falls to http, here or in a redirect, though the request allows
	 * http */
	g = rig_get("/redirect=http://127.0.0.1:{port}/a.zip");
	is_refused(g, -GV_EREMOTE, "redirects to 'http://127.0.0.1");
	is_whole(rig_get("/redirect=https://127.0.0.1:{port}/a.zip"));
	/* another name for this machine: the certificate is for the address only */
	is_refused(rig_get("/redirect=https://localhost:{port}/a.zip"), -GV_EREMOTE,
		   "certificate of 'localhost'");
	end();
}

static void test_ca_directory(void **state)
{
	char dir[512], command[2048];

	(void)state;
	make_certificate("dir", "127.0.0.1", "-days 2");
	rig_path(dir, sizeof(dir), "cas");
	snprintf(command, sizeof(command),
		 "mkdir '%s' && cp '%s/ca.crt' '%s/' && openssl rehash '%s' >/dev/null",
		 dir, rig.dir, dir, dir);
	assert_int_equal(system(command), 0);
	begin("dir", false);
	rig_close();
	setenv("SSL_CERT_DIR", dir, 1);
	rig_open();
	is_whole(rig_get("/a.zip"));
	end();
	unsetenv("SSL_CERT_DIR");
}

/* One attempt, no request, and words that help. */
static void refused_once(const char *why, const char *hint)
{
	struct got *g = rig_get("/a.zip");

	is_refused(g, -GV_EREMOTE, "the certificate of '127.0.0.1' is not accepted");
	is_refused(g, -GV_EREMOTE, why);
	if (!strstr(g->err.hint, hint))
		fail_msg("hint '%s' does not say '%s'", g->err.hint, hint);
	assert_null(strstr(rig_log(), "method"));
	assert_int_equal(rig_requests(),
			 1); /* connections, here: it is not tried again */
}

static void test_unknown_ca(void **state)
{
	(void)state;
	make_certificate("unknown", "127.0.0.1", "-days 2");
	begin("unknown", false);
	refused_once("issuer", "SSL_CERT_FILE");
	end();
}

static void test_expired(void **state)
{
	(void)state;
	make_certificate("expired", "127.0.0.1", "-days -1");
	begin("expired", true);
	refused_once("expired", "is not the time now");
	end();
}

static void test_not_yet_valid(void **state)
{
	(void)state;
	make_future_certificate();
	begin("future", true);
	refused_once("not yet valid", "set the clock: this machine believes it is 20");
	end();
}

static void test_wrong_host(void **state)
{
	(void)state;
	make_certificate("wrong", "127.0.0.9", "-days 2");
	begin("wrong", true);
	refused_once("127.0.0.1", "");
	end();
}

static void test_bad_ca_file(void **state)
{
	struct got *g;

	(void)state;
	make_certificate("badca", "127.0.0.1", "-days 2");
	begin("badca", true);
	rig_close();
	setenv("SSL_CERT_FILE", "/nonexistent/ca.pem", 1);
	rig_open();
	g = rig_get("/a.zip");
	is_refused(g, -GV_EREMOTE, "/nonexistent/ca.pem");
	end();
}

static void test_not_tls(void **state)
{
	struct got *g;
	char url[128];

	(void)state;
	rig_forget();
	rig_start("http", NULL);
	rig_open();
	snprintf(url, sizeof(url), "https://127.0.0.1:%s/a.zip", rig.port);
	g = rig_get(url);
	assert_int_equal(g->r, -GV_EREMOTE);
	assert_int_equal(rig_requests(), 0); /* not asked by http instead */
	end();
}

/* A network of our own, in which this machine has 8.8.4.4 too. */
static bool have_public_address(void)
{
	struct ifreq name = {.ifr_name = "lo:1"}, lo = {.ifr_name = "lo"};
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd;

	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	lo.ifr_flags = IFF_UP | IFF_RUNNING;
	inet_pton(AF_INET, "8.8.4.4", &address.sin_addr);
	memcpy(&name.ifr_addr, &address, sizeof(address));
	return ioctl(fd, SIOCSIFFLAGS, &lo) == 0 && ioctl(fd, SIOCSIFADDR, &name) == 0;
}

/* The last one: this process stays in that network. */
static void test_public_redirects_to_private(void **state)
{
	char url[256];

	(void)state;
	make_certificate("both", "127.0.0.1,IP:8.8.4.4", "-days 2");
	if (!have_public_address()) {
		skip_because("no network namespace to be had");
	}
	begin("both", true);
	snprintf(url, sizeof(url), "https://8.8.4.4:%s/redirect=https://8.8.4.4:%s/a.zip",
		 rig.port, rig.port);
	is_whole(rig_get(url));
	is_whole(rig_get("/redirect=https://8.8.4.4:{port}/a.zip"));
	rig_forget();
	snprintf(url, sizeof(url),
		 "https://8.8.4.4:%s/redirect=https://127.0.0.1:%s/a.zip", rig.port,
		 rig.port);
	is_refused(rig_get(url), -GV_EREMOTE, "at the private address 127.0.0.1");
	assert_null(strstr(rig_log(), "\"path\": \"/a.zip"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trusted),
		cmocka_unit_test(test_ca_directory),
		cmocka_unit_test(test_unknown_ca),
		cmocka_unit_test(test_expired),
		cmocka_unit_test(test_not_yet_valid),
		cmocka_unit_test(test_wrong_host),
		cmocka_unit_test(test_bad_ca_file),
		cmocka_unit_test(test_not_tls),
		cmocka_unit_test(test_public_redirects_to_private),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
