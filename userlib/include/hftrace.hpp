/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * hftrace.h for C++17, with spans that end with their scope:
 *
 *	hft_init(nullptr);				once, before trading
 *	const hft::name order("tick_to_order");		after that
 *	hft::thread self("engine");			in each thread
 *	{
 *		hft::span whole(self, order, order_id);
 *		...
 *	}						the record is written here
 *
 * All of it compiles to the calls of hftrace.h, which can be mixed with it.
 */
#ifndef HFTRACE_HPP
#define HFTRACE_HPP

#include <hftrace.h>

namespace hft {

/*
 * A name's number, of a type that is not taken for an id. Looked up where it is made, by
 * hft_name(): a static one would be made before hft_init(), and be "(unnamed)".
 */
class name {
public:
	explicit name(const char *text) noexcept : index_(hft_name(text)) {}
	constexpr explicit name(__u32 index) noexcept : index_(index) {}
	constexpr __u32 index() const noexcept { return index_; }

private:
	__u32 index_;
};

/*
 * The calling thread's ring, until the scope ends. One for a thread: a second one in
 * it, further in, would detach what the first one has attached.
 */
class thread {
public:
	explicit thread(const char *text = nullptr) noexcept : handle_(hft_thread_attach(text)) {}
	~thread() { hft_thread_detach(handle_); }
	thread(const thread &) = delete;
	thread &operator=(const thread &) = delete;

	/* For the functions of hftrace.h. */
	operator hft_thread *() const noexcept { return handle_; }

	void mark(name what, __u64 value) const noexcept
	{
		hft_mark(handle_, what.index(), value);
	}
	void flow_out(name what, __u64 id) const noexcept
	{
		hft_flow_out(handle_, what.index(), id);
	}
	void flow_in(name what, __u64 id) const noexcept
	{
		hft_flow_in(handle_, what.index(), id);
	}

private:
	hft_thread *handle_;
};

/*
 * A span, from here to the scope's end, by whatever way it is left. It can be neither
 * copied nor moved: spans end in the reverse order of their beginnings, as scopes do.
 */
class [[nodiscard]] span {
public:
	[[gnu::always_inline]] span(hft_thread *thread, name what, __u64 id) noexcept
		: thread_(thread)
	{
		hft_span_begin(thread_, what.index(), id);
	}
	[[gnu::always_inline]] ~span() { hft_span_end(thread_); }
	span(const span &) = delete;
	span &operator=(const span &) = delete;

private:
	hft_thread *thread_;
};

/* The same with what the CPU counted inside, where the thread has counters: hft_thread_pmu(). */
class [[nodiscard]] span_pmu {
public:
	[[gnu::always_inline]] span_pmu(hft_thread *thread, name what, __u64 id) noexcept
		: thread_(thread)
	{
		hft_span_begin_pmu(thread_, what.index(), id);
	}
	[[gnu::always_inline]] ~span_pmu() { hft_span_end_pmu(thread_); }
	span_pmu(const span_pmu &) = delete;
	span_pmu &operator=(const span_pmu &) = delete;

private:
	hft_thread *thread_;
};

} /* namespace hft */

#endif /* HFTRACE_HPP */
