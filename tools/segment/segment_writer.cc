#include "tools/segment/segment_writer.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/compress/background.h"
#include "tools/cpio/newc.h"
#include "tools/cpio/newc_writer.h"
#include "tools/segment/interpreter.h"

namespace linuxkit {
namespace {

constexpr uint32_t kExecutable = 0111;

uint32_t TypeBits(SegmentEntry::Type type) {
  switch (type) {
    case SegmentEntry::DIRECTORY:
      return S_IFDIR;
    case SegmentEntry::SYMLINK:
      return S_IFLNK;
    case SegmentEntry::CHARACTER_DEVICE:
      return S_IFCHR;
    case SegmentEntry::BLOCK_DEVICE:
      return S_IFBLK;
    case SegmentEntry::FIFO:
      return S_IFIFO;
    default:
      return S_IFREG;
  }
}

SegmentEntry MakeEntry(std::string_view path, SegmentEntry::Type type,
                       const Attributes& attributes) {
  SegmentEntry entry;
  entry.set_path(std::string(path));
  entry.set_type(type);
  entry.set_mode(attributes.mode);
  entry.set_uid(attributes.uid);
  entry.set_gid(attributes.gid);
  entry.set_mtime(attributes.mtime);
  entry.set_made_up(attributes.made_up);
  return entry;
}

absl::Status EntryError(std::string_view path, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("entry \"", absl::CHexEscape(path), "\": ", message));
}

absl::Status CheckPath(std::string_view path) {
  if (path == ".") return absl::OkStatus();
  for (const std::string_view component : absl::StrSplit(path, '/')) {
    if (component.empty() || component == "." || component == "..") {
      return EntryError(path, "expected a relative path without empty, \".\" or \"..\" components");
    }
  }
  return absl::OkStatus();
}

}  // namespace

class SegmentWriter::Impl {
 public:
  Impl(std::unique_ptr<OutputFile> file, SegmentOptions options)
      : file_(std::move(file)), options_(std::move(options)) {}

  absl::Status Start();
  absl::Status Restart();
  absl::Status AddSimple(SegmentEntry entry, std::string_view data = {});
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content);
  absl::Status AddParent(SegmentEntry directory);
  absl::Status Finish(const std::string& index_path);

  void AddNote(std::string note) { index_.add_notes(std::move(note)); }
  void AddLaunch(Launch launch) { *index_.add_launches() = std::move(launch); }
  SegmentIndex index() const;
  std::vector<std::string> notes() const { return {index_.notes().begin(), index_.notes().end()}; }

 private:
  absl::Status Prepare(std::string_view path, SegmentEntry::Type type);
  absl::Status AddMissingParents(std::string_view path);
  absl::StatusOr<Sha256Digest> CopyContent(std::string_view name, uint64_t size,
                                           ByteSource& content);
  absl::Status AddLinks(absl::Span<const std::string> names, const Attributes& attributes,
                        const NewcEntry& first);
  void Record(SegmentEntry entry);

  std::unique_ptr<OutputFile> file_;
  SegmentOptions options_;
  std::unique_ptr<Compressor> compressor_;
  // Between cpio_ and compressor_, which it must not outlive.
  std::unique_ptr<WriteBehind> behind_;
  std::unique_ptr<NewcWriter> cpio_;
  // All of the index but its entries, and those as they will be stored: messages of many small
  // parts take several times the memory. Serialized one after the other, the two are the whole
  // index.
  SegmentIndex index_;
  std::string entries_;
  // What each path is so far, to know which parents are there.
  absl::flat_hash_map<std::string, SegmentEntry::Type> types_;
  std::vector<char> buffer_ = std::vector<char>(kBufferSize);
  // The first bytes of the file that was added last.
  std::string head_;
};

absl::Status SegmentWriter::Impl::Start() {
  ABSL_ASSIGN_OR_RETURN(compressor_, Compressor::Create(options_.compression, *file_));
  if (options_.background) behind_ = std::make_unique<WriteBehind>(*compressor_);
  cpio_ = std::make_unique<NewcWriter>(options_.background ? static_cast<ByteSink&>(*behind_)
                                                           : *compressor_);
  index_.Clear();
  entries_.clear();
  index_.set_owner(options_.owner);
  types_ = {};
  return absl::OkStatus();
}

absl::Status SegmentWriter::Impl::Restart() {
  behind_.reset();
  ABSL_RETURN_IF_ERROR(file_->Restart());
  return Start();
}

absl::Status SegmentWriter::Impl::Prepare(std::string_view path, SegmentEntry::Type type) {
  ABSL_RETURN_IF_ERROR(CheckPath(path));
  ABSL_RETURN_IF_ERROR(AddMissingParents(path));
  types_[path] = type;
  return absl::OkStatus();
}

absl::Status SegmentWriter::Impl::AddMissingParents(std::string_view path) {
  for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string_view parent = path.substr(0, slash);
    const auto known = types_.find(parent);
    if (known == types_.end()) {
      ABSL_RETURN_IF_ERROR(AddSimple(MakeEntry(parent, SegmentEntry::DIRECTORY, kMadeUpDirectory)));
    } else if (known->second != SegmentEntry::DIRECTORY && known->second != SegmentEntry::SYMLINK) {
      return EntryError(path, absl::StrCat("its parent \"", absl::CHexEscape(parent),
                                           "\" is not a directory in this segment"));
    }
  }
  return absl::OkStatus();
}

void SegmentWriter::Impl::Record(SegmentEntry entry) {
  entry.set_mtime(NewcTime(entry.mtime()));
  SegmentIndex one;
  *one.add_entries() = std::move(entry);
  one.AppendToString(&entries_);
}

absl::Status SegmentWriter::Impl::AddSimple(SegmentEntry entry, std::string_view data) {
  ABSL_RETURN_IF_ERROR(Prepare(entry.path(), entry.type()));
  ABSL_RETURN_IF_ERROR(cpio_->Add({.name = entry.path(),
                                   .mode = TypeBits(entry.type()) | entry.mode(),
                                   .uid = entry.uid(),
                                   .gid = entry.gid(),
                                   .mtime = entry.mtime(),
                                   .device_major = entry.device_major(),
                                   .device_minor = entry.device_minor()},
                                  data));
  Record(std::move(entry));
  return absl::OkStatus();
}

absl::Status SegmentWriter::Impl::AddParent(SegmentEntry directory) {
  if (types_.contains(directory.path())) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(Prepare(directory.path(), SegmentEntry::DIRECTORY));
  directory.set_mtime(NewcTime(directory.mtime()));
  *index_.add_parents() = std::move(directory);
  return absl::OkStatus();
}

absl::StatusOr<Sha256Digest> SegmentWriter::Impl::CopyContent(std::string_view name, uint64_t size,
                                                              ByteSource& content) {
  Sha256 hash;
  head_.clear();
  for (uint64_t left = size; left > 0;) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left, buffer_.size()));
    ABSL_ASSIGN_OR_RETURN(const std::string_view bytes,
                          content.Borrow(absl::MakeSpan(buffer_).first(wanted)));
    if (bytes.empty()) {
      return EntryError(
          name, absl::StrCat("its content ends after ", size - left, " bytes; expected ", size));
    }
    hash.Update(bytes);
    head_ += bytes.substr(0, kInterpreterHead - head_.size());
    ABSL_RETURN_IF_ERROR(cpio_->Data(bytes));
    left -= bytes.size();
  }
  return hash.Finish();
}

absl::Status SegmentWriter::Impl::AddLinks(absl::Span<const std::string> names,
                                           const Attributes& attributes, const NewcEntry& first) {
  for (const std::string& name : names) {
    NewcEntry link = first;
    link.name = name;
    ABSL_RETURN_IF_ERROR(cpio_->Add(link));
    SegmentEntry entry = MakeEntry(name, SegmentEntry::HARDLINK, attributes);
    entry.set_link(std::string(first.name));
    Record(std::move(entry));
  }
  return absl::OkStatus();
}

absl::Status SegmentWriter::Impl::AddFile(absl::Span<const std::string> names,
                                          const Attributes& attributes, uint64_t size,
                                          ByteSource& content) {
  if (names.empty()) return absl::InternalError("a file without a name");
  for (const std::string& name : names) {
    ABSL_RETURN_IF_ERROR(Prepare(name, SegmentEntry::FILE));
  }
  NewcEntry first = {.name = names[0],
                     .mode = S_IFREG | attributes.mode,
                     .uid = attributes.uid,
                     .gid = attributes.gid,
                     .mtime = attributes.mtime,
                     .size = size,
                     .links = static_cast<uint32_t>(names.size())};
  ABSL_ASSIGN_OR_RETURN(first.ino, cpio_->Begin(first));
  ABSL_ASSIGN_OR_RETURN(const Sha256Digest digest, CopyContent(first.name, size, content));
  SegmentEntry entry = MakeEntry(first.name, SegmentEntry::FILE, attributes);
  entry.set_size(size);
  entry.set_sha256(digest.data(), digest.size());
  if ((attributes.mode & kExecutable) != 0) entry.set_interpreter(InterpreterOf(head_));
  Record(std::move(entry));
  return AddLinks(names.subspan(1), attributes, first);
}

SegmentIndex SegmentWriter::Impl::index() const {
  SegmentIndex index;
  index.ParseFromString(index_.SerializeAsString() + entries_);
  return index;
}

absl::Status SegmentWriter::Impl::Finish(const std::string& index_path) {
  ABSL_RETURN_IF_ERROR(cpio_->Trailer());
  if (behind_ != nullptr) {
    ABSL_RETURN_IF_ERROR(behind_->Flush());
  }
  ABSL_RETURN_IF_ERROR(compressor_->Finish());
  ABSL_RETURN_IF_ERROR(file_->Append(std::string(NewcPadding(file_->size()), '\0')));
  index_.set_unpacked_bytes(cpio_->size());
  index_.set_stored_bytes(file_->size());
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> index, OutputFile::Create(index_path));
  ABSL_RETURN_IF_ERROR(index->Append(index_.SerializeAsString()));
  ABSL_RETURN_IF_ERROR(index->Append(entries_));
  ABSL_RETURN_IF_ERROR(file_->Commit());
  return index->Commit();
}

SegmentWriter::SegmentWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SegmentWriter::~SegmentWriter() = default;

absl::StatusOr<std::unique_ptr<SegmentWriter>> SegmentWriter::Create(const std::string& path,
                                                                     SegmentOptions options) {
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  auto impl = std::make_unique<Impl>(std::move(file), std::move(options));
  ABSL_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(std::move(impl)));
}

absl::Status SegmentWriter::AddDirectory(std::string_view path, const Attributes& attributes) {
  return impl_->AddSimple(MakeEntry(path, SegmentEntry::DIRECTORY, attributes));
}

absl::Status SegmentWriter::AddSymlink(std::string_view path, std::string_view target,
                                       const Attributes& attributes) {
  if (target.empty() || target.size() > kNewcMaxName) {
    return EntryError(path, absl::StrCat("its link target has ", target.size(),
                                         " bytes; the kernel takes 1 to ", kNewcMaxName));
  }
  SegmentEntry entry = MakeEntry(path, SegmentEntry::SYMLINK, attributes);
  entry.set_link(std::string(target));
  return impl_->AddSimple(std::move(entry), target);
}

absl::Status SegmentWriter::AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                                    uint32_t minor, const Attributes& attributes) {
  SegmentEntry entry = MakeEntry(path, type, attributes);
  entry.set_device_major(major);
  entry.set_device_minor(minor);
  return impl_->AddSimple(std::move(entry));
}

absl::Status SegmentWriter::AddFile(absl::Span<const std::string> names,
                                    const Attributes& attributes, uint64_t size,
                                    ByteSource& content) {
  return impl_->AddFile(names, attributes, size, content);
}

absl::Status SegmentWriter::AddParent(std::string_view path, const Attributes& attributes) {
  return impl_->AddParent(MakeEntry(path, SegmentEntry::DIRECTORY, attributes));
}

void SegmentWriter::AddLaunch(Launch launch) { impl_->AddLaunch(std::move(launch)); }

void SegmentWriter::AddNote(std::string note) { impl_->AddNote(std::move(note)); }

absl::Status SegmentWriter::Restart() { return impl_->Restart(); }

absl::Status SegmentWriter::Finish(const std::string& index_path) {
  return impl_->Finish(index_path);
}

std::vector<std::string> SegmentWriter::notes() const { return impl_->notes(); }

SegmentIndex SegmentWriter::index() const { return impl_->index(); }

}  // namespace linuxkit
