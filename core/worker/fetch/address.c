// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* https://www.iana.org/assignments/iana-ipv4-special-registry: those that may lead
 * somewhere. */
static const struct {
	uint32_t net;
	unsigned bits;
} not_public_v4[] = {
	{0x00000000, 8},  /* this host */
	{0x0a000000, 8},  /* 10/8 */
	{0x64400000, 10}, /* 100.64/10 */
	{0x7f000000, 8},  /* loopback */
	{0xa9fe0000, 16}, /* link local, and the metadata services of clouds */
	{0xac100000, 12}, /* 172.16/12 */
	{0xc0000000, 24}, /* 192.0.0/24 */
	{0xc0a80000, 16}, /* 192.168/16 */
	{0xc6120000, 15}, /* 198.18/15 */
	{0xe0000000, 3},  /* multicast and reserved */
};

static bool v4_is_public(uint32_t address)
{
	for (size_t i = 0; i < GV_COUNT(not_public_v4); i++)
		if ((address ^ not_public_v4[i].net) >> (32 - not_public_v4[i].bits) == 0)
			return false;
	return true;
}

static bool v6_is_public(const uint8_t a[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96 */
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};    /* 64:ff9b::/96 */

	if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
		return v4_is_public((uint32_t)a[12] << 24 | (uint32_t)a[13] << 16 |
				    (uint32_t)a[14] << 8 | a[15]);
	/* Global unicast is 2000::/3; unique local, link local, multicast, :: and ::1 are
	 * outside of it. */
	return a[0] >> 5 == 1;
}

bool gv_address_is_public(const char *text)
{
	char plain[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "%"); /* a zone: fe80::1%eth0 */
	struct in_addr v4;
	struct in6_addr v6;

	if (n >= sizeof(plain))
		return false;
	memcpy(plain, text, n);
	plain[n] = '\0';
	if (inet_pton(AF_INET, plain, &v4) == 1)
		return v4_is_public(ntohl(v4.s_addr));
	if (inet_pton(AF_INET6, plain, &v6) == 1)
		return v6_is_public(v6.s6_addr);
	return false;
}

bool gv_host_is_loopback(const char *host)
{
	static const char name[] = ".localhost";
	size_t n = strlen(host), tail = sizeof(name) - 1;
	struct in_addr v4;

	if (strcasecmp(host, name + 1) == 0 || strcmp(host, "[::1]") == 0)
		return true;
	if (n > tail && strcasecmp(host + n - tail, name) == 0)
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}
