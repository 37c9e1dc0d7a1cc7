// SPDX-License-Identifier: Apache-2.0
/* The whole table of what evidence is worth. */
#include "core/install/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define A "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define B "h1:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="

#define U GV_TRUST_UNPROVEN
#define C GV_TRUST_CHECKSUMMED
#define P GV_TRUST_PROVEN

static int judge(int log, const char *log_h1, bool digest, enum gv_trust minimum,
		 enum gv_trust *ret)
{
	struct gv_sumdb_setting db = {0};
	struct gv_install in = {.sumdb = &db};
	struct gv_lookup lookup = {.in = &in, .result = log};
	struct gv_evidence e = {
		.name = "go1.22.5",
		.h1 = A,
		.log = &lookup,
		.digest_counts = digest,
		.minimum = minimum,
	};
	struct gv_err err = GV_ERR_INIT;
	int r;

	if (log < 0)
		gv_err_set(&lookup.err, log, "as the log said");
	memcpy(lookup.h1, log_h1, strlen(log_h1) + 1);
	r = gv_judge_trust(&e, ret, &err);
	if (r < 0) {
		assert_true(err.message[0] != '\0');
		assert_int_equal(err.code, r);
	}
	return r;
}

static void table(void **state)
{
	static const struct {
		int log;
		const char *h1;
		bool digest;
		enum gv_trust minimum;
		int result; /* error, or the level */
	} rows[] = {
		/* the log says so */
		{0, A, false, P, P},
		{0, A, false, U, P},
		{0, A, true, C, P},
		/* it says otherwise: no minimum and no digest makes that good */
		{0, B, false, P, -GV_EVERIFY},
		{0, B, true, C, -GV_EVERIFY},
		{0, B, true, U, -GV_EVERIFY},
		/* it contradicts itself */
		{-GV_EVERIFY, "", true, U, -GV_EVERIFY},
		{-GV_EINTERRUPTED, "", true, U, -GV_EINTERRUPTED},
		/* it cannot be reached: never proof */
		{-GV_EREMOTE, "", true, P, -GV_EREMOTE},
		{-GV_EREMOTE, "", true, C, C},
		{-GV_EREMOTE, "", false, C, -GV_EREMOTE},
		{-GV_EREMOTE, "", true, U, C},
		{-GV_EREMOTE, "", false, U, U},
		/* it does not know the version */
		{-GV_ENOTFOUND, "", true, P, -GV_EPOLICY},
		{-GV_ENOTFOUND, "", true, C, C},
		{-GV_ENOTFOUND, "", false, U, U},
		/* it is switched off */
		{-GV_EPOLICY, "", true, P, -GV_EPOLICY},
		{-GV_EPOLICY, "", true, C, C},
		{-GV_EPOLICY, "", false, C, -GV_EPOLICY},
		{-GV_EPOLICY, "", false, U, U},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum gv_trust trust = U;
		int r = judge(rows[i].log, rows[i].h1, rows[i].digest, rows[i].minimum,
			      &trust);

		if (rows[i].result < 0) {
			assert_int_equal(r, rows[i].result);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal((int)trust, rows[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
