// Files of an action: inputs that are read by position or in order, outputs that appear complete or
// not at all.
#ifndef TOOLS_BASE_FILE_H_
#define TOOLS_BASE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"

namespace linuxkit {

// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return fd_; }
  int Release();

 private:
  int fd_ = -1;
};

// Makes a new, empty file for writing, in the place of one that is there. It never writes through a
// link, which another user may have put there.
absl::StatusOr<FileDescriptor> CreateFile(const std::string& path);

// Makes a directory of mode 0700, unless there is one that belongs to this user and that nobody
// else can write to. Anything else under that name is an error: another user may have put it there.
absl::Status MakePrivateDirectory(const std::string& path);

// A regular file open for reading. Its size is part of what its readers rely on, so a file that has
// bytes but no size (in /proc) is refused. Errors name the path.
class InputFile {
 public:
  static absl::StatusOr<InputFile> Open(const std::string& path);

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }
  int fd() const { return fd_.get(); }
  // Reads up to buffer.size() bytes at `offset`; fewer only at the end of the file.
  absl::StatusOr<size_t> ReadAt(uint64_t offset, absl::Span<char> buffer) const;

 private:
  InputFile(FileDescriptor fd, std::string path, uint64_t size);

  FileDescriptor fd_;
  std::string path_;
  uint64_t size_;
};

// The bytes [offset, offset + size) of `file`, in order. `file` must outlive it.
class FileRange : public ByteSource {
 public:
  FileRange(const InputFile& file, uint64_t offset, uint64_t size);
  explicit FileRange(const InputFile& file) : FileRange(file, 0, file.size()) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  const InputFile& file_;
  uint64_t offset_;
  uint64_t left_;
};

// A file under construction. It is written beside its final path and takes its name in `Commit`;
// destroyed before that, it leaves nothing.
class OutputFile : public ByteSink {
 public:
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path);
  ~OutputFile() override;

  absl::Status Append(std::string_view bytes) override;
  // Appends bytes of `file` without passing them through memory where the file system can
  // (copy_file_range).
  absl::Status AppendFile(const InputFile& file);
  // The same for the bytes [offset, offset + size), which must be there.
  absl::Status AppendRange(const InputFile& file, uint64_t offset, uint64_t size);
  // Appends zeros as a hole, which takes no room on the disk where the file system has holes.
  absl::Status AppendHole(uint64_t size);
  // Replaces bytes that were appended before: for a header that tells of what follows it.
  absl::Status WriteAt(uint64_t offset, std::string_view bytes);
  // Bytes appended so far.
  uint64_t size() const { return size_; }
  // Forgets everything appended, to start again.
  absl::Status Restart();
  absl::Status Commit();

 private:
  OutputFile(FileDescriptor fd, std::string path, std::string temporary);
  absl::Status Flush();
  absl::Status WriteAll(std::string_view bytes);
  absl::Status CoverHole();

  FileDescriptor fd_;
  std::string path_;
  std::string temporary_;
  std::string buffer_;
  uint64_t size_ = 0;
  // The last thing appended: the file's length does not cover it yet.
  bool ends_in_hole_ = false;
};

// For small documents. `ReadFile` reads until the end, whatever size the file says it has: files of
// /proc, /sys and pipes say none, or a wrong one. It refuses more than `limit` bytes.
absl::StatusOr<std::string> ReadFile(const std::string& path, uint64_t limit = 64 << 20);
absl::Status WriteFile(const std::string& path, std::string_view bytes);

}  // namespace linuxkit

#endif  // TOOLS_BASE_FILE_H_
