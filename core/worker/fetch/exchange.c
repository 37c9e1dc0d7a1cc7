// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetch/exchange.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/worker/fetch/address.h"
#include "core/worker/fetch/reason.h"

enum { SKIP_MAX = 64 * 1024 };

static size_t stop(struct gv_exchange *x, enum gv_outcome why)
{
	x->stopped = why;
	return 0; /* libcurl: a callback that takes less than it got ends the transfer */
}

static size_t refuse(struct gv_exchange *x, const char *what)
{
	(void)gv_err_set(&x->transfer->err, -GV_EREMOTE, "'%s': %s", x->target->shown,
			 what);
	return stop(x, GV_FATAL);
}

static const char contradiction[] = "the server contradicts itself about the length";

static int send_head(struct gv_exchange *x, uint32_t status)
{
	struct gv_transfer *t = x->transfer;
	const struct gv_answer *a = &x->answer;
	struct gv_wire_head head = {.status = status, .total = t->total};

	memcpy(head.etag, a->etag, sizeof(head.etag));
	memcpy(head.last_modified, a->last_modified, sizeof(head.last_modified));
	/* The query of a place that we were sent to is often a signature. */
	memcpy(head.url, x->hop ? x->target->shown : x->target->url, sizeof(head.url));
	t->head_sent = true;
	return gv_wire_send(t->out, GV_WIRE_HEAD, &head, sizeof(head));
}

/* A strong ETag, else the date (RFC 9110, 13.1.5). */
static void keep_validator(struct gv_transfer *t, const struct gv_answer *a)
{
	t->validator[0] = '\0';
	if (a->etag[0] == '"')
		memcpy(t->validator, a->etag, sizeof(t->validator));
	else if (a->last_modified[0])
		memcpy(t->validator, a->last_modified, sizeof(a->last_modified));
}

static bool same_file(const struct gv_transfer *t, const struct gv_answer *a)
{
	const char *theirs = t->validator[0] == '"' ? a->etag : a->last_modified;

	/* A server may send no validator with a part: then total and, in the end, the
	 * hash tell. */
	return !t->validator[0] || !theirs[0] || strcmp(theirs, t->validator) == 0;
}

static bool too_large(struct gv_exchange *x, uint64_t bytes)
{
	if (bytes <= x->transfer->want->max)
		return false;
	(void)gv_err_set(&x->transfer->err, -GV_EREMOTE,
			 "'%s' is larger than the %llu bytes that are allowed for it",
			 x->target->shown, (unsigned long long)x->transfer->want->max);
	(void)stop(x, GV_FATAL);
	return true;
}

/* Apache's old default calls every .gz file an encoded one: its bytes are those we want.
 */
static bool is_encoded(const struct gv_exchange *x)
{
	const char *encoding = x->answer.encoding, *url = x->target->shown;

	return encoding[0] && strcasecmp(encoding, "identity") != 0 &&
	       !gv_has_suffix(url, ".gz") && !gv_has_suffix(url, ".tgz");
}

/* 200: the whole body, from its first byte. */
static size_t begin_whole(struct gv_exchange *x)
{
	struct gv_transfer *t = x->transfer;
	const struct gv_answer *a = &x->answer;
	int r = 0;

	if (t->head_sent || t->at > 0) {
		t->restarted = true;
		r = gv_wire_send(t->out, GV_WIRE_RESTART, NULL, 0);
	}
	t->at = 0;
	t->total = a->has_length && !a->chunked ? a->length : 0;
	keep_validator(t, a);
	if (too_large(x, t->total))
		return 0;
	if (r == 0)
		r = send_head(x, 200);
	return r < 0 ? stop(x, GV_ALONE) : 1;
}

/* 206, where one was asked for: goes on at the byte that the parent waits for. */
static size_t begin_part(struct gv_exchange *x)
{
	struct gv_transfer *t = x->transfer;
	const struct gv_answer *a = &x->answer;

	if (a->contradicts || is_encoded(x) || !a->has_range || a->range_from != t->at ||
	    !same_file(t, a) ||
	    (a->has_length && !a->chunked &&
	     a->length != a->range_to - a->range_from + 1) ||
	    (a->range_total && a->range_to + 1 != a->range_total) ||
	    (t->total && a->range_total && t->total != a->range_total))
		return stop(x, GV_WHOLE);
	if (a->range_total)
		t->total = a->range_total;
	if (too_large(x, t->total))
		return 0;
	if (!t->head_sent && send_head(x, 206) < 0)
		return stop(x, GV_ALONE);
	return 1;
}

/* The head is complete: what is it?  0 when the exchange ends here. */
static size_t begin_body(struct gv_exchange *x)
{
	if (curl_easy_getinfo(x->transfer->handle->curl, CURLINFO_RESPONSE_CODE,
			      &x->status) != CURLE_OK)
		x->status = 0;
	x->body = BODY_SKIPPED;
	if (x->status != 200 && x->status != 206)
		return 1;
	x->body = BODY_WANTED;
	/* What is wrong about a part may be right about the whole. */
	if (x->status == 206 && x->transfer->at > 0 && !x->transfer->whole)
		return begin_part(x);
	if (x->answer.contradicts)
		return refuse(x, contradiction);
	if (is_encoded(x))
		return refuse(x, "the answer is compressed, which was not asked for");
	if (x->status == 206)
		return refuse(x, "the answer is a part (206) of what was asked for");
	return begin_whole(x);
}

static size_t skip(struct gv_exchange *x, const char *data, size_t n)
{
	size_t room = sizeof(x->says) - 1 - strlen(x->says);
	size_t line = 0;

	if (strncasecmp(x->answer.type, "text/plain", 10) == 0 && !x->says_all) {
		while (line < n && line < room && data[line] >= ' ')
			line++;
		memcpy(x->says + strlen(x->says), data, line); /* it was all zero */
		x->says_all = line < n;
	}
	x->skipped += n;
	/* To read a short body to its end keeps the connection usable. */
	return x->skipped > SKIP_MAX ? 0 : n;
}

/* Sign-in pages and captive portals answer 200. */
static bool is_web_page(const struct gv_exchange *x, const char *data, size_t n)
{
	size_t i = 0;

	if (x->status != 200 || strncasecmp(x->answer.type, "text/html", 9) != 0)
		return false;
	while (i < n && strchr("\xef\xbb\xbf \t\r\n", data[i]))
		i++;
	return i < n && data[i] == '<';
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct gv_exchange *x = arg;
	struct gv_transfer *t = x->transfer;
	size_t n = size * count;

	if (x->body == BODY_UNSEEN && !begin_body(x))
		return 0;
	if (x->body == BODY_SKIPPED)
		return skip(x, data, n);
	if (!x->seen_byte && is_web_page(x, data, n))
		return refuse(x,
			      "the answer is a web page (a sign-in page?), not the file");
	x->seen_byte = true;
	if (n > UINT64_MAX - t->at || too_large(x, t->at + n))
		return 0;
	if (t->total && t->at + n > t->total)
		return refuse(x, contradiction);
	for (size_t done = 0; done < n;) {
		size_t part = n - done < GV_WIRE_MAX ? n - done : GV_WIRE_MAX;

		if (gv_wire_send(t->out, GV_WIRE_DATA, data + done, part) < 0)
			return stop(x, GV_ALONE);
		done += part;
		t->at += part;
		t->received += part;
	}
	return n;
}

static size_t on_head(char *data, size_t size, size_t count, void *arg)
{
	struct gv_exchange *x = arg;
	size_t n = size * count;

	if (!gv_answer_line(&x->answer, data, n))
		return refuse(x, "the head of the answer does not end");
	return n;
}

/* Connected, and nothing is sent yet.  Through a proxy the address is the proxy's. */
static int before_request(void *arg, char *address, char *local, int port, int local_port)
{
	struct gv_exchange *x = arg;
	struct gv_transfer *t = x->transfer;
	bool public = address && gv_address_is_public(address);

	(void)local, (void)port, (void)local_port;
	t->reached = true;
	if (x->hop == 0) {
		t->from_public = public;
	} else if (t->from_public && !public) {
		(void)gv_err_set(&t->err, -GV_EREMOTE,
				 "a public server redirects to '%s', which is at the "
				 "private address %s",
				 x->target->shown, address ? address : "?");
		(void)stop(x, GV_FATAL);
		return CURL_PREREQFUNC_ABORT;
	}
	return CURL_PREREQFUNC_OK;
}

static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(4096);
	struct curl_slist *longer;

	if (!value[0])
		return true;
	if (gv_buf_format(&line, "%s: %s", name, value) < 0)
		return false;
	longer = curl_slist_append(*list, line.data);
	if (!longer)
		return false;
	*list = longer;
	return true;
}

/* The parent has nothing of the body, and may have all of it from an earlier day. */
static bool is_conditional(const struct gv_transfer *t)
{
	return !t->head_sent && t->at == 0 &&
	       (t->want->etag[0] || t->want->last_modified[0]);
}

static bool add_headers(const struct gv_transfer *t, struct curl_slist **list)
{
	const struct gv_wire_request *want = t->want;
	char range[64];
	struct gv_text text = gv_text_in(range, sizeof(range));

	if (is_conditional(t) &&
	    (!add_header(list, "If-None-Match", want->etag) ||
	     !add_header(list, "If-Modified-Since", want->last_modified)))
		return false;
	if (t->at == 0 || t->whole)
		return true;
	gv_text_format(&text, "bytes=%llu-", (unsigned long long)t->at);
#ifdef GV_WITHOUT_IF_RANGE /* tests/controls: a part, of whatever file is there now */
	return add_header(list, "Range", range);
#endif
	return add_header(list, "Range", range) &&
	       add_header(list, "If-Range", t->validator);
}

static enum gv_outcome end_of_body(struct gv_exchange *x)
{
	struct gv_transfer *t = x->transfer;

	if (t->total == 0 || t->at == t->total)
		return GV_DONE;
	(void)gv_err_set(&t->err, -GV_EREMOTE, "'%s' ended after %llu of %llu bytes",
			 x->target->shown, (unsigned long long)t->at,
			 (unsigned long long)t->total);
	return GV_AGAIN;
}

/* 416: either the parent has all of it already, or what it has is not of this file. */
static enum gv_outcome out_of_range(struct gv_exchange *x)
{
	struct gv_transfer *t = x->transfer;
	const struct gv_answer *a = &x->answer;

	if (t->at == 0 || t->whole)
		return gv_reason_status(x);
	if (!a->unsatisfied || a->range_total != t->at || a->contradicts ||
	    (t->total && t->total != t->at) || !same_file(t, a))
		return GV_WHOLE;
	t->total = t->at;
	if (!t->head_sent && send_head(x, 206) < 0)
		return GV_ALONE;
	return GV_DONE;
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 ||
	       status == 308;
}

static enum gv_outcome moved(struct gv_exchange *x)
{
	if (curl_easy_getinfo(x->transfer->handle->curl, CURLINFO_REDIRECT_URL,
			      &x->location) != CURLE_OK ||
	    !x->location)
		return gv_reason_status(x);
	return GV_MOVED;
}

static enum gv_outcome judge(struct gv_exchange *x)
{
	struct gv_transfer *t = x->transfer;

	if (is_redirect(x->status))
		return moved(x);
	switch (x->status) {
	case 200:
	case 206:
		return end_of_body(x);
	case 304:
		if (!is_conditional(t))
			return gv_reason_status(x);
		return send_head(x, 304) < 0 ? GV_ALONE : GV_DONE;
	case 416:
		return out_of_range(x);
	default:
		return gv_reason_status(x);
	}
}

enum gv_outcome gv_exchange_run(struct gv_exchange *x)
{
	struct gv_transfer *t = x->transfer;
	struct curl_slist *headers = NULL;
	struct gv_handle_request request = {
		.want = t->want,
		.target = x->target,
		.credentials = x->credentials,
		.on_body = on_body,
		.on_head = on_head,
		.before_request = before_request,
		.arg = x,
	};
	CURLcode code = CURLE_OUT_OF_MEMORY;

	gv_answer_init(&x->answer);
	x->stopped = GV_DONE;
	if (add_headers(t, &headers)) {
		request.headers = headers;
		code = gv_handle_prepare(t->handle, &request);
	}
	if (code == CURLE_OK)
		code = curl_easy_perform(t->handle->curl);
	/* libcurl takes a head that breaks off for an answer without a body. */
	if (code == CURLE_OK && !x->answer.ended)
		code = CURLE_PARTIAL_FILE;
	/* An answer without a body has not been looked at yet. */
	if (code == CURLE_OK && x->body == BODY_UNSEEN)
		(void)begin_body(x);
	curl_slist_free_all(headers);
	t->retry_after = x->answer.retry_after;
	if (x->stopped != GV_DONE)
		return x->stopped;
	/* Of an answer that is not wanted the head is enough; but where a redirect leads
	 * libcurl tells when all of it has come. */
	if (code == CURLE_OK || (x->body == BODY_SKIPPED &&
				 (code == CURLE_WRITE_ERROR || !is_redirect(x->status))))
		return judge(x);
	return gv_reason_network(x, code);
}
