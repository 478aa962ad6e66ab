// SPDX-License-Identifier: GPL-2.0
/* See own_cost.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/hooks.h"
#include "lib/own_cost.h"

static int hook_number(const char *name)
{
	int hook;

	for (hook = 0; hook < HFT_HOOKS; hook++)
		if (!strcmp(hooks[hook].name, name))
			return hook;
	return -1;
}

/* "cpu hook records ns_each every budget_ns_per_s over_budget", see recorder_cost.c. */
static int take_line(void *context, char *line)
{
	struct own_cost *cost = context;
	struct own_cost_row row, *grown;
	char name[32], each[32], cut[8];

	if (sscanf(line, "%d %31s %llu %31s %llu %*s %7s", &row.cpu, name, &row.records, each,
		   &row.every, cut) != 6)
		return 0;
	row.hook = hook_number(name);
	row.ns_each = !strcmp(each, "-") ? -1 : atof(each);
	row.cut = !strcmp(cut, "yes");
	if (row.hook < 0)
		return 0;
	grown = realloc(cost->row, (cost->rows + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	cost->row = grown;
	grown[cost->rows++] = row;
	return 0;
}

int own_cost_read(struct own_cost *cost, const char *recording)
{
	int err;

	memset(cost, 0, sizeof(*cost));
	err = facts_each_line(recording, "cost", take_line, cost);
	cost->known = !err;
	return err == -ENOMEM ? err : 0;
}

void own_cost_free(struct own_cost *cost)
{
	free(cost->row);
	memset(cost, 0, sizeof(*cost));
}

void own_cost_of_cpu(const struct own_cost *cost, int cpu, struct own_cost_sum *sum)
{
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < cost->rows; i++) {
		if (cost->row[i].cpu != cpu)
			continue;
		sum->records += cost->row[i].records;
		if (cost->row[i].ns_each < 0)
			sum->untimed += cost->row[i].records;
		else
			sum->ns += (double)cost->row[i].records * cost->row[i].ns_each;
	}
}

const struct own_cost_row *own_cost_row(const struct own_cost *cost, int cpu, int hook)
{
	size_t i;

	for (i = 0; i < cost->rows; i++)
		if (cost->row[i].cpu == cpu && cost->row[i].hook == hook)
			return &cost->row[i];
	return NULL;
}
