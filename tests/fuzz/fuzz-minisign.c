// SPDX-License-Identifier: Apache-2.0
/* Keys and signatures in minisign's format: whatever they say, they are taken or
 * refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/minisign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct gv_minisign_public key = {.id = "no key"};
	struct gv_minisign_secret secret;
	struct gv_err err = GV_ERR_INIT;
	char comment[GV_MINISIGN_COMMENT_MAX];

	/* Without a password: to try one takes a second. */
	if (gv_minisign_secret_read(text, size, NULL, &secret, &err) == 0)
		gv_minisign_forget(&secret);
	if (gv_minisign_public_read(text, size, &key, &err) < 0)
		memset(&key, 0, sizeof(key));
	if (gv_minisign_comment(text, size, comment, &err) == 0 &&
	    strlen(comment) >= sizeof(comment))
		abort();
	/* Nobody signed this. */
	if (gv_minisign_verify(&key, "", 0, text, size, &err) == 0)
		abort();
	return 0;
}
