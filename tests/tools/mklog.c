// SPDX-License-Identifier: Apache-2.0
/*
 * Makes a checksum database of a throw-away key, as a tree of files that a static server
 * or a file:// proxy can serve.
 *
 *	mklog [-n NAME] [-s SEED] [-f FILLER] DIR < DIR/hashes
 *
 * Each line of the input, "v0.0.1-go1.22.5.linux-amd64 h1:…", becomes a record of
 * golang.org/toolchain; FILLER records of other modules come before them, so that there
 * is more than one tile.  Written are, below DIR/sumdb/NAME (default: sum.test.example):
 *
 *	supported  latest  lookup/golang.org/toolchain@<version>  tile/8/<level>/<number>
 *
 * and DIR/sumdb/NAME.key, the verifier key, which is printed too: GOSUMDB=<key> makes
 * govern use this log.  SEED (any text) decides the key: the same SEED and a longer input
 * is the same log, grown; the same SEED and another FILLER is a fork of it.  Files of
 * other tree sizes that are there already stay.
 */
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/trust/merkle.h"

#define GO_MOD_H1 "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0="
#define LEVELS	  64
#define TILE	  256

struct log {
	const char *name;
	char dir[PATH_MAX];
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	unsigned char public[crypto_sign_PUBLICKEYBYTES];
	char vkey[256];
	unsigned char key_hash[4];
	char **texts;
	char **versions; /* NULL: filler */
	size_t n;
	struct gv_hash *levels[LEVELS]; /* hashes of complete subtrees of 2^i records */
};

static void die(const char *what)
{
	fprintf(stderr, "mklog: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *need(void *p)
{
	if (!p)
		die("memory");
	return p;
}

static void write_file(const char *path, const void *data, size_t n)
{
	char dir[PATH_MAX];
	FILE *f;

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *p = strchr(dir + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(dir, 0755) < 0 && errno != EEXIST)
			die(dir);
		*p = '/';
	}
	f = fopen(path, "w");
	if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0)
		die(path);
}

static void base64(const void *data, size_t n, char *ret, size_t cap)
{
	sodium_bin2base64(ret, cap, data, n, sodium_base64_VARIANT_ORIGINAL);
}

static void make_key(struct log *log, const char *seed_text)
{
	unsigned char seed[crypto_sign_SEEDBYTES], hash[crypto_hash_sha256_BYTES];
	unsigned char key[1 + crypto_sign_PUBLICKEYBYTES] = {1};
	crypto_hash_sha256_state state;
	char text[64];

	crypto_hash_sha256(seed, (const unsigned char *)seed_text, strlen(seed_text));
	crypto_sign_seed_keypair(log->public, log->secret, seed);
	memcpy(key + 1, log->public, sizeof(log->public));
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)log->name,
				  strlen(log->name));
	crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
	crypto_hash_sha256_update(&state, key, sizeof(key));
	crypto_hash_sha256_final(&state, hash);
	memcpy(log->key_hash, hash, sizeof(log->key_hash));
	base64(key, sizeof(key), text, sizeof(text));
	snprintf(log->vkey, sizeof(log->vkey), "%s+%02x%02x%02x%02x+%s", log->name,
		 hash[0], hash[1], hash[2], hash[3], text);
}

static void add_record(struct log *log, const char *version, const char *text)
{
	log->texts = need(reallocarray(log->texts, log->n + 1, sizeof(char *)));
	log->versions = need(reallocarray(log->versions, log->n + 1, sizeof(char *)));
	log->texts[log->n] = need(strdup(text));
	log->versions[log->n] = version ? need(strdup(version)) : NULL;
	log->n++;
}

static void read_records(struct log *log, unsigned long filler)
{
	char line[1024], text[4096], version[512], h1[128];

	for (unsigned long i = 0; i < filler; i++) {
		snprintf(
			text, sizeof(text),
			"example.org/m%lu v1.0.0 %s\nexample.org/m%lu v1.0.0/go.mod %s\n",
			i, GO_MOD_H1, i, GO_MOD_H1);
		add_record(log, NULL, text);
	}
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%511s %127s", version, h1) != 2) {
			fprintf(stderr, "mklog: not a version and an h1: %s", line);
			exit(1);
		}
		snprintf(
			text, sizeof(text),
			"golang.org/toolchain %s %s\ngolang.org/toolchain %s/go.mod %s\n",
			version, h1, version, GO_MOD_H1);
		add_record(log, version, text);
	}
	if (log->n == 0) {
		fputs("mklog: no records\n", stderr);
		exit(1);
	}
}

static void hash_levels(struct log *log)
{
	log->levels[0] = need(calloc(log->n, sizeof(struct gv_hash)));
	for (size_t i = 0; i < log->n; i++)
		log->levels[0][i] = gv_merkle_leaf(log->texts[i], strlen(log->texts[i]));
	for (unsigned k = 1; k < LEVELS && log->n >> k; k++) {
		log->levels[k] = need(calloc(log->n >> k, sizeof(struct gv_hash)));
		for (size_t i = 0; i < log->n >> k; i++)
			log->levels[k][i] =
				gv_merkle_node(&log->levels[k - 1][2 * i],
					       &log->levels[k - 1][2 * i + 1]);
	}
}

/* The complete subtrees that make up the tree, folded from the right. */
static struct gv_hash root_of(const struct log *log)
{
	struct gv_hash root;
	bool any = false;

	for (unsigned k = 0; k < LEVELS; k++) {
		const struct gv_hash *left;

		if (!(log->n >> k & 1))
			continue;
		left = &log->levels[k][(log->n >> k) - 1];
		root = any ? gv_merkle_node(left, &root) : *left;
		any = true;
	}
	return root;
}

static void tile_name(char *ret, size_t cap, unsigned level, size_t number, size_t width)
{
	char groups[8][8];
	int n = 0;

	do {
		snprintf(groups[n++], sizeof(groups[0]), "%03zu", number % 1000);
		number /= 1000;
	} while (number);
	snprintf(ret, cap, "tile/8/%u", level);
	for (int i = n - 1; i >= 0; i--)
		snprintf(ret + strlen(ret), cap - strlen(ret), "/%s%s", i ? "x" : "",
			 groups[i]);
	if (width < TILE)
		snprintf(ret + strlen(ret), cap - strlen(ret), ".p/%zu", width);
}

static void write_below(const struct log *log, const char *name, const void *data,
			size_t n)
{
	char path[PATH_MAX * 2];

	snprintf(path, sizeof(path), "%s/%s", log->dir, name);
	write_file(path, data, n);
}

static void write_tiles(const struct log *log)
{
	for (unsigned level = 0; level < LEVELS / 8 && log->n >> (8 * level); level++) {
		size_t count = log->n >> (8 * level);

		for (size_t at = 0; at < count; at += TILE) {
			size_t width = count - at < TILE ? count - at : TILE;
			char name[256];

			tile_name(name, sizeof(name), level, at / TILE, width);
			write_below(log, name, &log->levels[8 * level][at],
				    width * sizeof(struct gv_hash));
		}
	}
}

static void make_note(const struct log *log, char *ret, size_t cap)
{
	unsigned char sig[4 + crypto_sign_BYTES];
	struct gv_hash root = root_of(log);
	char text[64], signature[128];

	base64(root.b, sizeof(root.b), text, sizeof(text));
	snprintf(ret, cap, "go.sum database tree\n%zu\n%s\n", log->n, text);
	memcpy(sig, log->key_hash, 4);
	crypto_sign_detached(sig + 4, NULL, (const unsigned char *)ret, strlen(ret),
			     log->secret);
	base64(sig, sizeof(sig), signature, sizeof(signature));
	snprintf(ret + strlen(ret), cap - strlen(ret), "\n\u2014 %s %s\n", log->name,
		 signature);
}

static void write_log(const struct log *log)
{
	char note[1024], answer[8192], name[1024];

	make_note(log, note, sizeof(note));
	write_below(log, "supported", "", 0);
	write_below(log, "latest", note, strlen(note));
	write_tiles(log);
	for (size_t i = 0; i < log->n; i++) {
		if (!log->versions[i])
			continue;
		snprintf(name, sizeof(name), "lookup/golang.org/toolchain@%s",
			 log->versions[i]);
		snprintf(answer, sizeof(answer), "%zu\n%s\n%s", i, log->texts[i], note);
		write_below(log, name, answer, strlen(answer));
	}
}

static void release(struct log *log)
{
	for (size_t i = 0; i < log->n; i++) {
		free(log->texts[i]);
		free(log->versions[i]);
	}
	free(log->texts);
	free(log->versions);
	for (unsigned k = 0; k < LEVELS; k++)
		free(log->levels[k]);
}

int main(int argc, char **argv)
{
	struct log log = {.name = "sum.test.example"};
	const char *seed = "govern";
	unsigned long filler = 0;
	char path[PATH_MAX * 2];
	int c;

	while ((c = getopt(argc, argv, "n:s:f:")) != -1) {
		if (c == 'n')
			log.name = optarg;
		else if (c == 's')
			seed = optarg;
		else if (c == 'f')
			filler = strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind != argc - 1 || sodium_init() < 0) {
		fputs("usage: mklog [-n NAME] [-s SEED] [-f FILLER] DIR < hashes\n",
		      stderr);
		return 2;
	}
	snprintf(log.dir, sizeof(log.dir), "%s/sumdb/%s", argv[optind], log.name);
	make_key(&log, seed);
	read_records(&log, filler);
	hash_levels(&log);
	write_log(&log);
	snprintf(path, sizeof(path), "%s.key", log.dir);
	write_file(path, log.vkey, strlen(log.vkey));
	puts(log.vkey);
	release(&log);
	return 0;
}
