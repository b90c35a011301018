#include "tools/compress/background.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/status/status_macros.h"

namespace linuxkit {

ReadAhead::ReadAhead(ByteSource& source) : source_(source), thread_([this] { Run(); }) {}

void ReadAhead::Run() {
  while (BufferRing::Buffer* buffer = ring_.StartFilling()) {
    const absl::StatusOr<size_t> count = source_.Read(absl::MakeSpan(buffer->bytes));
    if (!count.ok() || *count == 0) return ring_.End(count.status());
    buffer->size = *count;
    ring_.DoneFilling();
  }
}

absl::StatusOr<size_t> ReadAhead::Read(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const std::string_view bytes, Borrow(buffer));
  return bytes.copy(buffer.data(), bytes.size());
}

absl::StatusOr<std::string_view> ReadAhead::Borrow(absl::Span<char> buffer) {
  if (buffer.empty()) return std::string_view();
  if (current_ != nullptr && position_ == current_->size) {
    ring_.DoneEmptying();
    current_ = nullptr;
  }
  if (current_ == nullptr) {
    current_ = ring_.StartEmptying();
    position_ = 0;
    if (current_ == nullptr) {
      ABSL_RETURN_IF_ERROR(ring_.status());
      return std::string_view();
    }
  }
  const size_t count = std::min(buffer.size(), current_->size - position_);
  const std::string_view bytes(current_->bytes.data() + position_, count);
  position_ += count;
  return bytes;
}

void ReadAhead::Stop() {
  ring_.Stop(absl::OkStatus());
  if (thread_.joinable()) thread_.join();
}

WriteBehind::WriteBehind(ByteSink& sink) : sink_(sink), thread_([this] { Run(); }) {}

WriteBehind::~WriteBehind() {
  ring_.Stop(absl::CancelledError("given up"));
  if (thread_.joinable()) thread_.join();
}

void WriteBehind::Run() {
  while (const BufferRing::Buffer* buffer = ring_.StartEmptying()) {
    absl::Status status = sink_.Append({buffer->bytes.data(), buffer->size});
    if (!status.ok()) return ring_.Stop(std::move(status));
    ring_.DoneEmptying();
  }
}

absl::Status WriteBehind::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (current_ == nullptr) current_ = ring_.StartFilling();
    if (current_ == nullptr) return ring_.status();
    const size_t count = std::min(bytes.size(), current_->bytes.size() - current_->size);
    std::memcpy(current_->bytes.data() + current_->size, bytes.data(), count);
    current_->size += count;
    bytes.remove_prefix(count);
    if (current_->size == current_->bytes.size()) {
      ring_.DoneFilling();
      current_ = nullptr;
    }
  }
  return absl::OkStatus();
}

absl::Status WriteBehind::Flush() {
  if (current_ != nullptr) ring_.DoneFilling();
  current_ = nullptr;
  ring_.End(absl::OkStatus());
  if (thread_.joinable()) thread_.join();
  return ring_.status();
}

}  // namespace linuxkit
