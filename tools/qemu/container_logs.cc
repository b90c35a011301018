#include "tools/qemu/container_logs.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/base/output_tail.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

constexpr TailLimits kShown = {.lines = 20, .bytes = size_t{4} << 10};
// With a byte more than is shown LastLines knows that it cuts.
constexpr size_t kKept = kShown.bytes + 1;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::Status AppendToFile(const std::string& path, std::string_view bytes) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "ae"));
  const bool good = file != nullptr &&
                    std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
                    std::fflush(file.get()) == 0;
  return good ? absl::OkStatus() : absl::ErrnoToStatus(errno, path);
}

}  // namespace

std::string LogFileName(std::string_view name) {
  constexpr std::string_view kKeptAsIs = "._+-";
  std::string file;
  for (const char c : name) {
    const bool hides = c == '.' && file.empty();
    if (!hides && (absl::ascii_isalnum(c) || kKeptAsIs.find(c) != kKeptAsIs.npos)) {
      file.push_back(c);
    } else {
      absl::StrAppendFormat(&file, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  // Of 255 bytes that most file systems take, with the suffix.
  constexpr size_t kLongest = 240;
  return file.substr(0, kLongest);
}

absl::Status ContainerLogs::Append(std::string_view section, std::string_view name, bool is_error,
                                   std::string_view bytes) {
  const auto [entry, is_new] = streams_.try_emplace(Key(section, name, is_error));
  Stream& stream = entry->second;
  if (is_new) {
    ABSL_RETURN_IF_ERROR(Open(entry->first, stream));
  }
  stream.end += bytes;
  if (stream.end.size() > 2 * kKept) {
    stream.end.erase(0, stream.end.size() - kKept);
    stream.cut = true;
  }
  return stream.file.empty() ? absl::OkStatus() : AppendToFile(stream.file, bytes);
}

absl::Status ContainerLogs::Open(const Key& key, Stream& stream) const {
  if (directory_.empty()) return absl::OkStatus();
  const auto& [section, name, is_error] = key;
  const std::string directory = absl::StrCat(directory_, "/", LogFileName(section));
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  stream.file = absl::StrCat(directory, "/", LogFileName(name), is_error ? ".log" : ".out.log");
  // A log of an earlier boot goes.
  return CreateFile(stream.file).status();
}

const ContainerLogs::Stream* ContainerLogs::Find(std::string_view section, std::string_view name,
                                                 bool is_error) const {
  const auto found = streams_.find(Key(section, name, is_error));
  return found == streams_.end() ? nullptr : &found->second;
}

std::string ContainerLogs::LastOutput(std::string_view section, std::string_view name) const {
  const Stream* const out = Find(section, name, false);
  const Stream* const err = Find(section, name, true);
  if (out == nullptr && err == nullptr) return "; the guest has not sent its log";
  const auto tail = [](const Stream* stream) {
    return stream == nullptr ? Tail() : LastLines(stream->end, kShown, stream->cut);
  };
  return DescribeOutput(tail(out), tail(err));
}

}  // namespace linuxkit
