// SPDX-License-Identifier: Apache-2.0
/*
 * The libcurl handle of this process, and every option that is set on it.
 */
#ifndef GV_WORKER_FETCH_HANDLE_H
#define GV_WORKER_FETCH_HANDLE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "core/base/attr.h"
#include "core/worker/fetch/target.h"

/* The files that this user's environment names; NULL: none. */
struct gv_places {
	const char *ca_file; /* SSL_CERT_FILE, else CURL_CA_BUNDLE */
	const char *ca_dir;  /* SSL_CERT_DIR */
	const char *netrc;   /* NETRC, else ~/.netrc */
};

struct gv_handle {
	CURL *curl;
	struct gv_places places;
	CURLcode set; /* the first setopt that failed */
	char error[CURL_ERROR_SIZE];
};

struct gv_handle_request {
	const struct gv_wire_request *want;
	const struct gv_target *target;
	/* Its user and password are sent, or those of the netrc file; NULL: none. */
	const struct gv_target *credentials;
	struct curl_slist *headers;
	curl_write_callback on_body, on_head;
	curl_prereq_callback before_request;
	void *arg; /* of the three */
};

int gv_handle_open(const struct gv_places *places, struct gv_handle *ret)
	GV_MUST GV_NONNULL(1, 2);
void gv_handle_close(struct gv_handle *h);

/* Forgets the options of the request before, keeps its connection. */
CURLcode gv_handle_prepare(struct gv_handle *h, const struct gv_handle_request *r)
	GV_MUST GV_NONNULL(1, 2);

#endif
