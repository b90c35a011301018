#include "tools/qemu/serial_log.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/failure.h"

namespace linuxkit {
namespace {

using ::testing::IsEmpty;

std::vector<Pattern> Patterns(const std::vector<std::string>& texts) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) patterns.push_back(*Pattern::Compile("test", text));
  return patterns;
}

const std::vector<Pattern> kNone;

TEST(SerialLog, ExpectedInAnyOrder) {
  const std::vector<Pattern> expect = Patterns({"first", "^second [0-9]+$"});
  SerialLog log(expect, kNone, "");
  log.Append("second 12\r\n");
  EXPECT_EQ(log.Missing(), std::vector<std::string>{"first"});
  log.Append("the first\n");
  EXPECT_TRUE(log.AllSeen());
}
TEST(SerialLog, KernelIsToldFromABootLoader) {
  SerialLog log(kNone, kNone, "");
  log.Append("ISOLINUX 6.04\n[ok]\n[1]\n[.x]\n");
  EXPECT_TRUE(log.KernelSpoke());
  EXPECT_FALSE(log.KernelStamped());
  log.Append("[    0.000000] Linux version 6.12\n");
  EXPECT_TRUE(log.KernelStamped());
}
TEST(SerialLog, LineInPieces) {
  const std::vector<Pattern> expect = Patterns({"^hello world$"});
  SerialLog log(expect, kNone, "");
  log.Append("hel");
  log.Append("lo wor");
  EXPECT_FALSE(log.AllSeen());
  log.Append("ld");
  EXPECT_TRUE(log.AllSeen());
}
TEST(SerialLog, PromptWithoutNewline) {
  const std::vector<Pattern> expect = Patterns({"login: $"});
  SerialLog log(expect, kNone, "");
  log.Append("host login: ");
  EXPECT_TRUE(log.AllSeen());
}

TEST(SerialLog, KernelComplaintsIgnored) {
  const std::vector<Pattern> forbid = Patterns({"bad"});
  SerialLog log(kNone, forbid, "", KernelComplaints::kIgnored);
  log.Append("[    1.0] Kernel panic - not syncing\n");
  EXPECT_EQ(log.complaint(), absl::OkStatus());
  EXPECT_THAT(log.forbidden(), IsEmpty());
  log.Append("bad\n");
  EXPECT_EQ(FailureLine(Combined(log.forbidden())),
            "FAIL [expectation]: the serial console has a line that matches the forbidden \"bad\": "
            "bad");
}

class LastWord : public testing::TestWithParam<std::string> {};
TEST_P(LastWord, OfTheFirmware) {
  SerialLog log(kNone, kNone, "");
  log.Append("BdsDxe: failed to load Boot0001 from Pci: Not Found\r\nBoot failed\r\n");
  EXPECT_EQ(log.firmware_gave_up(), "");
  log.Append(absl::StrCat(GetParam(), " x\r\n"));
  log.Append("No bootable device.\r\n");
  EXPECT_EQ(log.firmware_gave_up(), absl::StrCat(GetParam(), " x"));
}
INSTANTIATE_TEST_SUITE_P(SerialLog, LastWord,
                         testing::Values("No bootable device.",
                                         "BdsDxe: No bootable option or device was found.",
                                         "UEFI Interactive Shell v2.2", "No more network devices"));

class ForbiddenLine : public testing::TestWithParam<std::string> {};
TEST_P(ForbiddenLine, IsAKernelFailure) {
  SerialLog log(kNone, kNone, "");
  log.Append("[    0.1] fine\n");
  EXPECT_EQ(log.complaint(), absl::OkStatus());
  log.Append(absl::StrCat("[    1.0] ", GetParam(), ": x\n[    1.1] more\n"));
  EXPECT_EQ(FailureLine(log.complaint()),
            absl::StrCat("FAIL [kernel]: the serial console says: [    1.0] ", GetParam(), ": x"));
}
INSTANTIATE_TEST_SUITE_P(SerialLog, ForbiddenLine,
                         testing::Values("Kernel panic - not syncing", "Initramfs unpacking failed",
                                         "Out of memory", "BUG:", "Oops", "VFS: Unable to mount",
                                         "invalid magic at start of compressed archive"));

TEST(SerialLog, ForbiddenLineInPieces) {
  SerialLog log(kNone, kNone, "");
  log.Append("Kernel panic");
  EXPECT_EQ(FailureLine(log.complaint()), "FAIL [kernel]: the serial console says: Kernel panic");
  log.Append(" - not");
  log.Append(" syncing\nnext");
  log.Append(" line\n");
  EXPECT_EQ(FailureLine(log.complaint()),
            "FAIL [kernel]: the serial console says: Kernel panic - not syncing");
}
TEST(SerialLog, ForbiddenByThePlan) {
  const std::vector<Pattern> forbid = Patterns({"segfault"});
  SerialLog log(kNone, forbid, "");
  log.Append("web[12]: segfault at 0\n");
  EXPECT_EQ(FailureLine(Combined(log.forbidden())),
            "FAIL [expectation]: the serial console has a line that matches the forbidden "
            "\"segfault\": web[12]: segfault at 0");
}
TEST(SerialLog, EachForbiddenExpressionOnce) {
  const std::vector<Pattern> forbid = Patterns({"bad", "worse", "never"});
  SerialLog log(kNone, forbid, "");
  log.Append("a wor");
  log.Append("se\x1b[m line\nbad\nbad again\n");
  EXPECT_EQ(FailureLine(Combined(log.forbidden())),
            "FAIL [expectation]: the serial console has a line that matches the forbidden \"bad\": "
            "bad\n"
            "FAIL [expectation]: the serial console has a line that matches the forbidden "
            "\"worse\": a worse\\x1b[m line");
}
TEST(SerialLog, ComplaintBehindAForbiddenLine) {
  const std::vector<Pattern> forbid = Patterns({"bad"});
  SerialLog log(kNone, forbid, "");
  log.Append("bad\nKernel panic\n");
  EXPECT_EQ(FailureLine(log.complaint()), "FAIL [kernel]: the serial console says: Kernel panic");
}
TEST(SerialLog, FirmwareIsNotTheKernel) {
  SerialLog log(kNone, kNone, "");
  log.Append("\x1b[2JSeaBIOS (version 1)\r\n\r\nBooting from ROM..\r\nBdsDxe: loading Boot0001\n");
  log.Append("\x1b[2J\x1b[01;01H\n");
  EXPECT_FALSE(log.KernelSpoke());
  log.Append("[    0.000000] Linux version 7\n");
  EXPECT_TRUE(log.KernelSpoke());
}
TEST(SerialLog, PoweredDown) {
  SerialLog log(kNone, kNone, "");
  log.Append("[    9.1] reboot: Power down\n");
  EXPECT_TRUE(log.PoweredDown());
}
TEST(SerialLog, TailHasFiftyLines) {
  SerialLog log(kNone, kNone, "");
  for (int i = 0; i < 60; ++i) log.Append(absl::StrCat("line ", i, "\n"));
  log.Append("unfinished");
  const std::string tail = log.Tail();
  EXPECT_TRUE(tail.starts_with("line 10\n"));
  EXPECT_TRUE(tail.ends_with("line 59\nunfinished"));
}
TEST(SerialLog, EndlessLineIsCut) {
  SerialLog log(kNone, kNone, "");
  log.Append(std::string(100000, 'x'));
  EXPECT_LE(log.partial().size(), 16u << 10);
}
TEST(SerialLog, FileHasEverything) {
  const std::string path = absl::StrCat(testing::TempDir(), "/serial.log");
  SerialLog log(kNone, kNone, path);
  log.Append(std::string("a\r\n\0b", 5));
  EXPECT_EQ(*ReadFile(path), std::string("a\r\n\0b", 5));
}

TEST(SerialLog, FileHasAnEnd) {
  const std::vector<Pattern> none;
  const std::string path = absl::StrCat(testing::TempDir(), "/flood.log");
  SerialLog log(none, none, path);
  const std::string mebibyte(size_t{1} << 20, 'y');
  for (int i = 0; i < 40; ++i) log.Append(mebibyte);
  const std::string note = "\n(more than 32 MiB: the rest of the console is left out)\n";
  const std::string kept = *ReadFile(path);
  EXPECT_EQ(kept.size(), (size_t{32} << 20) + note.size());
  EXPECT_TRUE(kept.ends_with(note));
}
// The file may be where another user can put a link.
TEST(SerialLog, FileReplacesALink) {
  const std::vector<Pattern> none;
  const std::string path = absl::StrCat(testing::TempDir(), "/linked.log");
  const std::string precious = absl::StrCat(testing::TempDir(), "/precious");
  ASSERT_EQ(WriteFile(precious, "kept"), absl::OkStatus());
  ASSERT_EQ(symlink(precious.c_str(), path.c_str()), 0);
  SerialLog(none, none, path).Append("a line\n");
  EXPECT_EQ(*ReadFile(precious), "kept");
  EXPECT_EQ(*ReadFile(path), "a line\n");
}

TEST(Pattern, Malformed) {
  EXPECT_EQ(Pattern::Compile("expect[0]", "a(b").status().message(),
            "expect[0]: \"a(b\" is not a POSIX extended regular expression: Unmatched ( or \\(");
}
TEST(Pattern, PerlClass) {
  EXPECT_EQ(Pattern::Compile("expect", "up \\d+").status().message(),
            "expect: \"up \\d+\": \\d is not POSIX; write [0-9] or [^0-9]");
}
TEST(Pattern, EscapedBackslashIsFine) {
  EXPECT_TRUE(Pattern::Compile("x", "C:\\\\d")->FoundIn("C:\\d"));
}
TEST(Pattern, DotStopsAtTheLineEnd) {
  EXPECT_FALSE(Pattern::Compile("x", "a.b")->FoundIn("a\nb"));
  EXPECT_TRUE(Pattern::Compile("x", "^b$")->FoundIn("a\nb\nc"));
}
TEST(Pattern, TextWithZeroByte) {
  EXPECT_TRUE(Pattern::Compile("x", "after")->FoundIn(std::string_view("before\0after", 12)));
}

}  // namespace
}  // namespace linuxkit
