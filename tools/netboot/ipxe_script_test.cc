// Scripts for iPXE. A model of how iPXE reads a line says which command line it would pass on.
#include "tools/netboot/ipxe_script.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::StatusIs;

constexpr std::string_view kHead =
    "#!ipxe\n# img\nifopen\nisset ${ip} || set base ${cwduri}\nisset ${ip} || dhcp\nimgfree\n"
    "initrd ${base}initrd.img\n";

std::string Expand(std::string word) {
  while (true) {
    size_t end = 0;
    size_t start = word.npos;
    for (; end < word.size(); ++end) {
      if (word.compare(end, 2, "${") == 0) start = end;
      if (start != word.npos && word[end] == '}') break;
    }
    if (end == word.size()) return word;
    // No setting has a value here.
    word.erase(start, end + 1 - start);
  }
}

// The command line that iPXE gives the kernel of `script`.
std::string KernelCmdline(std::string_view script) {
  std::string joined(script);
  for (size_t at; (at = joined.find("\\\n")) != joined.npos;) joined.erase(at, 2);
  for (const std::string_view line : absl::StrSplit(joined, '\n')) {
    std::vector<std::string> words;
    for (const std::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
      if (word[0] == '#' || word == "||" || word == "&&" || word == ";") break;
      words.push_back(Expand(std::string(word)));
    }
    if (words.empty() || words[0] != "kernel") continue;
    return absl::StrJoin(words.begin() + 2, words.end(), " ");
  }
  return "no kernel";
}

std::string Script(std::string_view cmdline) {
  const auto script = IpxeScript({.name = "img", .cmdline = std::string(cmdline)});
  return script.ok() ? *script : std::string(script.status().message());
}

TEST(IpxeScriptTest, Plain) {
  EXPECT_EQ(Script("console=ttyS0 panic=10"),
            "#!ipxe\n"
            "# img\n"
            "ifopen\n"
            "isset ${ip} || set base ${cwduri}\n"
            "isset ${ip} || dhcp\n"
            "imgfree\n"
            "initrd ${base}initrd.img\n"
            "kernel ${base}kernel initrd=initrd.img console=ttyS0 panic=10\n"
            "boot\n");
}

TEST(IpxeScriptTest, NoCommandLine) {
  EXPECT_EQ(Script(""), absl::StrCat(kHead, "kernel ${base}kernel initrd=initrd.img\nboot\n"));
}

TEST(IpxeScriptTest, SpecialWords) {
  EXPECT_EQ(
      Script("a # || && ; #b  c"),
      absl::StrCat(kHead,
                   "kernel ${base}kernel initrd=initrd.img a ${nil}# ${nil}|| ${nil}&& ${nil}; "
                   "${nil}#b ${nil} c\nboot\n"));
}

TEST(IpxeScriptTest, CommandLinesSurvive) {
  for (const std::string_view cmdline :
       {"a=\"b  c\" 'd'", "a=$b ${c d} }", "${", "}${", "$ {x}", "a\\ \\b c\\", "\\", " a ",
        "-- --name x", "--timeout 3", "#", "a;b ; c||d || e", "\xc3\xa4=\xff", "%s%n", "`x` $(y)",
        "<>*?[]~!"}) {
    EXPECT_EQ(KernelCmdline(Script(cmdline)), absl::StrCat("initrd=initrd.img ", cmdline));
  }
}

TEST(IpxeScriptTest, RandomCommandLinesSurviveOrAreRefused) {
  std::mt19937 random(20260728);
  constexpr std::string_view kAlphabet = "ab ${}#;|&\\\"'-=";
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string cmdline(random() % 12, ' ');
    for (char& c : cmdline) c = kAlphabet[random() % kAlphabet.size()];
    const auto script = IpxeScript({.cmdline = cmdline});
    if (!script.ok()) {
      ++refused;
      continue;
    }
    ASSERT_EQ(KernelCmdline(*script),
              absl::StrCat("initrd=initrd.img", cmdline.empty() ? "" : " ", cmdline))
        << *script;
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 2000);
}

TEST(IpxeScriptTest, SettingIsRefused) {
  EXPECT_THAT(
      IpxeScript({.cmdline = "a b=${net0/mac}x"}),
      StatusIs(
          absl::StatusCode::kInvalidArgument,
          "the kernel command line has the word \"b=${net0/mac}x\"; iPXE would put the value of "
          "one of its settings for ${...} and has no way to write it otherwise. Expected no "
          "word with \"${\" and a \"}\" behind it; take it out of cmdline"));
}

TEST(IpxeScriptTest, NewlineIsRefused) {
  EXPECT_THAT(IpxeScript({.cmdline = "a\nb"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the kernel command line \"a\\nb\" has the control character \"\\n\"; "
                       "expected one line of words with spaces between them"));
}

TEST(IpxeScriptTest, InitrdOfItsOwnIsRefused) {
  EXPECT_THAT(IpxeScript({.cmdline = "quiet initrd=x.img"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the kernel command line has the word \"initrd=x.img\"; expected none, for "
                       "the boot loader adds it. Take it out of cmdline"));
}

}  // namespace
}  // namespace linuxkit
