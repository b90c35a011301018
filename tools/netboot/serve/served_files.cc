#include "tools/netboot/serve/served_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

constexpr size_t kMostFiles = 10'000;

bool IsCleanName(std::string_view name) {
  for (const std::string_view part : absl::StrSplit(name, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  for (const char c : name) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

std::string HtmlEscape(std::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

// What stands for a name in a URL's path (RFC 3986, 3.3).
std::string UrlEscape(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    const bool is_plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                          std::string_view("/-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      escaped += c;
    } else {
      absl::StrAppend(&escaped, "%", absl::BytesToHexString(std::string_view(&c, 1)));
    }
  }
  return escaped;
}

std::string SizeOf(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? error.message() : absl::StrCat(size);
}

}  // namespace

absl::Status ServedFiles::Add(std::string_view name, const std::string& path) {
  if (!IsCleanName(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", absl::CHexEscape(name), "\" is no name to serve ", path,
                     " by; expected a relative path without \".\", \"..\" and control characters"));
  }
  ABSL_RETURN_IF_ERROR(InputFile::Open(path).status());
  files_.insert_or_assign(std::string(name), path);
  return absl::OkStatus();
}

absl::Status ServedFiles::AddDirectory(const std::string& directory) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    // A link that leads nowhere is no file; it does not end the walk.
    std::error_code no_file;
    if (!entry->is_regular_file(no_file)) continue;
    if (files_.size() >= kMostFiles) {
      return absl::ResourceExhaustedError(absl::StrCat(directory, " has more than ", kMostFiles,
                                                       " files; serve a smaller directory"));
    }
    const std::filesystem::path name = entry->path().lexically_relative(directory);
    ABSL_RETURN_IF_ERROR(Add(name.native(), entry->path().native()));
  }
  if (!error) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("cannot list ", directory, ": ", error.message()));
}

const std::string* ServedFiles::Find(std::string_view name) const {
  const auto file = files_.find(name);
  return file == files_.end() ? nullptr : &file->second;
}

std::string ServedFiles::IndexPage() const {
  std::string page = absl::StrCat("<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>",
                                  HtmlEscape(title_), "</title></head>\n<body>\n<h1>",
                                  HtmlEscape(title_), "</h1>\n<table>\n");
  for (const auto& [name, path] : files_) {
    absl::StrAppend(&page, "<tr><td><a href=\"/", UrlEscape(name), "\">", HtmlEscape(name),
                    "</a></td><td>", SizeOf(path), "</td></tr>\n");
  }
  return absl::StrCat(page, "</table>\n</body>\n</html>\n");
}

std::string_view MediaType(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".ipxe", "text/plain; charset=utf-8"},
      {".cfg", "text/plain; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {"cmdline", "text/plain; charset=utf-8"},
      {"/default", "text/plain; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".json", "application/json"},
      {".efi", "application/efi"},
      {".iso", "application/x-iso9660-image"},
      {".gz", "application/gzip"},
      {".tar", "application/x-tar"},
      {".zst", "application/zstd"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace linuxkit
