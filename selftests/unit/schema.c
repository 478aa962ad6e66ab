// SPDX-License-Identifier: GPL-2.0
/* Every record type is described: fields lie inside the payload, in order, apart. */
#include "ktap.h"

#include <hftrace-reader.h>

static int check_fields(const struct hft_schema *schema)
{
	const struct hft_field *field;
	unsigned int end = 0;
	size_t i;

	for (i = 0; i < schema->fields_count; i++) {
		field = &schema->fields[i];
		CHECK(field->name && *field->name);
		CHECK(field->count || field->counted_by < i);
		CHECK(field->offset >= end);
		end = field->offset + field->bytes * field->count;
		CHECK(end <= 16U + 32U * (schema->slots_max - 1U));
		if (field->kind != HFT_FIELD_STRING)
			CHECK(field->bytes == 1 || field->bytes == 2 || field->bytes == 4 ||
			      field->bytes == 8);
	}
	if (schema->interval) {
		CHECK(!strcmp(schema->fields[0].name, "duration"));
		CHECK_EQ(schema->fields[0].offset, 0);
	}
	return 0;
}

static int all_types(void)
{
	const struct hft_schema *all;
	size_t count, i;

	all = hft_schema_all(&count);
	CHECK_EQ(count, RECORD_TYPES);
	for (i = 0; i < count; i++) {
		CHECK(!i || all[i].type > all[i - 1].type);
		CHECK(hft_schema(all[i].type) == &all[i]);
		CHECK(all[i].slots >= 1 && all[i].slots <= all[i].slots_max &&
		      all[i].slots_max <= HFT_RECORD_SLOTS_MAX);
		CHECK(all[i].name && all[i].summary);
		CHECK_EQ(check_fields(&all[i]), 0);
	}
	CHECK(!hft_schema(HFT_REC_NONE) && !hft_schema(HFT_REC_PAD) && !hft_schema(0xffff));
	return 0;
}

static int durations(void)
{
	struct hft_rec_irq irq = { .duration = 0xffffffff, .net = 7 };
	struct hft_rec_span span = { .duration = 1ULL << 40 };
	struct hft_rec_mark mark = { .value = 9 };

	CHECK_EQ(hft_record_duration(HFT_REC_IRQ, &irq), 0xffffffff);
	CHECK_EQ(hft_record_duration(HFT_REC_SPAN, &span), 1LL << 40);
	CHECK_EQ(hft_record_duration(HFT_REC_MARK, &mark), 0);
	CHECK_EQ(hft_record_duration(12345, &mark), 0);
	return 0;
}

KTAP_MAIN({ "every record type is described", all_types },
	  { "durations of 32 and 64 bits", durations })
