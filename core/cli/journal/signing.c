// SPDX-License-Identifier: Apache-2.0
#include "core/cli/journal/signing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/replace.h"
#include "core/cli/terminal/ask.h"

#define SIGNED	  "log-heads/journal-signed"
#define SIGNATURE ".minisig"

void gv_signing_path(const struct gv_cli *cli, const char *file,
		     char ret[GV_SIGNING_PATH_LEN])
{
	struct gv_text t = gv_text_in(ret, GV_SIGNING_PATH_LEN);

	if (file)
		gv_text_add(&t, file);
	else
		gv_text_format(&t, "%s/" SIGNED, cli->store.root);
}

/* What is wrong, behind the name of the file. */
static int of_file(const char *path, int code, const struct gv_err *why,
		   struct gv_err *err)
{
	return gv_err_set(err, code, "'%s': %s", path, why->message);
}

static int read_text(const char *path, struct gv_buf *ret, struct gv_err *err)
{
	int r = gv_read_file(AT_FDCWD, path, ret);

	if (r == 0 && ret->len == 0)
		return gv_err_set(err, -GV_EFORMAT, "'%s' is empty", path);
	return r < 0 ? gv_err_sys(err, r, "cannot read '%s'", path) : 0;
}

/* -- keys ---------------------------------------------------------------------------- */

static int default_key(struct gv_buf *ret, struct gv_err *err)
{
	const char *dir = getenv("MINISIGN_CONFIG_DIR"), *home = getenv("HOME");

	if (dir && dir[0])
		(void)gv_buf_format(ret, "%s/minisign.key", dir);
	else if (home && home[0])
		(void)gv_buf_format(ret, "%s/.minisign/minisign.key", home);
	else
		return gv_err_set(err, -GV_EUSAGE, "--sign needs --key FILE");
	return gv_buf_error(ret) < 0 ? gv_err_sys(err, -ENOMEM, "cannot sign") : 0;
}

int gv_signing_key(const char *path, struct gv_minisign_secret *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf otherwise = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_MINISIGN_MAX);
	struct gv_err why = GV_ERR_INIT;
	char password[1024];
	int r = path ? 0 : default_key(&otherwise, err);

	if (r < 0)
		return r;
	path = path ? path : otherwise.data;
	r = read_text(path, &text, err);
	if (r < 0)
		return r;
	r = gv_minisign_secret_read(text.data, text.len, NULL, ret, &why);
	if (r == 1) {
		r = gv_cli_ask_password(path, password, sizeof(password), err);
		if (r < 0)
			return r;
		r = gv_minisign_secret_read(text.data, text.len, password, ret, &why);
	}
	explicit_bzero(password, sizeof(password));
	explicit_bzero(text.data, text.len);
	return r < 0 ? of_file(path, r, &why, err) : 0;
}

int gv_signing_public(const char *path, struct gv_minisign_public *ret,
		      struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_MINISIGN_MAX);
	struct gv_err why = GV_ERR_INIT;
	int r;

	if (gv_minisign_public_read(path, strlen(path), ret, &why) == 0)
		return 0;
	r = read_text(path, &text, err);
	if (r < 0)
		return r;
	why = GV_ERR_INIT;
	r = gv_minisign_public_read(text.data, text.len, ret, &why);
	return r < 0 ? of_file(path, r, &why, err) : 0;
}

/* -- what is signed ------------------------------------------------------------------ */

static int format_text(const struct gv_signed_head *h, struct gv_buf *ret)
{
	return gv_buf_format(ret, "govern journal\nrecords %llu\nhead %s\n",
			     (unsigned long long)h->records, h->head);
}

static int format_comment(const struct gv_signed_head *h, struct gv_buf *ret)
{
	return gv_buf_format(ret, "timestamp:%lld\trecords:%llu\thead:%s",
			     (long long)h->time, (unsigned long long)h->records, h->head);
}

/* "KEY:VALUE<TAB>…": the value, and *s behind the tab. */
static bool take(const char **s, const char *key, size_t *ret_n, const char **ret)
{
	const char *value = gv_after_prefix(*s, key);

	if (!value)
		return false;
	*ret = value;
	*ret_n = strcspn(value, "\t");
	*s = value + *ret_n + (value[*ret_n] == '\t');
	return true;
}

static bool parse_comment(const char *s, struct gv_signed_head *ret)
{
	const char *value;
	uint64_t when;
	size_t n;

	if (!take(&s, "timestamp:", &n, &value) ||
	    gv_num_parse(value, n, INT32_MAX * UINT64_C(1000), &when) < 0 ||
	    !take(&s, "records:", &n, &value) ||
	    gv_num_parse(value, n, INT64_MAX, &ret->records) < 0 ||
	    !take(&s, "head:", &n, &value) || n != sizeof(ret->head) - 1 || *s)
		return false;
	ret->time = (time_t)when;
	memcpy(ret->head, value, n);
	ret->head[n] = '\0';
	return true;
}

/* `file` NULL: in the store. */
static int save(const struct gv_cli *cli, const char *file, const char *ending,
		const struct gv_buf *text, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf name = GV_BUF_INIT(0);
	char path[GV_SIGNING_PATH_LEN];
	int r = gv_buf_format(&name, "%s%s", file ? file : SIGNED, ending);

	gv_signing_path(cli, file, path);
	if (r == 0 && file)
		return gv_user_file_save(name.data, text->data, text->len, err);
	if (r == 0)
		r = gv_save_file(cli->store.root_fd, name.data, text->data, text->len,
				 0644 | GV_MODE_EXACT);
	return r < 0 ? gv_err_sys(err, r, "cannot write '%s'", path) : 0;
}

int gv_signing_write(const struct gv_cli *cli, const char *file,
		     const struct gv_minisign_secret *key,
		     const struct gv_signed_head *head, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf comment = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf signature = GV_BUF_INIT(0);
	int r = format_text(head, &text);

	if (r == 0)
		r = format_comment(head, &comment);
	if (r < 0)
		return gv_err_sys(err, r, "cannot sign");
	r = gv_minisign_sign(key, text.data, text.len, comment.data, &signature, err);
	if (r < 0)
		return r;
	r = save(cli, file, "", &text, err);
	return r == 0 ? save(cli, file, SIGNATURE, &signature, err) : r;
}

/* The comment says what the text was; the signature, whether that is so. */
static int verify(const struct gv_buf *signature, const struct gv_minisign_public *key,
		  struct gv_signed_head *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	char comment[GV_MINISIGN_COMMENT_MAX];
	int r = gv_minisign_comment(signature->data, signature->len, comment, err);

	if (r < 0)
		return r;
	if (!parse_comment(comment, ret))
		return gv_err_set(err, -GV_EFORMAT,
				  "it does not tell of the head of a journal");
	if (format_text(ret, &text) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot verify a signature");
	return gv_minisign_verify(key, text.data, text.len, signature->data,
				  signature->len, err);
}

int gv_signing_read(const struct gv_cli *cli, const char *file,
		    const struct gv_minisign_public *key, struct gv_signed_head *ret,
		    struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_MINISIGN_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	char at[GV_SIGNING_PATH_LEN];
	struct gv_err why = GV_ERR_INIT;
	int r;

	gv_signing_path(cli, file, at);
	r = gv_buf_format(&path, "%s" SIGNATURE, at);
	if (r == 0)
		r = gv_read_file(AT_FDCWD, path.data, &text);
	if (r == -ENOENT)
		return 1;
	if (r == 0 && text.len == 0)
		return gv_err_set(err, -GV_EVERIFY, "'%s' is empty", path.data);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", at);
	r = verify(&text, key, ret, &why);
	/* Whatever it is, it is not what was signed. */
	return r < 0 ? of_file(path.data, -GV_EVERIFY, &why, err) : 0;
}
