#include "tools/qemu/data_iso.h"

#include <archive.h>
#include <archive_entry.h>

#include <string>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

constexpr size_t kSector = 2048;

std::string Sector(const std::string& iso, size_t number) {
  return iso.substr(number * kSector, kSector);
}

uint32_t Little32(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

TEST(MakeDataIso, SmallestHas22Sectors) { EXPECT_EQ(MakeDataIso("x")->size(), 22 * kSector); }
TEST(MakeDataIso, EmptyDataHasASectorToo) { EXPECT_EQ(MakeDataIso("")->size(), 22 * kSector); }
TEST(MakeDataIso, ExactSector) {
  EXPECT_EQ(MakeDataIso(std::string(2048, 'a'))->size(), 22 * kSector);
}
TEST(MakeDataIso, OneByteMore) {
  EXPECT_EQ(MakeDataIso(std::string(2049, 'a'))->size(), 23 * kSector);
}

TEST(MakeDataIso, SystemAreaIsZero) {
  EXPECT_EQ(MakeDataIso("x")->substr(0, 16 * kSector), std::string(16 * kSector, '\0'));
}

TEST(MakeDataIso, VolumeDescriptor) {
  const std::string pvd = Sector(*MakeDataIso("x"), 16);
  EXPECT_EQ(pvd.substr(0, 8), std::string("\x01"
                                          "CD001"
                                          "\x01\x00",
                                          8));
  EXPECT_EQ(pvd.substr(40, 32), "config" + std::string(26, ' '));
  EXPECT_EQ(pvd.substr(80, 8), std::string("\x16\0\0\0\0\0\0\x16", 8));  // 22 sectors
  EXPECT_EQ(pvd.substr(128, 4), std::string("\0\x08\x08\0", 4));         // of 2048 bytes
  EXPECT_EQ(pvd.substr(140, 4), std::string("\x12\0\0\0", 4));           // path table
  EXPECT_EQ(pvd.substr(148, 4), std::string("\0\0\0\x13", 4));
  EXPECT_EQ(pvd.substr(813, 17), std::string("1970010100000000\0", 17));
  EXPECT_EQ(pvd[881], 1);
  EXPECT_EQ(Sector(*MakeDataIso("x"), 17).substr(0, 7),
            "\xff"
            "CD001"
            "\x01");
}

TEST(MakeDataIso, PathTables) {
  const std::string iso = *MakeDataIso("x");
  EXPECT_EQ(Sector(iso, 18).substr(0, 10), std::string("\x01\0\x14\0\0\0\x01\0\0\0", 10));
  EXPECT_EQ(Sector(iso, 19).substr(0, 10), std::string("\x01\0\0\0\0\x14\0\x01\0\0", 10));
}

TEST(MakeDataIso, RootDirectory) {
  const std::string root = Sector(*MakeDataIso("hello"), 20);
  EXPECT_EQ(root[0], 34);
  EXPECT_EQ(root[34], 34);
  const std::string record = root.substr(68, static_cast<size_t>(root[68]));
  EXPECT_EQ(record.size(), 40u);  // 33 + 6 + padding to even
  EXPECT_EQ(Little32(record, 2), 21u);
  EXPECT_EQ(Little32(record, 10), 5u);
  EXPECT_EQ(record.substr(32, 7),
            "\x06"
            "config");
  EXPECT_EQ(root.substr(108), std::string(kSector - 108, '\0'));
}

TEST(MakeDataIso, SameDataSameBytes) { EXPECT_EQ(*MakeDataIso("abc"), *MakeDataIso("abc")); }

TEST(MakeDataIso, TooLarge) {
  EXPECT_EQ(MakeDataIso(std::string((256 << 20) + 1, 'x')).status().message(),
            "metadata of 268435457 bytes is too large; expected at most 268435456");
}

// A foreign judge: libarchive's ISO 9660 reader.
TEST(MakeDataIso, LibarchiveReadsIt) {
  const std::string data(5000, 'q');
  const std::string iso = *MakeDataIso(data);
  archive* const reader = archive_read_new();
  archive_read_support_format_iso9660(reader);
  ASSERT_EQ(archive_read_open_memory(reader, iso.data(), iso.size()), ARCHIVE_OK);
  archive_entry* entry = nullptr;
  std::string names, content(data.size() + 1, '\0');
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    names += std::string(archive_entry_pathname(entry)) + ";";
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    content.resize(static_cast<size_t>(archive_read_data(reader, content.data(), content.size())));
    EXPECT_EQ(archive_entry_mtime(entry), 0);
  }
  archive_read_free(reader);
  EXPECT_EQ(names, ".;config;");
  EXPECT_EQ(content, data);
}

}  // namespace
}  // namespace linuxkit
