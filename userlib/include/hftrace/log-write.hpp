// SPDX-License-Identifier: LGPL-2.1
// The C++ half of log-write.h: which type an argument is of, and its word.
#ifndef HFTRACE_LOG_WRITE_HPP
#define HFTRACE_LOG_WRITE_HPP

#include <type_traits>

namespace hft_log_detail {

template <class T> constexpr __u8 type_of()
{
	using D = std::decay_t<T>;

	static_assert(std::is_arithmetic_v<D> || std::is_enum_v<D> || std::is_pointer_v<D> ||
		      std::is_null_pointer_v<D>, "HFT_LOG takes numbers, pointers and C strings");
	if constexpr (std::is_enum_v<D>) {
		return type_of<std::underlying_type_t<D>>();
	} else if constexpr (std::is_floating_point_v<D>) {
		return HFT_LOG_DOUBLE;
	} else if constexpr (std::is_arithmetic_v<D>) {
		return std::is_signed_v<D> ? HFT_LOG_INT : HFT_LOG_UINT;
	} else if constexpr (std::is_pointer_v<D>) {
		using P = std::remove_cv_t<std::remove_pointer_t<D>>;

		return std::is_same_v<P, char> || std::is_same_v<P, signed char> ||
		       std::is_same_v<P, unsigned char> ? HFT_LOG_STRING : HFT_LOG_POINTER;
	} else {
		return HFT_LOG_POINTER;
	}
}

template <class T> inline __u64 word_of(T value)
{
	constexpr __u8 type = type_of<T>();

	if constexpr (type == HFT_LOG_DOUBLE)
		return hft_log_double(static_cast<double>(value));
	else if constexpr (type == HFT_LOG_INT)
		return hft_log_int(static_cast<__s64>(value));
	else if constexpr (type == HFT_LOG_UINT)
		return hft_log_uint(static_cast<__u64>(value));
	else if constexpr (std::is_function_v<std::remove_pointer_t<T>>)
		return hft_log_pointer(reinterpret_cast<const volatile void *>(value));
	else
		return hft_log_pointer(static_cast<const volatile void *>(value));
}

} // namespace hft_log_detail

#define HFT_LOG_TYPE(x)		(::hft_log_detail::type_of<decltype(x)>())
#define HFT_LOG_WORD(x)		(::hft_log_detail::word_of(x))
#define HFT_LOG_ASSERT(so, text)	static_assert(so, text)

#endif // HFTRACE_LOG_WRITE_HPP
