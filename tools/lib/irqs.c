// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <hftrace-reader.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/irqs.h"

struct irq {
	__u32 number;
	char *name;
};

struct irqs {
	struct irq *irq;
	size_t count;
	size_t room;
	size_t cpus;		/* columns of counts; 0 before the heading was seen */
};

static int add_irq(struct irqs *irqs, __u32 number, const char *name)
{
	if (irqs->count == irqs->room) {
		size_t room = irqs->room ? irqs->room * 2 : 64;
		struct irq *irq = realloc(irqs->irq, room * sizeof(*irq));

		if (!irq)
			return -ENOMEM;
		irqs->irq = irq;
		irqs->room = room;
	}
	irqs->irq[irqs->count].number = number;
	irqs->irq[irqs->count].name = strdup(name);
	if (!irqs->irq[irqs->count].name)
		return -ENOMEM;
	irqs->count++;
	return 0;
}

static size_t count_columns(const char *text)
{
	size_t columns = 0;

	while ((text = strstr(text, "CPU"))) {
		columns++;
		text += 3;
	}
	return columns;
}

/*
 * "  34:   0   12   PCI-MSI 1-edge      virtio0-input.0, other": the drivers
 * stand behind the last run of two or more spaces.
 */
static int take_line(void *context, char *text)
{
	struct irqs *irqs = context;
	unsigned long number;
	char *end, *name;
	size_t i;

	if (!irqs->cpus) {
		irqs->cpus = count_columns(text);
		return irqs->cpus ? 0 : -EBADMSG;
	}
	while (*text == ' ')
		text++;
	if (!isdigit((unsigned char)*text))
		return 0;	/* NMI, LOC, ...: no line of a device */
	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end != ':' || number > 0xffffffffUL)
		return 0;
	end++;
	for (i = 0; i < irqs->cpus; i++) {
		while (*end == ' ')
			end++;
		while (isdigit((unsigned char)*end))
			end++;
	}
	for (name = end + strlen(end); name > end && name[-1] == ' '; name--)
		name[-1] = '\0';
	while (name > end + 1 && !(name[-1] == ' ' && name[-2] == ' '))
		name--;
	if (!*name || name <= end + 1)
		return 0;
	return add_irq(irqs, (__u32)number, name);
}

int irqs_open(struct irqs **made, const char *recording)
{
	struct irqs *irqs = calloc(1, sizeof(*irqs));
	int err;

	if (!irqs)
		return -ENOMEM;
	err = facts_each_line(recording, "interrupts", take_line, irqs);
	/* Names are a help: a file that is not what it should be gives none. */
	if (err && err != -ENOENT && err != -EBADMSG) {
		irqs_close(irqs);
		return err;
	}
	*made = irqs;
	return 0;
}

void irqs_close(struct irqs *irqs)
{
	size_t i;

	if (!irqs)
		return;
	for (i = 0; i < irqs->count; i++)
		free(irqs->irq[i].name);
	free(irqs->irq);
	free(irqs);
}

const char *irqs_name(const struct irqs *irqs, __u32 irq)
{
	size_t i;

	for (i = 0; i < irqs->count; i++)
		if (irqs->irq[i].number == irq)
			return irqs->irq[i].name;
	return NULL;
}

/* The word for a value of a record's field. */
static const char *word_of(__u16 type, const char *field, __u32 value)
{
	const struct hft_schema *schema = hft_schema(type);
	size_t i;
	__u32 at;

	for (i = 0; i < schema->fields_count; i++) {
		const char *const *words = schema->fields[i].labels;

		if (strcmp(schema->fields[i].name, field) || !words)
			continue;
		for (at = 0; words[at] && at < value; at++)
			;
		return words[at];
	}
	return NULL;
}

const char *softirq_name(__u32 vec)
{
	return word_of(HFT_REC_SOFTIRQ, "vec", vec);
}

const char *vector_name(__u32 kind)
{
	return word_of(HFT_REC_VECTOR, "kind", kind);
}

const char *ipi_kind_name(__u32 kind)
{
	return word_of(HFT_REC_IPI_SEND, "kind", kind);
}

const char *tick_dependency_name(__u32 dependency)
{
	return word_of(HFT_REC_TICK_STOP, "dependency", dependency);
}
