// Numbers of on-disk structures: byte arrays that convert from and to integers, so that a structure
// is written as its specification lists it and has no padding.
//
//   struct Header {
//     Little<uint16_t> version;  //  0
//     Both<uint32_t> sectors;    //  2
//   };
//   static_assert(sizeof(Header) == 10);
//   std::string bytes(BytesOf(Header{.version = 1, .sectors = 20}));
//   Header header = FromBytes<Header>(bytes);
#ifndef TOOLS_DISK_FIELDS_H_
#define TOOLS_DISK_FIELDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace linuxkit {

template <typename T, bool kIsBig>
class Field {
  static_assert(std::is_unsigned_v<T>);

 public:
  constexpr Field() = default;
  constexpr Field(T value) {  // NOLINT: a field is a number.
    for (size_t i = 0; i < sizeof(T); ++i) {
      bytes_[kIsBig ? sizeof(T) - 1 - i : i] = static_cast<uint8_t>(value >> (8 * i));
    }
  }
  constexpr operator T() const {  // NOLINT
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<T>(value | T{bytes_[kIsBig ? sizeof(T) - 1 - i : i]} << (8 * i));
    }
    return value;
  }

 private:
  std::array<uint8_t, sizeof(T)> bytes_{};
};

template <typename T>
using Little = Field<T, false>;
template <typename T>
using Big = Field<T, true>;

// The number in both byte orders, little-endian first (ECMA-119 7.2.3, 7.3.3).
template <typename T>
struct Both {
  constexpr Both() = default;
  constexpr Both(T value) : little(value), big(value) {}  // NOLINT
  constexpr operator T() const { return little; }         // NOLINT
  constexpr bool Agree() const { return T{little} == T{big}; }

  Little<T> little;
  Big<T> big;
};

// The bytes of a structure made of such fields.
template <typename T>
std::string_view BytesOf(const T& value) {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

// The twin; `bytes` must hold at least sizeof(T) bytes.
template <typename T>
T FromBytes(std::string_view bytes) {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
  T value;
  std::memcpy(static_cast<void*>(&value), bytes.data(), sizeof(T));
  return value;
}

// Fills a text field, the rest with `fill`. `text` must fit.
template <size_t kSize>
std::array<char, kSize> TextField(std::string_view text, char fill = ' ') {
  std::array<char, kSize> field;
  field.fill(fill);
  text.copy(field.data(), kSize);
  return field;
}

constexpr uint64_t RoundUp(uint64_t value, uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

constexpr uint64_t DivideUp(uint64_t value, uint64_t divisor) {
  return (value + divisor - 1) / divisor;
}

}  // namespace linuxkit

#endif  // TOOLS_DISK_FIELDS_H_
