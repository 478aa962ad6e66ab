/* SPDX-License-Identifier: GPL-2.0 */
/* What the victim computes in each span: always the same, and it meets no memory. */
#ifndef SCENARIOS_WORK_H
#define SCENARIOS_WORK_H

/* So that work() takes about so long here. */
void work_calibrate(unsigned int microseconds);
void work(void);

#endif
