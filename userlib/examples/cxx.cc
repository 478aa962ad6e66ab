// SPDX-License-Identifier: LGPL-2.1
// From C++: a span that ends with its scope.
#include <hftrace.h>

#include <cstdint>

class span {
public:
	span(hft_thread *thread, std::uint32_t name, std::uint64_t id) : thread_(thread)
	{
		hft_span_begin(thread_, name, id);
	}
	~span() { hft_span_end(thread_); }
	span(const span &) = delete;
	span &operator=(const span &) = delete;

private:
	hft_thread *thread_;
};

int main()
{
	hft_init(nullptr);

	const std::uint32_t order = hft_name("order");
	const std::uint32_t check = hft_name("risk_check");
	hft_thread *const thread = hft_thread_attach("main");

	for (std::uint64_t id = 1; id <= 1000; id++) {
		span whole(thread, order, id);
		{
			span part(thread, check, id);
		}
	}
	hft_fini();
}
