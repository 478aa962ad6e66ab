/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bounds are typed of: "p99.9" and "5%", as in "p99.9<5%". What is
 * bounded may be as large as its bound, but not larger.
 */
#ifndef HFT_BOUND_H
#define HFT_BOUND_H

/* A plain decimal number; *end behind it, `text` itself when there is none. */
double bound_number(const char *text, char **end);

/*
 * "p99.9" from `text` to `end`. 0; -EINVAL: it does not begin with p; -ERANGE:
 * it is not above p0 and below p100.
 */
int bound_percentile(const char *text, const char *end, double *percent);

#endif /* HFT_BOUND_H */
