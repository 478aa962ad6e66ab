/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/hftrace: open, ioctl, mmap, release. */
#ifndef HFT_DEVICE_H
#define HFT_DEVICE_H

int hft_device_init(void);
void hft_device_uninit(void);

#endif /* HFT_DEVICE_H */
