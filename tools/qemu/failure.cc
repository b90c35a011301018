#include "tools/qemu/failure.h"

#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr std::string_view kPayloadUrl = "linuxkit/failure-class";

// Indexed by FailureClass.
constexpr std::array<std::string_view, 7> kNames = {"emulator",    "firmware", "kernel",  "guest",
                                                    "expectation", "deadline", "shutdown"};

}  // namespace

absl::Status Failure(FailureClass failure_class, std::string_view message) {
  absl::Status status = absl::FailedPreconditionError(message);
  status.SetPayload(kPayloadUrl, absl::Cord(kNames[static_cast<size_t>(failure_class)]));
  return status;
}

absl::Status Combined(absl::Span<const absl::Status> failures) {
  if (failures.empty()) return absl::OkStatus();
  std::string message(failures[0].message());
  for (const absl::Status& failure : failures.subspan(1)) {
    absl::StrAppend(&message, "\n", FailureLine(failure));
  }
  const std::optional<FailureClass> failure_class = FailureClassOf(failures[0]);
  return failure_class ? Failure(*failure_class, message)
                       : absl::Status(failures[0].code(), message);
}

std::optional<FailureClass> FailureClassOf(const absl::Status& status) {
  const std::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload) return std::nullopt;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (*payload == kNames[i]) return static_cast<FailureClass>(i);
  }
  return std::nullopt;
}

std::string FirstLine(std::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  return std::string(text.substr(0, text.find('\n')));
}

std::string FailureLine(const absl::Status& status) {
  const std::optional<FailureClass> failure_class = FailureClassOf(status);
  if (!failure_class) return absl::StrCat("FAIL: ", status.message());
  return absl::StrCat("FAIL [", kNames[static_cast<size_t>(*failure_class)],
                      "]: ", status.message());
}

}  // namespace linuxkit
