#include "tools/tar/testing/tar_builder.h"

#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kNameField = 100;

void Put(std::string& header, size_t offset, std::string_view text) {
  header.replace(offset, text.size(), text);
}

}  // namespace

void TarBuilder::FixChecksum(std::string& header) {
  Put(header, 148, "        ");
  const int sum = std::accumulate(header.begin(), header.end(), 0, [](int total, char byte) {
    return total + static_cast<unsigned char>(byte);
  });
  Put(header, 148, absl::StrFormat("%06o", sum) + std::string("\0 ", 2));
}

std::string TarBuilder::Header(const TarMember& entry, uint64_t size) {
  std::string header(kBlock, '\0');
  Put(header, 0, std::string_view(entry.name).substr(0, kNameField));
  Put(header, 100, absl::StrFormat("%07o", entry.mode));
  Put(header, 108, absl::StrFormat("%07o", entry.uid));
  Put(header, 116, absl::StrFormat("%07o", entry.gid));
  Put(header, 124, absl::StrFormat("%011o", size));
  Put(header, 136, absl::StrFormat("%011o", entry.mtime));
  header[156] = entry.type;
  Put(header, 157, std::string_view(entry.link).substr(0, kNameField));
  Put(header, 257, std::string("ustar\00000", 8));
  Put(header, 329, absl::StrFormat("%07o", entry.major));
  Put(header, 337, absl::StrFormat("%07o", entry.minor));
  FixChecksum(header);
  return header;
}

void TarBuilder::AppendData(std::string_view data) {
  bytes_.append(data);
  bytes_.append((kBlock - data.size() % kBlock) % kBlock, '\0');
}

TarBuilder& TarBuilder::Add(const TarMember& entry) {
  for (const auto& [type, text] : {std::pair('L', entry.name), std::pair('K', entry.link)}) {
    if (text.size() <= kNameField) continue;
    bytes_.append(Header({.name = "././@LongLink", .type = type}, text.size() + 1));
    AppendData(text + '\0');
  }
  bytes_.append(Header(entry, entry.data.size()));
  AppendData(entry.data);
  return *this;
}

TarBuilder& TarBuilder::Pax(const std::vector<std::pair<std::string, std::string>>& records) {
  std::string body;
  for (const auto& [key, value] : records) {
    const std::string rest = absl::StrCat(" ", key, "=", value, "\n");
    size_t length = rest.size() + 1;
    while (absl::StrCat(length).size() + rest.size() != length) ++length;
    absl::StrAppend(&body, length, rest);
  }
  bytes_.append(Header({.name = "PaxHeaders.0/x", .type = 'x'}, body.size()));
  AppendData(body);
  return *this;
}

TarBuilder& TarBuilder::Raw(std::string_view bytes) {
  bytes_.append(bytes);
  return *this;
}

TarBuilder& TarBuilder::Dir(std::string name, uint32_t mode) {
  return Add({.name = std::move(name), .type = '5', .mode = mode});
}

TarBuilder& TarBuilder::File(std::string name, std::string data, uint32_t mode) {
  return Add({.name = std::move(name), .data = std::move(data), .mode = mode});
}

TarBuilder& TarBuilder::Link(std::string name, std::string target) {
  return Add({.name = std::move(name), .type = '2', .link = std::move(target), .mode = 0777});
}

TarBuilder& TarBuilder::HardLink(std::string name, std::string target) {
  return Add({.name = std::move(name), .type = '1', .link = std::move(target)});
}

std::string TarBuilder::Finish() const { return bytes_ + std::string(2 * kBlock, '\0'); }

std::string BuildTar(const std::vector<TarMember>& members) {
  TarBuilder tar;
  for (const TarMember& member : members) tar.Add(member);
  return tar.Finish();
}

}  // namespace linuxkit
