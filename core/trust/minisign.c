// SPDX-License-Identifier: Apache-2.0
#include "core/trust/minisign.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "core/base/text.h"
#include "core/trust/base64.h"

/* A line of base64 is what one of these is, field by field; numbers are little-endian. */
struct secret_line {
	uint8_t algorithm[2], kdf[2], checksum_algorithm[2];
	uint8_t salt[crypto_pwhash_scryptsalsa208sha256_SALTBYTES];
	uint8_t ops[8], memory[8];
	struct secret_part {
		uint8_t id[8];
		uint8_t key[crypto_sign_SECRETKEYBYTES];
		uint8_t checksum[crypto_generichash_BYTES];
	} part; /* encrypted, unless kdf is 0 */
};

struct public_line {
	uint8_t algorithm[2], id[8];
	uint8_t key[crypto_sign_PUBLICKEYBYTES];
};

struct signature_line {
	uint8_t algorithm[2], id[8];
	uint8_t signature[crypto_sign_BYTES];
};

_Static_assert(sizeof(struct secret_line) == 158, "no padding");
_Static_assert(sizeof(struct public_line) == 42, "no padding");
_Static_assert(sizeof(struct signature_line) == 74, "no padding");

#define UNTRUSTED "untrusted comment: "
#define TRUSTED	  "trusted comment: "

struct line {
	const char *s;
	size_t n;
};

/* At most `max` lines, each with its newline but perhaps the last; more are refused. */
static size_t split(const char *text, size_t n, struct line *ret, size_t max)
{
	const char *end = text + n;
	size_t lines = 0;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end;

		if (lines == max)
			return 0;
		ret[lines].s = text;
		ret[lines].n = (size_t)(stop - text);
		if (ret[lines].n && stop[-1] == '\r')
			ret[lines].n--;
		lines++;
		text = nl ? nl + 1 : end;
	}
	return lines;
}

static bool begins(const struct line *line, const char *prefix)
{
	return line->n >= strlen(prefix) && memcmp(line->s, prefix, strlen(prefix)) == 0;
}

/* -- keys ---------------------------------------------------------------------------- */

static uint64_t little_endian(const uint8_t b[8])
{
	uint64_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | b[i];
	return n;
}

/* The password gives a stream that the secret part is combined with. */
static int decrypt(struct secret_line *line, const char *password, struct gv_err *err)
{
	const uint64_t ops_max = 1u << 26, memory_max = UINT64_C(2) << 30;
	uint64_t ops = little_endian(line->ops), memory = little_endian(line->memory);
	uint8_t stream[sizeof(line->part)], *part = (uint8_t *)&line->part;
	int r;

	if (ops > ops_max || memory > memory_max)
		return gv_err_set(err, -GV_EFORMAT,
				  "the secret key wants more memory or time than keys "
				  "of minisign do");
	errno = ENOMEM;
	r = crypto_pwhash_scryptsalsa208sha256(stream, sizeof(stream), password,
					       strlen(password), line->salt, ops,
					       (size_t)memory);
	if (r != 0)
		return gv_err_sys(err, -errno, "cannot decrypt the secret key");
	for (size_t i = 0; i < sizeof(stream); i++)
		part[i] ^= stream[i];
	sodium_memzero(stream, sizeof(stream));
	return 0;
}

static bool is_whole(const struct secret_line *line)
{
	uint8_t checksum[crypto_generichash_BYTES];
	crypto_generichash_state state;

	return crypto_generichash_init(&state, NULL, 0, sizeof(checksum)) == 0 &&
	       crypto_generichash_update(&state, line->algorithm,
					 sizeof(line->algorithm)) == 0 &&
	       crypto_generichash_update(&state, line->part.id,
					 sizeof(line->part.id) +
						 sizeof(line->part.key)) == 0 &&
	       crypto_generichash_final(&state, checksum, sizeof(checksum)) == 0 &&
	       sodium_memcmp(checksum, line->part.checksum, sizeof(checksum)) == 0;
}

/* minisign writes no checksum into a key without a password; but its public half must be
 * that of its seed. */
static bool is_pair(const struct secret_line *line)
{
	uint8_t seed[crypto_sign_SEEDBYTES], public[crypto_sign_PUBLICKEYBYTES];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	bool is = crypto_sign_ed25519_sk_to_seed(seed, line->part.key) == 0 &&
		  crypto_sign_seed_keypair(public, secret, seed) == 0 &&
		  sodium_memcmp(secret, line->part.key, sizeof(secret)) == 0;

	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(secret, sizeof(secret));
	return is;
}

static int open_secret(struct secret_line *line, const char *password, struct gv_err *err)
{
	bool encrypted = memcmp(line->kdf, "Sc", 2) == 0;
	int r;

	if (memcmp(line->algorithm, "Ed", 2) != 0 ||
	    memcmp(line->checksum_algorithm, "B2", 2) != 0 ||
	    (!encrypted && memcmp(line->kdf, "\0\0", 2) != 0))
		return gv_err_set(err, -GV_EFORMAT,
				  "it is no secret key of minisign that is known here");
	if (encrypted && !password)
		return 1;
	r = encrypted ? decrypt(line, password, err) : 0;
	if (r < 0)
		return r;
	if (encrypted ? is_whole(line) : is_pair(line))
		return 0;
	return encrypted ? gv_err_set(err, -GV_EPOLICY,
				      "this is not the password of the secret key")
			 : gv_err_set(err, -GV_EFORMAT, "the secret key is damaged");
}

int gv_minisign_secret_read(const char *text, size_t n, const char *password,
			    struct gv_minisign_secret *ret, struct gv_err *err)
{
	struct secret_line line;
	struct line lines[2];
	int r;

	if (sodium_init() < 0)
		return gv_err_sys(err, -ENOSYS, "cannot sign");
	if (split(text, n, lines, 2) != 2 || !begins(&lines[0], UNTRUSTED) ||
	    gv_base64_decode(lines[1].s, lines[1].n, (uint8_t *)&line, sizeof(line)) < 0)
		return gv_err_set(err, -GV_EFORMAT, "it is no secret key of minisign");
	r = open_secret(&line, password, err);
	if (r == 0) {
		memcpy(ret->id, line.part.id, sizeof(ret->id));
		memcpy(ret->key, line.part.key, sizeof(ret->key));
	}
	sodium_memzero(&line, sizeof(line));
	return r;
}

void gv_minisign_forget(struct gv_minisign_secret *key)
{
	if (key)
		sodium_memzero(key, sizeof(*key));
}

struct gv_minisign_public gv_minisign_public_of(const struct gv_minisign_secret *key)
{
	struct gv_minisign_public ret;

	memcpy(ret.id, key->id, sizeof(ret.id));
	memcpy(ret.key, key->key + sizeof(key->key) - sizeof(ret.key), sizeof(ret.key));
	return ret;
}

int gv_minisign_public_read(const char *text, size_t n, struct gv_minisign_public *ret,
			    struct gv_err *err)
{
	struct public_line line;
	struct line lines[2];
	size_t got = split(text, n, lines, 2);
	const struct line *last = got ? &lines[got - 1] : NULL;

	if (!last || (got == 2 && !begins(&lines[0], UNTRUSTED)) ||
	    gv_base64_decode(last->s, last->n, (uint8_t *)&line, sizeof(line)) < 0 ||
	    memcmp(line.algorithm, "Ed", 2) != 0)
		return gv_err_set(err, -GV_EFORMAT, "it is no public key of minisign");
	memcpy(ret->id, line.id, sizeof(ret->id));
	memcpy(ret->key, line.key, sizeof(ret->key));
	return 0;
}

/* -- signatures ---------------------------------------------------------------------- */

struct signature {
	struct signature_line line;
	struct line comment;
	uint8_t global[crypto_sign_BYTES];
};

static int read_signature(const char *text, size_t n, struct signature *ret,
			  struct gv_err *err)
{
	struct line lines[4];

	if (split(text, n, lines, 4) != 4 || !begins(&lines[0], UNTRUSTED) ||
	    !begins(&lines[2], TRUSTED) ||
	    lines[2].n - strlen(TRUSTED) >= GV_MINISIGN_COMMENT_MAX ||
	    gv_base64_decode(lines[1].s, lines[1].n, (uint8_t *)&ret->line,
			     sizeof(ret->line)) < 0 ||
	    gv_base64_decode(lines[3].s, lines[3].n, ret->global, sizeof(ret->global)) <
		    0 ||
	    memcmp(ret->line.algorithm, "ED", 2) != 0)
		return gv_err_set(err, -GV_EFORMAT,
				  "it is no signature of minisign of the kind ED");
	ret->comment.s = lines[2].s + strlen(TRUSTED);
	ret->comment.n = lines[2].n - strlen(TRUSTED);
	return 0;
}

/* What is signed the second time: the signature, and the comment behind it. */
static int with_comment(const struct signature_line *line, const char *comment, size_t n,
			struct gv_buf *ret)
{
	gv_buf_add(ret, line->signature, sizeof(line->signature));
	gv_buf_add(ret, comment, n);
	return gv_buf_error(ret);
}

static void add_line(struct gv_buf *b, const char *before, const char *s)
{
	gv_buf_add(b, before, strlen(before));
	gv_buf_add(b, s, strlen(s));
	gv_buf_add(b, "\n", 1);
}

int gv_minisign_sign(const struct gv_minisign_secret *key, const void *data, size_t n,
		     const char *comment, struct gv_buf *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf again = GV_BUF_INIT(0);
	uint8_t digest[crypto_generichash_BYTES_MAX], global[crypto_sign_BYTES];
	char text[GV_BASE64_LEN(sizeof(struct signature_line)) + 1];
	struct signature_line line = {.algorithm = {'E', 'D'}};

	memcpy(line.id, key->id, sizeof(line.id));
	if (crypto_generichash(digest, sizeof(digest), data, n, NULL, 0) != 0 ||
	    crypto_sign_detached(line.signature, NULL, digest, sizeof(digest),
				 key->key) != 0 ||
	    with_comment(&line, comment, strlen(comment), &again) < 0 ||
	    crypto_sign_detached(global, NULL, (const uint8_t *)again.data, again.len,
				 key->key) != 0)
		return gv_err_sys(err, -EINVAL, "cannot sign");
	add_line(ret, UNTRUSTED, "signed by govern");
	gv_base64_encode((const uint8_t *)&line, sizeof(line), text);
	add_line(ret, "", text);
	add_line(ret, TRUSTED, comment);
	gv_base64_encode(global, sizeof(global), text);
	add_line(ret, "", text);
	return gv_buf_error(ret) < 0 ? gv_err_sys(err, gv_buf_error(ret), "cannot sign")
				     : 0;
}

int gv_minisign_comment(const char *text, size_t n, char ret[GV_MINISIGN_COMMENT_MAX],
			struct gv_err *err)
{
	struct signature s;
	struct gv_text t = gv_text_in(ret, GV_MINISIGN_COMMENT_MAX);
	int r = read_signature(text, n, &s, err);

	if (r == 0)
		gv_text_add_n(&t, s.comment.s, s.comment.n);
	return r;
}

int gv_minisign_verify(const struct gv_minisign_public *key, const void *data, size_t n,
		       const char *text, size_t text_n, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf again = GV_BUF_INIT(0);
	uint8_t digest[crypto_generichash_BYTES_MAX];
	struct signature s;
	int r = read_signature(text, text_n, &s, err);

	if (r < 0)
		return r;
	if (memcmp(s.line.id, key->id, sizeof(key->id)) != 0)
		return gv_err_set(err, -GV_EVERIFY, "it was signed with another key");
	if (with_comment(&s.line, s.comment.s, s.comment.n, &again) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot verify a signature");
	if (crypto_generichash(digest, sizeof(digest), data, n, NULL, 0) != 0 ||
	    crypto_sign_verify_detached(s.line.signature, digest, sizeof(digest),
					key->key) != 0 ||
	    crypto_sign_verify_detached(s.global, (const uint8_t *)again.data, again.len,
					key->key) != 0)
		return gv_err_set(err, -GV_EVERIFY, "the signature is not of this");
	return 0;
}
