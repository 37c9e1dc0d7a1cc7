// SPDX-License-Identifier: Apache-2.0
#include "shim/process.h"

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

void shim_process_read(char **argv, struct shim_process *ret)
{
	struct shim_process p = {.argv = argv};
	const uintptr_t *aux;

	while (argv[p.argc])
		p.argc++;
	p.envp = argv + p.argc + 1;
	while (p.envp[p.n_env])
		p.n_env++;
	aux = (const uintptr_t *)(p.envp + p.n_env + 1);
	p.env_room = p.n_env + 1;
	for (; aux[0] != AT_NULL; aux += 2, p.env_room += 2) {
		if (aux[0] == AT_EXECFN)
			p.execfn = (char *)aux[1];
		else if (aux[0] == AT_SECURE)
			p.secure = aux[1] != 0;
		else if (aux[0] == AT_HWCAP2)
			p.hwcap2 = aux[1];
	}
	*ret = p;
}

int shim_process_insert(struct shim_process *p, size_t at, const char *const *words,
			size_t n)
{
	if (p->env_room < p->n_env + 1 + n)
		return -E2BIG;
	memmove(p->envp + n, p->envp, (p->n_env + 1) * sizeof(*p->envp));
	p->envp += n;
	p->env_room -= n;
	memmove(p->argv + at + n, p->argv + at, (p->argc - at + 1) * sizeof(*p->argv));
	memcpy(p->argv + at, words, n * sizeof(*p->argv));
	p->argc += n;
	return 0;
}

int shim_process_set_env(struct shim_process *p, char *entry)
{
	size_t name = strcspn(entry, "=") + 1;

	for (size_t i = 0; i < p->n_env; i++)
		if (strncmp(p->envp[i], entry, name) == 0) {
			p->envp[i] = entry;
			return 0;
		}
	if (p->env_room < p->n_env + 2)
		return -E2BIG;
	p->envp[p->n_env++] = entry;
	p->envp[p->n_env] = NULL;
	return 0;
}
