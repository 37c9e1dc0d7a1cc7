// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/trust/minisign.h"

/* Made by minisign 0.11: `minisign -G -W`, and a signature of "hello\n". */
#define PUBLIC "RWRbcCwYxmTH5UbuytjlgrhXVeFUUqOpvDrAXN//gxtjsJTIodonfVtm"
static const char public_file[] =
	"untrusted comment: minisign public key E5C764C6182C705B\n" PUBLIC "\n";
static const char plain_key[] =
	"untrusted comment: minisign encrypted secret key\n"
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAW3AsGMZk"
	"x+"
	"Vk6B18q/ajyxcs8SqbCSYTxlZgSp4FCUY5N08hM6GbqkbuytjlgrhXVeFUUqOpvDrAXN//"
	"gxtjsJTIodonfV"
	"tmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
static const char signature[] =
	"untrusted comment: signature from minisign secret key\n"
	"RURbcCwYxmTH5f6oBVlmB0pdJ5I0Uw79gsCQos2mO1GemSagzrXdGf1yalz4tqAUrb0StJNjdN+"
	"WHyhmnEb"
	"HfsDejdesz28dtwI=\n"
	"trusted comment: a comment\n"
	"XWr0Z6beiH7vflUxpXhzBnGaL4+"
	"xTj4jqNhedIkljz1eO3CTMf5vILONpX5GOsgnxOi2mXd0zCRU3wqsRfeGA"
	"Q==\n";
/* The same key with a password, and less memory than minisign asks for; minisign takes
 * it. */
static const char password[] = "correct horse";
static const char encrypted_key[] = "untrusted comment: encrypted, with little memory\n"
				    "RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A"
				    "gAAAAAAAAAAAAAEAAAAARNEYkJLlTXs"
				    "qeCqs6r50UO8iFuZTnEIKXwHC7R1WJsaEDNhM6oQebimZV5K/"
				    "dFwQw7tgbD2+glAPSOo4TQpVfgjV7+iLpxh"
				    "NMta4ASa5zAFJQgSFxD8b2ruKaHHxcPKnqQRxiHa/DK0=\n";

static const char data[] = "hello\n";
static const size_t data_n = sizeof(data) - 1;

static struct gv_minisign_public public_key(const char *text)
{
	struct gv_minisign_public key;
	struct gv_err err = GV_ERR_INIT;

	assert_int_equal(gv_minisign_public_read(text, strlen(text), &key, &err), 0);
	return key;
}

static int verify(const char *text, size_t n, const char *of, size_t of_n)
{
	struct gv_minisign_public key = public_key(PUBLIC);
	struct gv_err err = GV_ERR_INIT;

	return gv_minisign_verify(&key, of, of_n, text, n, &err);
}

static int read_secret(const char *text, const char *with, struct gv_minisign_secret *ret)
{
	struct gv_err err = GV_ERR_INIT;

	return gv_minisign_secret_read(text, strlen(text), with, ret, &err);
}

/* What minisign signed is taken; whatever else is said, or cut off, is not. */
static void test_verify(void **state)
{
	char comment[GV_MINISIGN_COMMENT_MAX], changed[sizeof(signature)];
	const size_t n = sizeof(signature) - 1;
	const char *second = strchr(signature, '\n') + 1;
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	assert_int_equal(verify(signature, n, data, data_n), 0);
	assert_int_equal(verify(signature, n, data, data_n - 1), -GV_EVERIFY);
	assert_int_equal(gv_minisign_comment(signature, n, comment, &err), 0);
	assert_string_equal(comment, "a comment");
	/* the untrusted comment may say anything, the rest nothing else */
	for (size_t i = (size_t)(second - signature); i < n; i++) {
		int r;

		memcpy(changed, signature, n);
		changed[i] ^= 1;
		r = verify(changed, n, data, data_n);
		if (r != -GV_EVERIFY && r != -GV_EFORMAT)
			fail_msg("byte %zu may change: %d", i, r);
	}
	for (size_t cut = 0; cut + 1 < n; cut++)
		assert_true(verify(signature, cut, data, data_n) < 0);
	assert_int_equal(verify(signature, n - 1, data, data_n), 0); /* a newline */
}

static void test_keys(void **state)
{
	struct gv_minisign_public a = public_key(PUBLIC), b = public_key(public_file);
	struct gv_minisign_public key;
	struct gv_minisign_secret secret;
	struct gv_err err = GV_ERR_INIT;
	char changed[sizeof(plain_key)];

	(void)state;
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(
		gv_minisign_public_read(plain_key, sizeof(plain_key) - 1, &key, &err),
		-GV_EFORMAT);
	assert_int_equal(gv_minisign_public_read("", 0, &key, &err), -GV_EFORMAT);
	assert_int_equal(read_secret(plain_key, NULL, &secret), 0);
	key = gv_minisign_public_of(&secret);
	assert_memory_equal(&a, &key, sizeof(a));
	assert_int_equal(read_secret(public_file, NULL, &secret), -GV_EFORMAT);
	/* a damaged one makes no signature that nobody can verify */
	memcpy(changed, plain_key, sizeof(changed));
	changed[sizeof(plain_key) - 80] ^= 2;
	assert_int_equal(read_secret(changed, NULL, &secret), -GV_EFORMAT);
}

static void test_password(void **state)
{
	struct gv_minisign_secret plain, secret;
	char greedy[sizeof(encrypted_key)];

	(void)state;
	assert_int_equal(read_secret(plain_key, NULL, &plain), 0);
	assert_int_equal(read_secret(encrypted_key, NULL, &secret), 1);
	assert_int_equal(read_secret(encrypted_key, "correct horsE", &secret),
			 -GV_EPOLICY);
	assert_int_equal(read_secret(encrypted_key, "", &secret), -GV_EPOLICY);
	assert_int_equal(read_secret(encrypted_key, password, &secret), 0);
	assert_memory_equal(&plain, &secret, sizeof(plain));
	gv_minisign_forget(&secret);
	/* one that would take all memory of the machine */
	memcpy(greedy, encrypted_key, sizeof(greedy));
	memcpy(strchr(greedy, '\n') + 1 + 62, "//////////8A", 12);
	assert_int_equal(read_secret(greedy, password, &secret), -GV_EFORMAT);
}

static void test_sign(void **state)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	char comment[GV_MINISIGN_COMMENT_MAX];
	struct gv_minisign_secret secret;
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	assert_int_equal(read_secret(encrypted_key, password, &secret), 0);
	assert_int_equal(
		gv_minisign_sign(&secret, data, data_n, "a comment", &text, &err), 0);
	assert_int_equal(verify(text.data, text.len, data, data_n), 0);
	/* the algorithm leaves no choice: but for the first line it is minisign's */
	assert_string_equal(strchr(text.data, '\n'), strchr(signature, '\n'));
	gv_buf_clear(&text);
	assert_int_equal(gv_minisign_sign(&secret, "", 0, "a\tb", &text, &err), 0);
	assert_int_equal(verify(text.data, text.len, "", 0), 0);
	assert_int_equal(gv_minisign_comment(text.data, text.len, comment, &err), 0);
	assert_string_equal(comment, "a\tb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_sign),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
