#include "tools/segment/interpreter.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

struct Elf {
  bool wide = true;
  bool big_endian = false;
  // Where the name lies, and what its program header says of its size.
  size_t offset = 200;
  size_t size = 8;
};

std::string Number(uint64_t value, size_t width, bool big_endian) {
  std::string text;
  for (size_t i = 0; i < width; ++i) {
    const size_t shift = 8 * (big_endian ? width - 1 - i : i);
    text += static_cast<char>(value >> shift & 0xff);
  }
  return text;
}

// A program of two program headers, of which the second is PT_INTERP.
std::string MakeElf(const Elf& elf) {
  std::string bytes(512, '\0');
  const size_t word = elf.wide ? 8 : 4, header = elf.wide ? 64 : 52, entry = elf.wide ? 56 : 32;
  const auto put = [&](size_t at, uint64_t value, size_t width) {
    bytes.replace(at, width, Number(value, width, elf.big_endian));
  };
  bytes.replace(0, 6,
                std::string("\x7f"
                            "ELF") +
                    (elf.wide ? '\2' : '\1') + (elf.big_endian ? '\2' : '\1'));
  put(elf.wide ? 32 : 28, header, word);
  put(elf.wide ? 54 : 42, entry, 2);
  put(elf.wide ? 56 : 44, 2, 2);
  put(header, 6, 4);
  put(header + entry, 3, 4);
  put(header + entry + (elf.wide ? 8 : 4), elf.offset, word);
  put(header + entry + (elf.wide ? 32 : 16), elf.size, word);
  bytes.replace(200, 8, std::string("/lib/ld\0", 8));
  return bytes;
}

TEST(InterpreterTest, LoaderOfAProgram) {
  for (const bool wide : {false, true}) {
    for (const bool big_endian : {false, true}) {
      EXPECT_EQ(InterpreterOf(MakeElf({.wide = wide, .big_endian = big_endian})), "/lib/ld")
          << wide << big_endian;
    }
  }
}

TEST(InterpreterTest, StaticProgram) {
  std::string bytes = MakeElf({});
  bytes[64 + 56] = 1;  // PT_LOAD
  EXPECT_EQ(InterpreterOf(bytes), "");
}

TEST(InterpreterTest, LoaderThatIsNotInTheHead) {
  EXPECT_EQ(InterpreterOf(MakeElf({.offset = 510})), "");
  EXPECT_EQ(InterpreterOf(MakeElf({.offset = ~size_t{0}})), "");
  EXPECT_EQ(InterpreterOf(MakeElf({.size = ~size_t{0}})), "");
}

// A name ends at its first NUL, as for the kernel.
TEST(InterpreterTest, LoaderWithBytesBehindIt) {
  EXPECT_EQ(InterpreterOf(MakeElf({.size = 20})), "/lib/ld");
}

TEST(InterpreterTest, CutProgram) {
  const std::string bytes = MakeElf({});
  for (size_t size = 0; size < 207; ++size) EXPECT_EQ(InterpreterOf(bytes.substr(0, size)), "");
}

TEST(InterpreterTest, LineOfAScript) {
  EXPECT_EQ(InterpreterOf("#!/bin/sh -e\necho\n"), "#!/bin/sh -e");
  EXPECT_EQ(InterpreterOf("#! /usr/bin/env python3\r\n"), "#! /usr/bin/env python3\r");
  EXPECT_EQ(InterpreterOf("#!" + std::string(253, 'x') + "\n"), "#!" + std::string(253, 'x'));
}

TEST(InterpreterTest, NoLineOfAScript) {
  EXPECT_EQ(InterpreterOf("#!/bin/sh"), "");
  EXPECT_EQ(InterpreterOf("#!" + std::string(254, 'x') + "\n"), "");
  EXPECT_EQ(InterpreterOf("echo\n"), "");
  EXPECT_EQ(InterpreterOf(""), "");
}

}  // namespace
}  // namespace linuxkit
