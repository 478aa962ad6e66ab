// SPDX-License-Identifier: LGPL-2.1
// From C++: spans that end with their scope, and an order that goes from thread to thread.
#include <hftrace.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

static constexpr std::uint64_t ORDERS = 1000;
static std::atomic<std::uint64_t> handed;	// the last order that was handed over

static void gateway(hft::name send, hft::name handover)
{
	const hft::thread self("gateway");

	for (std::uint64_t id = 1; id <= ORDERS; id++) {
		while (handed.load(std::memory_order_acquire) < id)
			;
		hft::span whole(self, send, id);
		self.flow_in(handover, id);
	}
}

int main()
{
	hft_init(nullptr);

	// Made after hft_init(), which is what gives them their numbers.
	const hft::name order("order"), check("risk_check"), send("send"), handover("handover");
	const hft::thread self("strategy");
	std::thread other(gateway, send, handover);

	for (std::uint64_t id = 1; id <= ORDERS; id++) {
		hft::span whole(self, order, id);
		{
			hft::span part(self, check, id);
		}
		self.flow_out(handover, id);
		handed.store(id, std::memory_order_release);
		std::this_thread::sleep_for(std::chrono::milliseconds(1));
	}
	other.join();
	// The rings are left to the end of the process: nothing is unmapped while it trades.
}
