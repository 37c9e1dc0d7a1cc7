// SPDX-License-Identifier: Apache-2.0
#include "core/trust/note.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/num.h"
#include "core/base/text.h"
#include "core/trust/base64.h"
#include "core/trust/sha256.h"
#include "core/trust/utf8.h"

enum {
	ALG_ED25519 = 1,
	SIGNATURES_MAX = 100,
	HASH_BYTES = 4, /* of the key, before a key or a signature's bytes */
	SIGNED_BYTES = HASH_BYTES + crypto_sign_BYTES,
	SIGNATURE_MAX =
		GV_NOTE_MAX / 4 * 3, /* bytes: whatever another key may sign with */
};

/* -- keys ---------------------------------------------------------------------------- */

/*
 * A name is "host" or "host/path": it becomes part of URLs and, "/" written "%", a file
 * name.  No component may start with a dot.
 */
static bool name_is_good(const char *s, size_t n)
{
	char before = '/';

	for (size_t i = 0; i < n; before = s[i++]) {
		char c = s[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			      (c >= '0' && c <= '9');

		if (before == '/' && !letter)
			return false;
		if (!letter && !strchr("/.-_:~", c))
			return false;
	}
	return before != '/';
}

static uint32_t big_endian(const uint8_t b[HASH_BYTES])
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int hex_hash(const char *s, size_t n, uint32_t *ret)
{
	uint8_t b[HASH_BYTES];
	size_t got = 0;

	if (n != 2 * sizeof(b) ||
	    sodium_hex2bin(b, sizeof(b), s, n, NULL, &got, NULL) != 0 || got != sizeof(b))
		return -EINVAL;
	*ret = big_endian(b);
	return 0;
}

/* The first bytes of SHA-256(name, newline, algorithm and key).  Not by gv_sha256_init():
 * whoever only reads GOSUMDB shall not open a library of five megabytes for it. */
static uint32_t key_hash(const char *name, const uint8_t *key, size_t n)
{
	uint8_t digest[GV_SHA256_BYTES];
	crypto_hash_sha256_state h;

	/* These always return 0. */
	(void)crypto_hash_sha256_init(&h);
	(void)crypto_hash_sha256_update(&h, (const uint8_t *)name, strlen(name));
	(void)crypto_hash_sha256_update(&h, (const uint8_t *)"\n", 1);
	(void)crypto_hash_sha256_update(&h, key, n);
	(void)crypto_hash_sha256_final(&h, digest);
	return big_endian(digest);
}

int gv_vkey_parse(const char *s, struct gv_vkey *ret)
{
	const char *hash = strchr(s, '+');
	const char *key = hash ? strchr(hash + 1, '+') : NULL;
	uint8_t raw[1 + crypto_sign_PUBLICKEYBYTES]; /* the algorithm, the key */
	struct gv_vkey k = {0};
	size_t n = strlen(s);

	_Static_assert(sizeof(k.key) == crypto_sign_PUBLICKEYBYTES, "an Ed25519 key");
	if (!key || n >= sizeof(k.text) || (size_t)(hash - s) >= sizeof(k.name) ||
	    !name_is_good(s, (size_t)(hash - s)) ||
	    hex_hash(hash + 1, (size_t)(key - hash - 1), &k.hash) < 0 ||
	    gv_base64_decode(key + 1, strlen(key + 1), raw, sizeof(raw)) < 0 ||
	    raw[0] != ALG_ED25519)
		return -EINVAL;
	memcpy(k.text, s, n);
	memcpy(k.name, s, (size_t)(hash - s));
	for (size_t i = 0; k.name[i]; i++)
		k.file[i] = k.name[i] == '/' ? '%' : k.name[i];
	memcpy(k.key, raw + 1, sizeof(k.key));
#ifndef GV_WITHOUT_KEY_HASH /* tests/controls: any key under any name */
	if (key_hash(k.name, raw, sizeof(raw)) != k.hash)
		return -EINVAL;
#endif
	*ret = k;
	return 0;
}

/* -- notes --------------------------------------------------------------------------- */

/* One signature line, without its newline. */
struct signature {
	const char *name, *base64;
	size_t name_len, base64_len;
};

static int split_signature(const char *line, size_t n, struct signature *ret)
{
	static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a blank */
	const char *name = line + sizeof(dash) - 1;
	const char *blank;

	if (n < sizeof(dash) || memcmp(line, dash, sizeof(dash) - 1) != 0)
		return -EINVAL;
	n -= sizeof(dash) - 1;
	blank = memchr(name, ' ', n);
	if (!blank || blank == name || memchr(name, '+', (size_t)(blank - name)))
		return -EINVAL;
	*ret = (struct signature){
		.name = name,
		.name_len = (size_t)(blank - name),
		.base64 = blank + 1,
		.base64_len = n - (size_t)(blank + 1 - name),
	};
	return 0;
}

/* The bytes of a signature by whatever kind of key: at least the key's hash and one. */
static int signature_bytes(const struct signature *sig, uint8_t ret[SIGNATURE_MAX],
			   size_t *ret_n)
{
	int r = gv_base64_decode_some(sig->base64, sig->base64_len, ret, SIGNATURE_MAX,
				      ret_n);

	return r == 0 && *ret_n <= HASH_BYTES ? -EINVAL : r;
}

static bool is_by(const struct signature *sig, const uint8_t *raw,
		  const struct gv_vkey *key)
{
	return sig->name_len == strlen(key->name) &&
	       memcmp(sig->name, key->name, sig->name_len) == 0 &&
	       big_endian(raw) == key->hash;
}

/* The place behind the last blank line, where the signatures begin; NULL: there is none.
 */
static const char *signatures_of(const char *note, size_t n)
{
	for (size_t i = n; i >= 2; i--)
		if (note[i - 1] == '\n' && note[i - 2] == '\n')
			return note + i;
	return NULL;
}

int gv_note_open(const char *note, size_t n, const struct gv_vkey *key,
		 size_t *ret_text_len, struct gv_err *err)
{
	const char *line, *end = note + n;
	size_t text_len, good = 0;

	if (n > GV_NOTE_MAX)
		return gv_err_set(err, -GV_EFORMAT,
				  "the signed note of '%s' is longer than %u bytes",
				  key->name, GV_NOTE_MAX);
	line = gv_text_is_plain(note, n) ? signatures_of(note, n) : NULL;
	if (!line || line == end || end[-1] != '\n')
		return gv_err_set(err, -GV_EFORMAT, "what '%s' sent is not a signed note",
				  key->name);
	text_len = (size_t)(line - note) - 1;
	for (unsigned count = 1; line < end; count++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		struct signature sig;
		uint8_t raw[SIGNATURE_MAX];
		size_t raw_n = 0;

		if (count > SIGNATURES_MAX ||
		    split_signature(line, (size_t)(newline - line), &sig) < 0 ||
		    signature_bytes(&sig, raw, &raw_n) < 0)
			return gv_err_set(
				err, -GV_EFORMAT,
				"signature line %u of the note of '%s' is malformed",
				count, key->name);
		line = newline + 1;
		if (!is_by(&sig, raw, key))
			continue;
#ifndef GV_WITHOUT_SIGNATURE /* tests/controls: a name and a hash are enough */
		if (raw_n != SIGNED_BYTES ||
		    crypto_sign_verify_detached(raw + HASH_BYTES,
						(const unsigned char *)note, text_len,
						key->key) != 0)
			return gv_err_set(err, -GV_EVERIFY,
					  "the note's signature by '%s' is not right",
					  key->name);
#endif
		good++;
	}
	if (!good)
		return gv_err_set(err, -GV_EVERIFY,
				  "the note is not signed by '%s' (key %.*s)", key->name,
				  2 * HASH_BYTES, key->text + strlen(key->name) + 1);
	*ret_text_len = text_len;
	return 0;
}

/* -- tree heads ---------------------------------------------------------------------- */

int gv_canonical_number(const char *s, size_t n, uint64_t *ret)
{
	if (n > 1 && s[0] == '0')
		return -EINVAL;
	return gv_num_parse(s, n, INT64_MAX, ret);
}

static int parse_head(const char *text, size_t n, struct gv_head *ret)
{
	static const char title[] = "go.sum database tree\n";
	const char *size = text + sizeof(title) - 1, *end = text + n, *root, *root_end;
	struct gv_head head;

	if (n < sizeof(title) - 1 || memcmp(text, title, sizeof(title) - 1) != 0)
		return -EINVAL;
	root = memchr(size, '\n', (size_t)(end - size));
	if (!root || gv_canonical_number(size, (size_t)(root - size), &head.size) < 0)
		return -EINVAL;
	root++;
	root_end = memchr(root, '\n', (size_t)(end - root));
	if (!root_end ||
	    gv_hash_from_base64(root, (size_t)(root_end - root), &head.root) < 0)
		return -EINVAL;
	*ret = head; /* lines that follow are extensions */
	return 0;
}

int gv_head_open(const char *note, size_t n, const struct gv_vkey *key,
		 struct gv_head *ret, struct gv_err *err)
{
	size_t text_len;
	int r = gv_note_open(note, n, key, &text_len, err);

	if (r < 0)
		return r;
	/* The log did sign it: this is no accident of the way. */
	if (parse_head(note, text_len, ret) < 0)
		return gv_err_set(
			err, -GV_EVERIFY,
			"the note of '%s' is not the head of a checksum database",
			key->name);
	return 0;
}
