// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetch/reason.h"

#include <string.h>
#include <time.h>

#include "core/base/clock.h"

static const char *in_words(const struct gv_exchange *x, CURLcode code)
{
	const char *text = x->transfer->handle->error;

	return text[0] ? text : curl_easy_strerror(code);
}

static enum gv_outcome bad_certificate(struct gv_exchange *x, CURLcode code)
{
	struct gv_err *err = &x->transfer->err;
	const char *why = in_words(x, code);
	char now[GV_RFC3339_LEN];

	(void)gv_err_set(err, -GV_EREMOTE, "the certificate of '%s' is not accepted: %s",
			 x->target->host, why);
	gv_clock_rfc3339(time(NULL), now);
	if (strstr(why, "not yet valid"))
		(void)gv_err_hint(err, "set the clock: this machine believes it is %s",
				  now);
	else if (strstr(why, "expired"))
		(void)gv_err_hint(err, "if %s is not the time now, set the clock", now);
	else if (strstr(why, "issuer certificate") || strstr(why, "self"))
		(void)gv_err_hint(err,
				  "a CA of your own is named by SSL_CERT_FILE; without "
				  "any, install the package ca-certificates");
	return GV_FATAL;
}

static enum gv_outcome unreachable(struct gv_exchange *x, CURLcode code)
{
	struct gv_err *err = &x->transfer->err;

	(void)gv_err_set(err, -GV_EREMOTE, "cannot reach '%s': %s", x->target->host,
			 in_words(x, code));
	(void)gv_err_hint(err, "check the network; a proxy is named by HTTPS_PROXY");
	return GV_AGAIN;
}

static enum gv_outcome proxy_refused(struct gv_exchange *x, long status)
{
	(void)gv_err_set(
		&x->transfer->err, -GV_EREMOTE,
		"the proxy of this network does not connect to '%s' (answer %ld)",
		x->target->host, status);
	(void)gv_err_hint(
		&x->transfer->err,
		"see HTTPS_PROXY and NO_PROXY; a user and password for the proxy "
		"go into HTTPS_PROXY");
	return GV_FATAL;
}

static enum gv_outcome broken(struct gv_exchange *x, CURLcode code,
			      enum gv_outcome outcome)
{
	(void)gv_err_set(&x->transfer->err, -GV_EREMOTE, "'%s': %s", x->target->shown,
			 in_words(x, code));
	return outcome;
}

static enum gv_outcome timed_out(struct gv_exchange *x, CURLcode code)
{
	const struct gv_wire_request *want = x->transfer->want;

	if (!x->transfer->reached && x->body == BODY_UNSEEN &&
	    !strstr(in_words(x, code), "too slow"))
		return unreachable(x, code);
	(void)gv_err_set(&x->transfer->err, -GV_EREMOTE,
			 "'%s' came slower than %u bytes a second for %u seconds",
			 x->target->shown, want->low_speed_limit, want->low_speed_time);
	return GV_AGAIN;
}

enum gv_outcome gv_reason_network(struct gv_exchange *x, CURLcode code)
{
	long status = 0;

	if (curl_easy_getinfo(x->transfer->handle->curl, CURLINFO_HTTP_CONNECTCODE,
			      &status) == CURLE_OK &&
	    status >= 300)
		return proxy_refused(x, status);

	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
		return bad_certificate(x, code);
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
		return unreachable(x, code);
	case CURLE_OPERATION_TIMEDOUT:
		return timed_out(x, code);
	case CURLE_SSL_CONNECT_ERROR: /* the other side may have hung up */
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		return broken(x, code, GV_AGAIN);
	case CURLE_OUT_OF_MEMORY: /* said of a line of the head that is too long, too */
		if (x->transfer->reached && x->body == BODY_UNSEEN) {
			(void)gv_err_set(&x->transfer->err, -GV_EREMOTE,
					 "'%s': the head of the answer does not end",
					 x->target->shown);
			return GV_FATAL;
		}
		return broken(x, code, GV_FATAL);
	default:
		return broken(x, code, GV_FATAL);
	}
}

static const char *meaning(long status)
{
	switch (status) {
	case 304:
		return "gives an answer of no use";
	case 401:
		return "wants a user and a password";
	case 403:
		return "refuses to give it";
	case 404:
		return "does not have it";
	case 407:
		return "is behind a proxy that wants a user and a password";
	case 408:
		return "gave up waiting";
	case 410:
		return "does not have it any more";
	case 416:
		return "cannot give this part of it";
	case 429:
		return "is asked too often";
	default:
		return status >= 500		       ? "has a problem of its own"
		       : status >= 300 && status < 400 ? "redirects to nowhere"
						       : "gives an answer of no use";
	}
}

static bool is_worth_repeating(long status)
{
	return status == 408 || status == 429 ||
	       (status >= 500 && status != 501 && status != 505);
}

/* Some servers show the request, and with it what must not be seen. */
static bool repeats_credentials(const struct gv_exchange *x)
{
	const struct gv_target *t = x->credentials;
	const char *secret;

	if (!t)
		return false;
	secret = t->password && t->password[0] ? t->password : t->user;
	return strcasestr(x->says, "basic ") ||
	       (secret && secret[0] && strstr(x->says, secret));
}

enum gv_outcome gv_reason_status(struct gv_exchange *x)
{
	struct gv_err *err = &x->transfer->err;
	int code = x->status == 404 || x->status == 410 ? -GV_EGONE : -GV_EREMOTE;

	if (repeats_credentials(x))
		x->says[0] = '\0';
	(void)gv_err_set(err, code, "'%s': the server %s (%ld)%s%s", x->target->shown,
			 meaning(x->status), x->status, x->says[0] ? ": " : "", x->says);
	if (x->status == 401)
		(void)gv_err_hint(err,
				  "put 'machine %s login USER password SECRET' into "
				  "~/.netrc, readable by you alone",
				  x->target->host);
	else if (x->status == 403)
		(void)gv_err_hint(err,
				  "some servers refuse what they do not offer: another "
				  "version, or another source, may work");
	return is_worth_repeating(x->status) ? GV_AGAIN : GV_FATAL;
}
