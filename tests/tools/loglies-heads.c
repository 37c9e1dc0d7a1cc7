// SPDX-License-Identifier: Apache-2.0
/* Tree heads: forks, older and newer ones, and many clients at once. */
#include "tests/tools/loglies.h"

/* -- heads --------------------------------------------------------------------------- */

static void fork_at(struct history *a, struct history *b, int heads, unsigned had,
		    unsigned offered, unsigned at)
{
	static const char text[] = "example.org/other v1.0.0 h1:x\n";
	const unsigned less = had < offered ? had : offered;
	struct liar l = {.tiles = had > offered ? a : b,
			 .heads = b,
			 .size = offered,
			 .heads_dir = heads,
			 .cache_dir = -1};
	/* Record 0 where it is not the one that differs. */
	unsigned id = at == 0 ? 1 : 0, forks;
	struct gv_err err;
	int r;

	if (id >= less)
		return;
	tried++;
	set_record(b, at, text);
	remember(heads, a, had);
	r = ask(&l, id, &err);
	forks = take_forks(heads);
	if (at >= less) {
		if (r < 0 && had <= offered)
			wrong("%u continues %u (they differ from %u on), and is refused: "
			      "%s",
			      offered, had, at, err.message);
		if (!is_remembered(heads, had < offered ? b : a,
				   had < offered ? offered : had))
			wrong("%u after %u: the larger head is not remembered", offered,
			      had);
		if (forks)
			wrong("%u after %u: no fork, and evidence of one", offered, had);
	} else {
		if (r != -GV_EVERIFY || !strstr(err.message, "contradicts itself"))
			wrong("fork at %u, remembered %u, offered %u: %s", at, had,
			      offered, r < 0 ? err.message : "accepted");
		if (forks != 1)
			wrong("fork at %u, remembered %u, offered %u: %u files tell "
			      "of it",
			      at, had, offered, forks);
		if (!is_remembered(heads, a, had))
			wrong("fork at %u: the remembered head was overwritten", at);
		/* With tiles that fit neither it is refused as well. */
		l.tiles = had > offered ? b : a;
		must_fail(&l, id, "a fork with the other's tiles");
		if (!is_remembered(heads, a, had))
			wrong("fork at %u: the remembered head was overwritten", at);
		(void)take_forks(heads);
	}
	set_record(b, at, NULL);
}

static void forked_heads(struct history *a, struct history *b)
{
	static const unsigned few[] = {1,   2,	 3,   4,   7,	  8,	 15,   16,  31,
				       32,  39,	 40,  255, 256,	  257,	 260,  511, 512,
				       513, 520, 600, 700, 65535, 65536, 65540};
	int heads = open_dir("forks");

	begin();
	for (size_t i = 0; i < GV_COUNT(few); i++)
		for (size_t k = 0; k < GV_COUNT(few); k++) {
			const unsigned less = few[i] < few[k] ? few[i] : few[k];
			const unsigned places[] = {0, 1, less / 2, less - 1, less};

			for (size_t p = 0; p < GV_COUNT(places); p++)
				if (chosen(4) && places[p] < few[k])
					fork_at(a, b, heads, few[i], few[k], places[p]);
		}
	gv_close(&heads);
	end("forked heads");
}

static void rolled_back_heads(struct history *h)
{
	struct liar l = {.tiles = h, .heads = h, .cache_dir = -1};

	begin();
	l.heads_dir = open_dir("rolled-back");
	for (unsigned i = 0; i < n_sizes; i++)
		for (unsigned k = 0; k < i; k++) {
			if (!chosen(40))
				continue;
			remember(l.heads_dir, h, sizes[i]);
			l.size = sizes[k];
			must_hold(&l, sizes[k] - 1, "an older head of the same log");
			if (!is_remembered(l.heads_dir, h, sizes[i]))
				wrong("remembered %u, offered %u: it shrank", sizes[i],
				      sizes[k]);
			l.size = sizes[i];
			remember(l.heads_dir, h, sizes[k]);
			must_hold(&l, sizes[i] - 1, "a newer head of the same log");
			if (!is_remembered(l.heads_dir, h, sizes[i]))
				wrong("remembered %u, offered %u: it did not grow",
				      sizes[k], sizes[i]);
		}
	gv_close(&l.heads_dir);
	end("heads that go back and forth");
}

/* -- what happens meanwhile ---------------------------------------------------------- */

/* Another process saves a head, or takes it away, while this one proves. */
static void change_head(struct liar *l)
{
	remember(l->heads_dir, l->tiles, l->meanwhile);
	l->before_tile = NULL;
}

static void changed_meanwhile(struct history *h)
{
	static const unsigned sizes_then[] = {0,   1,	100, 299, 300,
					      301, 499, 500, 501, 900};
	struct liar l = {.tiles = h, .heads = h, .cache_dir = -1};

	begin();
	l.heads_dir = open_dir("meanwhile");
	for (size_t i = 0; i < GV_COUNT(sizes_then); i++) {
		remember(l.heads_dir, h, 300);
		l.size = 500;
		l.meanwhile = sizes_then[i];
		l.before_tile = change_head;
		must_hold(&l, 7, "a head that changes meanwhile");
		if (!is_remembered(l.heads_dir, h,
				   sizes_then[i] > 500 ? sizes_then[i] : 500))
			wrong("meanwhile %u: the larger one is not what is remembered",
			      sizes_then[i]);
	}
	gv_close(&l.heads_dir);
	end("heads that change meanwhile");
}

/* Many at once, of two histories that part at record 50: those that end well are all of
 * one of them, and what is remembered is the largest head that any of those saw. */
static void one_race(struct history *a, struct history *b, int heads, unsigned round)
{
	enum { MANY = 12 };
	static const unsigned offered[MANY] = {60, 300, 299, 61,  512, 513,
					       70, 800, 256, 257, 258, 90};
	const struct history *of[MANY];
	pid_t pid[MANY];
	unsigned won[2] = {0}, largest = 0;

	remember(heads, a, round % 3 == 0 ? 0 : 40);
	for (unsigned i = 0; i < MANY; i++) {
		of[i] = round % 2 && i % 2 ? b : a;
		pid[i] = fork();
		need(pid[i] >= 0, "fork");
		if (pid[i] == 0) {
			struct liar l = {.tiles = of[i],
					 .heads = of[i],
					 .size = offered[(i + round) % MANY],
					 .heads_dir = heads,
					 .cache_dir = -1};
			struct gv_err err;

			_exit(ask(&l, 7, &err) == 0 ? 0 : 1);
		}
	}
	for (unsigned i = 0; i < MANY; i++) {
		int status;

		tried++;
		need(waitpid(pid[i], &status, 0) == pid[i], "waitpid");
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
			wrong("a client died: %d", status);
		else if (WEXITSTATUS(status) == 1 && of[i] == a && round % 2 == 0)
			wrong("an honest answer was refused");
		if (status != 0)
			continue;
		won[of[i] == b]++;
		if (offered[(i + round) % MANY] > largest)
			largest = offered[(i + round) % MANY];
	}
	if (won[0] && won[1])
		wrong("round %u: both histories were believed (%u, %u)", round, won[0],
		      won[1]);
	if (!is_remembered(heads, won[1] ? b : a, largest))
		wrong("round %u: not the largest head is remembered", round);
	(void)take_forks(heads);
}

static void races(struct history *a, struct history *b)
{
	int heads = open_dir("races");

	begin();
	set_record(b, 50, "example.org/other v1.0.0 h1:x\n");
	for (unsigned round = 0; round < (full ? 300 : 12); round++)
		one_race(a, b, heads, round);
	set_record(b, 50, NULL);
	gv_close(&heads);
	end("clients at once, with one log and with two");
}

static void read_only_store(struct history *a, struct history *b)
{
	struct liar l = {.tiles = a, .heads = a, .cache_dir = -1, .read_only = true};
	struct gv_list names = GV_LIST_INIT;

	begin();
	l.heads_dir = open_dir("read-only");
	l.size = 300;
	must_hold(&l, 7, "nothing remembered");
	remember(l.heads_dir, a, 200);
	must_hold(&l, 7, "a larger head");
	set_record(b, 50, "example.org/other v1.0.0 h1:x\n");
	l.tiles = l.heads = b;
	must_fail(&l, 7, "a fork");
	l.size = 200;
	must_fail(&l, 7, "a fork of the same size");
	set_record(b, 50, NULL);
	if (!is_remembered(l.heads_dir, a, 200))
		wrong("the head was written");
	need(gv_list_dir(l.heads_dir, ".", &names) == 0, "log-heads");
	if (names.n != 1)
		wrong("%zu files in a directory that is only read", names.n);
	gv_list_release(&names);
	gv_close(&l.heads_dir);
	end("a store that is only read");
}

int main(void)
{
	static struct history a, b;

	set_up();
	make_history(&a);
	make_history(&b);
	forked_heads(&a, &b);
	rolled_back_heads(&a);
	changed_meanwhile(&a);
	races(&a, &b);
	read_only_store(&a, &b);
	return tear_down(&a, &b);
}
