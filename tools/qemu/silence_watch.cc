#include "tools/qemu/silence_watch.h"

#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

constexpr size_t kQuoted = 120;
// Of shells, logins, boot loaders ("boot:", "grub>") and questions.
constexpr std::string_view kEndOfPrompt = "#$>:?%]";
// Of an escape sequence (ECMA-48, 5.4: a final byte).
constexpr std::string_view kEndOfSequence =
    "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

// What //runtime:init says last at boot, perhaps behind the prompt of a getty.
std::vector<Pattern> SystemIsUp() {
  std::vector<Pattern> patterns;
  patterns.push_back(*Pattern::Compile("up", "init: (no|[0-9]+) services? running"));
  return patterns;
}

// The last line that has text, as a message quotes it.
std::string LastLine(std::string_view console) {
  std::string_view last;
  for (const std::string_view line : absl::StrSplit(console, '\n', absl::SkipWhitespace())) {
    last = absl::StripAsciiWhitespace(line);
  }
  if (last.empty()) return "none";
  return absl::StrCat("\"", absl::CHexEscape(last.substr(0, kQuoted)), "\"");
}

// Whether the line looks as if it waited for an answer: it ends as prompts do, but for blanks and
// the escape sequences of terminals.
bool LooksLikePrompt(std::string_view line) {
  std::string text;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line.substr(i).starts_with("\x1b[")) {
      const size_t end = line.find_first_of(kEndOfSequence, i + 2);
      if (end == line.npos) break;
      i = end;
    } else {
      text.push_back(line[i]);
    }
  }
  absl::StripTrailingAsciiWhitespace(&text);
  return !text.empty() && kEndOfPrompt.find(text.back()) != kEndOfPrompt.npos;
}

std::string Advice(const Machine& machine, bool kernel_spoke) {
  const bool has_console = machine.cmdline.find("console=tty") != std::string::npos;
  if (machine.kernel.empty()) {
    return kernel_spoke ? "a kernel whose command line has no \"quiet\" says more"
                        : "--gui shows the screen, where firmware may say more";
  }
  if (!kernel_spoke && !has_console) return "--kernel-arg=console=ttyS0 gives the kernel a console";
  return "--kernel-arg=ignore_loglevel makes the kernel say more";
}

}  // namespace

SilenceWatch::SilenceWatch(std::chrono::milliseconds limit, Clock::time_point start)
    : limit_(limit),
      system_is_up_(SystemIsUp()),
      console_(system_is_up_, nothing_, "", KernelComplaints::kIgnored),
      last_(start) {}

void SilenceWatch::Append(std::string_view bytes, Clock::time_point now) {
  if (bytes.empty()) return;
  console_.Append(bytes);
  last_ = now;
  told_ = false;
}

SilenceWatch::Clock::time_point SilenceWatch::next_time() const {
  const bool disturbs = LooksLikePrompt(console_.partial()) || console_.AllSeen();
  return told_ || disturbs ? Clock::time_point::max() : last_ + limit_;
}

bool SilenceWatch::Due(Clock::time_point now) {
  if (now < next_time()) return false;
  told_ = true;
  return true;
}

std::string SilenceWatch::Report(const Machine& machine, std::string_view run_state) const {
  const double seconds = static_cast<double>(limit_.count()) / 1000;
  return absl::StrCat("the console is silent for ", seconds, " s (", AccelName(machine.accel),
                      ", run state ", run_state.empty() ? "unknown" : run_state,
                      ", last line: ", LastLine(console_.Tail()), "); ",
                      Advice(machine, console_.KernelSpoke()), "; Ctrl-A x ends the machine");
}

}  // namespace linuxkit
