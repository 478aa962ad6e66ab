// SPDX-License-Identifier: GPL-2.0
/*
 * Two ends of a FIX session around Debian's libquickfix, which know nothing of any
 * tracer, and count: `fix acceptor` fills each order at once; `fix initiator N` sends N
 * orders, each when the one before has been filled. Both print what they counted as "key=value".
 */
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

#include <quickfix/Application.h>
#include <quickfix/Message.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>

using clock_type = std::chrono::steady_clock;

static long long nanoseconds(clock_type::duration duration)
{
	return std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
}

static const FIX::MsgType new_order("D");
static const FIX::MsgType execution_report("8");

class counting_application : public FIX::Application {
public:
	void onCreate(const FIX::SessionID &) override {}

	void onLogon(const FIX::SessionID &id) override
	{
		std::lock_guard<std::mutex> guard(lock);

		session = id;
		on = true;
		changed.notify_all();
	}

	void onLogout(const FIX::SessionID &) override
	{
		std::lock_guard<std::mutex> guard(lock);

		over = on;
		on = false;
		changed.notify_all();
	}

	void toAdmin(FIX::Message &, const FIX::SessionID &) override { to_admin++; }
	void toApp(FIX::Message &, const FIX::SessionID &) noexcept override { to_app++; }

	void fromAdmin(const FIX::Message &, const FIX::SessionID &) noexcept override
	{
		from_admin++;
	}

	void fromApp(const FIX::Message &message, const FIX::SessionID &id) noexcept override
	{
		const auto begun = clock_type::now();

		from_app++;
		handle(message, id);
		in_handlers += nanoseconds(clock_type::now() - begun);
	}

	/* Until the other end is there, or has gone. */
	void wait_for(bool counting_application::*what)
	{
		std::unique_lock<std::mutex> guard(lock);

		changed.wait(guard, [&] { return this->*what; });
	}

	void print() const
	{
		printf("from_app=%ld\nfrom_admin=%ld\nto_app=%ld\nto_admin=%ld\nhandlers_ns=%lld\n",
		       from_app, from_admin, to_app, to_admin, in_handlers);
		fflush(stdout);
	}

	bool on = false, over = false;

protected:
	virtual void handle(const FIX::Message &message, const FIX::SessionID &id) = 0;

	std::mutex lock;
	std::condition_variable changed;
	FIX::SessionID session;
	long from_app = 0, from_admin = 0, to_app = 0, to_admin = 0;
	long long in_handlers = 0;
};

class exchange : public counting_application {
	void handle(const FIX::Message &order, const FIX::SessionID &id) override
	{
		FIX::Message report;

		report.getHeader().setField(execution_report);
		report.setField(FIX::FIELD::ClOrdID, order.getField(FIX::FIELD::ClOrdID));
		report.setField(FIX::FIELD::OrdStatus, "2");
		report.setField(FIX::FIELD::ExecType, "F");
		report.setField(FIX::FIELD::CumQty, order.getField(FIX::FIELD::OrderQty));
		FIX::Session::sendToTarget(report, id);
	}
};

class trader : public counting_application {
public:
	long long trade(long orders)
	{
		const auto begun = clock_type::now();

		for (long i = 1; i <= orders; i++) {
			send(i);
			std::unique_lock<std::mutex> guard(lock);
			changed.wait(guard, [&] { return filled == i; });
		}
		return nanoseconds(clock_type::now() - begun);
	}

private:
	void send(long number)
	{
		FIX::Message order;

		order.getHeader().setField(new_order);
		order.setField(FIX::FIELD::ClOrdID, std::to_string(number));
		order.setField(FIX::FIELD::Symbol, "DEB");
		order.setField(FIX::FIELD::Side, "1");
		order.setField(FIX::FIELD::OrderQty, "100");
		order.setField(FIX::FIELD::Price, "12.5");
		FIX::Session::sendToTarget(order, session);
	}

	void handle(const FIX::Message &report, const FIX::SessionID &) override
	{
		std::lock_guard<std::mutex> guard(lock);

		filled = std::atol(report.getField(FIX::FIELD::ClOrdID).c_str());
		changed.notify_all();
	}

	long filled = 0;
};

static FIX::SessionSettings settings(bool acceptor)
{
	FIX::SessionID id("FIX.4.2", acceptor ? "EXCHANGE" : "TRADER",
			  acceptor ? "TRADER" : "EXCHANGE");
	FIX::SessionSettings settings;
	FIX::Dictionary values;

	values.setString("ConnectionType", acceptor ? "acceptor" : "initiator");
	values.setString("StartTime", "00:00:00");
	values.setString("EndTime", "00:00:00");
	values.setString("UseDataDictionary", "N");
	/* no heartbeats while it runs */
	values.setString("HeartBtInt", "1000");
	values.setString("ReconnectInterval", "1");
	values.setString("SocketAcceptPort", "5001");
	values.setString("SocketConnectHost", "127.0.0.1");
	values.setString("SocketConnectPort", "5001");
	values.setString("SocketNodelay", "Y");
	settings.set(id, values);
	return settings;
}

static int accept_orders()
{
	FIX::SessionSettings chosen = settings(true);
	FIX::MemoryStoreFactory store;
	exchange application;
	FIX::SocketAcceptor acceptor(application, store, chosen);

	acceptor.start();
	application.wait_for(&counting_application::over);
	acceptor.stop();
	application.print();
	return 0;
}

static int send_orders(long orders)
{
	FIX::SessionSettings chosen = settings(false);
	FIX::MemoryStoreFactory store;
	trader application;
	FIX::SocketInitiator initiator(application, store, chosen);
	long long took;

	initiator.start();
	application.wait_for(&counting_application::on);
	took = application.trade(orders);
	initiator.stop();
	application.print();
	printf("orders=%ld\ntrading_ns=%lld\n", orders, took);
	return 0;
}

int main(int argc, char **argv)
{
	try {
		if (argc == 2 && !strcmp(argv[1], "acceptor"))
			return accept_orders();
		if (argc == 3 && !strcmp(argv[1], "initiator") && atol(argv[2]) > 0)
			return send_orders(atol(argv[2]));
	} catch (std::exception &error) {
		fprintf(stderr, "fix: %s\n", error.what());
		return 1;
	}
	fprintf(stderr, "usage: fix acceptor | fix initiator ORDERS\n");
	return 64;
}
