#include "tools/package/layer_input.h"

#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/base/pair.h"
#include "tools/oci/blob_range.h"
#include "tools/package/deb.h"
#include "tools/package/layer_plan.h"
#include "tools/tar/tar_stream.h"

namespace linuxkit {
namespace {

using Type = TarEntry::Type;

class ArchiveInput : public LayerInput {
 public:
  ArchiveInput(std::string path, bool is_deb) : path_(std::move(path)), is_deb_(is_deb) {}

  const std::string& name() const override { return path_; }

  absl::Status Visit(const Visitor& visitor) const override {
    ABSL_ASSIGN_OR_RETURN(const BlobRange range,
                          is_deb_ ? FindDebData(path_) : BlobRange::OfFile(path_));
    ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> stored, OpenRange(range));
    ABSL_ASSIGN_OR_RETURN(const auto tar, TarStream::Open(std::move(stored), path_));
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, tar->Next());
      if (!entry) return absl::OkStatus();
      ABSL_RETURN_IF_ERROR(visitor(*entry, tar->content()));
    }
  }

 private:
  std::string path_;
  bool is_deb_;
};

class SingleInput : public LayerInput {
 public:
  SingleInput(TarEntry entry, std::string source)
      : entry_(std::move(entry)), name_(source.empty() ? entry_.path : std::move(source)) {}

  const std::string& name() const override { return name_; }

  absl::Status Visit(const Visitor& visitor) const override {
    if (entry_.type != Type::kFile) {
      StringSource nothing("");
      return visitor(entry_, nothing);
    }
    ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(name_));
    TarEntry entry = entry_;
    entry.size = file.size();
    FileRange content(file);
    return visitor(entry, content);
  }

 private:
  TarEntry entry_;
  std::string name_;
};

absl::Status BadFlag(std::string_view flag, std::string_view value, std::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, "=", value, ": expected ", expected));
}

// Cuts ":0755" off the end of a path, if it is there.
std::optional<uint32_t> TakeMode(std::string_view& path) {
  const size_t colon = path.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = path.substr(colon + 1);
  if (digits.size() < 3 || digits.size() > 4) return std::nullopt;
  uint32_t mode = 0;
  for (const char c : digits) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<uint32_t>(c - '0');
  }
  path = path.substr(0, colon);
  return mode;
}

// The mode of a file that has none of its own: programs start with these bytes. What the file
// system says is no part of an action's key, and on an executor all inputs are executable.
absl::StatusOr<uint32_t> ModeByContent(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  std::string start(4, '\0');
  ABSL_ASSIGN_OR_RETURN(const size_t size, file.ReadAt(0, absl::MakeSpan(start)));
  start.resize(size);
  return start == "\177ELF" || start.starts_with("#!") ? 0755 : 0644;
}

absl::StatusOr<TarEntry> MakeEntry(Type type, uint32_t mode, std::string_view path) {
  absl::StatusOr<std::string> clean = CleanName(path);
  if (!clean.ok() || (*clean == "." && type != Type::kDirectory)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path, "\" is not a path in the image; expected one like usr/bin/tool"));
  }
  TarEntry entry;
  entry.path = *std::move(clean);
  entry.type = type;
  entry.mode = mode;
  entry.mtime = kLayerTime;
  return entry;
}

}  // namespace

std::unique_ptr<LayerInput> LayerInput::Tar(std::string path) {
  return std::make_unique<ArchiveInput>(std::move(path), /*is_deb=*/false);
}

std::unique_ptr<LayerInput> LayerInput::Deb(std::string path) {
  return std::make_unique<ArchiveInput>(std::move(path), /*is_deb=*/true);
}

std::unique_ptr<LayerInput> LayerInput::Single(TarEntry entry, std::string source) {
  return std::make_unique<SingleInput>(std::move(entry), std::move(source));
}

absl::StatusOr<std::unique_ptr<LayerInput>> LayerInput::File(std::string_view flag) {
  ABSL_ASSIGN_OR_RETURN(Pair pair, ParsePair("file", flag, "DEST=SOURCE"));
  std::string source = std::move(pair.value);
  std::string_view path = pair.key;
  std::optional<uint32_t> mode = TakeMode(path);
  if (!mode) {
    ABSL_ASSIGN_OR_RETURN(mode, ModeByContent(source));
  }
  ABSL_ASSIGN_OR_RETURN(TarEntry entry, MakeEntry(Type::kFile, *mode, path));
  return Single(std::move(entry), std::move(source));
}

absl::StatusOr<std::unique_ptr<LayerInput>> LayerInput::Symlink(std::string_view flag) {
  ABSL_ASSIGN_OR_RETURN(Pair pair, ParsePair("symlink", flag, "DEST=TARGET"));
  if (pair.value.empty()) return BadFlag("symlink", flag, "DEST=TARGET");
  ABSL_ASSIGN_OR_RETURN(TarEntry entry, MakeEntry(Type::kSymlink, 0777, pair.key));
  entry.link = std::move(pair.value);
  return Single(std::move(entry), "");
}

absl::StatusOr<std::unique_ptr<LayerInput>> LayerInput::Directory(std::string_view flag) {
  const std::optional<uint32_t> mode = TakeMode(flag);
  ABSL_ASSIGN_OR_RETURN(TarEntry entry, MakeEntry(Type::kDirectory, mode.value_or(0755), flag));
  return Single(std::move(entry), "");
}

}  // namespace linuxkit
