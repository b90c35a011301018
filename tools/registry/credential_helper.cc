#include "tools/registry/credential_helper.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/oci/json.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

// An answer is a token and little else.
constexpr size_t kMaxAnswerBytes = 1 << 20;
// What docker's helpers print, and exit with 1, for a server that they do not know.
constexpr std::string_view kNotFound = "credentials not found in native keychain";
// The user name that marks an identity token.
constexpr std::string_view kTokenUser = "<token>";

// A helper that ends without reading its question must not end us.
class IgnoreSigpipe {
 public:
  IgnoreSigpipe() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, &old_);
  }
  ~IgnoreSigpipe() {
    // Takes away the signal that a failed write has left, before it is let through again.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    const timespec now = {};
    while (sigtimedwait(&set, nullptr, &now) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &old_, nullptr);
  }

 private:
  sigset_t old_;
};

// The question is smaller than a pipe's buffer (64 KiB): it never blocks.
void WriteQuestion(int fd, std::string_view question) {
  const IgnoreSigpipe ignore;
  [[maybe_unused]] const ssize_t sent = write(fd, question.data(), question.size());
}

absl::StatusOr<std::string> ReadAnswer(const std::string& program, int fd) {
  std::string answer;
  char buffer[4096];
  while (true) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read from ", program));
    if (got == 0) return answer;
    answer.append(buffer, static_cast<size_t>(got));
    if (answer.size() > kMaxAnswerBytes) {
      return absl::InvalidArgumentError(absl::StrCat(program, ": found an answer of more than ",
                                                     kMaxAnswerBytes, " bytes; expected JSON"));
    }
  }
}

struct Answer {
  ExitStatus status;
  std::string text;
};

absl::StatusOr<Answer> Ask(const std::string& program, std::string_view question) {
  ABSL_ASSIGN_OR_RETURN(DescriptorPair input, MakePipe());
  ABSL_ASSIGN_OR_RETURN(DescriptorPair output, MakePipe());
  ABSL_ASSIGN_OR_RETURN(Process process,
                        Process::Start({program, "get"}, {.stdin_fd = input.first.get(),
                                                          .stdout_fd = output.second.get(),
                                                          .kept_fds = {}}));
  input.first = FileDescriptor();
  output.second = FileDescriptor();
  WriteQuestion(input.second.get(), question);
  input.second = FileDescriptor();
  ABSL_ASSIGN_OR_RETURN(std::string text, ReadAnswer(program, output.first.get()));
  return Answer{.status = process.Wait(), .text = std::move(text)};
}

// What the program printed is not shown: it may be half of a secret.
absl::Status Failed(const std::string& program, const Answer& answer, std::string_view about) {
  return absl::FailedPreconditionError(absl::StrCat(
      program, ": ended with ", answer.status.Describe(), " when asked for credentials for ", about,
      "; run: echo '", about, "' | ", program, " get"));
}

// Messages of the JSON reader show values, which are secrets here.
absl::Status NotUnderstood(const std::string& program, std::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(program, ": found an answer that is not understood; expected ", expected));
}

absl::StatusOr<Credential> ParseDockerAnswer(const std::string& program, const std::string& text) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(program, text));
  ABSL_ASSIGN_OR_RETURN(const JsonNode user, document.root().Required("Username"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode secret, document.root().Required("Secret"));
  Credential credential;
  credential.source = program;
  ABSL_ASSIGN_OR_RETURN(credential.username, user.String());
  ABSL_ASSIGN_OR_RETURN(std::string value, secret.String());
  if (credential.username == kTokenUser) {
    credential.username.clear();
    credential.identity_token = Secret(std::move(value));
  } else {
    credential.password = Secret(std::move(value));
  }
  return credential;
}

absl::StatusOr<std::vector<Secret>> ParseBazelAnswer(const std::string& program,
                                                     const std::string& text) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(program, text));
  ABSL_ASSIGN_OR_RETURN(const auto headers, document.root().Optional("headers"));
  std::vector<Secret> lines;
  if (!headers) return lines;
  ABSL_ASSIGN_OR_RETURN(const auto members, headers->Members());
  for (const auto& [name, node] : members) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> values, node.StringList());
    for (const std::string& value : values) {
      // A line break would smuggle in another header.
      if (absl::StrContains(value, '\n') || absl::StrContains(name, '\n')) {
        return absl::InvalidArgumentError("line break");
      }
      lines.emplace_back(absl::StrCat(name, ": ", value));
    }
  }
  return lines;
}

// How much of `host` the pattern names; nothing if it does not match.
std::optional<size_t> MatchLength(std::string_view pattern, std::string_view host) {
  if (pattern == host) return host.size() + 1;
  if (pattern == "*") return 0;
  const bool is_suffix = absl::ConsumePrefix(&pattern, "*");
  if (is_suffix && pattern.starts_with('.') && host.ends_with(pattern)) return pattern.size();
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::optional<Credential>> AskDockerHelper(std::string_view name,
                                                          const std::string& server) {
  const std::string program = absl::StrCat("docker-credential-", name);
  ABSL_ASSIGN_OR_RETURN(const Answer answer, Ask(program, server));
  if (!answer.status.success()) {
    if (absl::StrContains(answer.text, kNotFound)) return std::nullopt;
    return Failed(program, answer, server);
  }
  absl::StatusOr<Credential> credential = ParseDockerAnswer(program, answer.text);
  if (credential.ok()) return *std::move(credential);
  return NotUnderstood(program, "{\"Username\": \"…\", \"Secret\": \"…\"}");
}

absl::StatusOr<std::vector<Secret>> AskBazelHelper(const std::string& program,
                                                   const std::string& uri) {
  const std::string question = nlohmann::json{{"uri", uri}}.dump();
  ABSL_ASSIGN_OR_RETURN(const Answer answer, Ask(program, question));
  if (!answer.status.success()) return Failed(program, answer, question);
  absl::StatusOr<std::vector<Secret>> headers = ParseBazelAnswer(program, answer.text);
  if (headers.ok()) return headers;
  return NotUnderstood(program, "{\"headers\": {\"Authorization\": [\"…\"]}}");
}

const BazelHelper* FindBazelHelper(const std::vector<BazelHelper>& helpers, std::string_view host) {
  const BazelHelper* best = nullptr;
  size_t best_length = 0;
  for (const BazelHelper& helper : helpers) {
    const std::optional<size_t> length = MatchLength(helper.pattern, host);
    if (!length || (best != nullptr && *length <= best_length)) continue;
    best = &helper;
    best_length = *length;
  }
  return best;
}

}  // namespace linuxkit
