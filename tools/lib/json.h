/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes JSON as it goes. `key` is NULL for the elements of an array and for
 * the outermost value.
 *
 *	struct json json;
 *
 *	json_start(&json, stdout);
 *	json_object(&json, NULL);
 *	json_string(&json, "host", name);
 *	json_array(&json, "cpus");
 *	json_u64(&json, NULL, 3);
 *	json_close(&json);
 *	json_close(&json);
 *	json_newline(&json);
 */
#ifndef HFT_JSON_H
#define HFT_JSON_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

#define JSON_DEPTH 32

struct json {
	FILE *file;
	int depth;
	bool more[JSON_DEPTH];	/* something stands before */
	char closing[JSON_DEPTH];
};

void json_start(struct json *json, FILE *file);
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_close(struct json *json);
void json_newline(struct json *json);
/* Closes all that is open, and ends the line: what fails in the middle leaves JSON, too. */
void json_finish(struct json *json);

void json_string(struct json *json, const char *key, const char *text);
/* Up to `length` bytes or a NUL; what is not UTF-8 becomes U+FFFD. */
void json_text(struct json *json, const char *key, const char *text, size_t length);
void json_u64(struct json *json, const char *key, __u64 value);
void json_s64(struct json *json, const char *key, __s64 value);
void json_double(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif /* HFT_JSON_H */
