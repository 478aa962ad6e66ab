/* SPDX-License-Identifier: LGPL-2.1 */
/* Words for the values of fields that are enumerations, from 0 on; NULL ends them. */
#ifndef HFT_SCHEMA_WORDS_H
#define HFT_SCHEMA_WORDS_H

extern const char *const hft_words_softirq_vecs[];
extern const char *const hft_words_vector_kinds[];
extern const char *const hft_words_ipi_kinds[];
extern const char *const hft_words_irq_rets[];
extern const char *const hft_words_tlb_reasons[];
extern const char *const hft_words_tick_dependencies[];
extern const char *const hft_words_hidden_kinds[];
extern const char *const hft_words_hook_names[];
extern const char *const hft_words_governor_reasons[];
extern const char *const hft_words_counters_whys[];
extern const char *const hft_words_watch_moments[];
extern const char *const hft_words_mmcalls[];
extern const char *const hft_words_reclaim_kinds[];
extern const char *const hft_words_compaction_statuses[];
extern const char *const hft_words_numa_kinds[];
extern const char *const hft_words_migrate_reasons[];
extern const char *const hft_words_signal_results[];
extern const char *const hft_words_flow_steps[];
extern const char *const hft_words_trigger_causes[];

#endif /* HFT_SCHEMA_WORDS_H */
