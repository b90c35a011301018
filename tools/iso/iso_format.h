// Structures of ISO 9660 (ECMA-119, sections in brackets), Joliet and El Torito.
#ifndef TOOLS_ISO_ISO_FORMAT_H_
#define TOOLS_ISO_ISO_FORMAT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "tools/disk/fields.h"

namespace linuxkit {

inline constexpr uint32_t kIsoBlock = 2048;
inline constexpr uint32_t kFirstDescriptor = 16;  // blocks 0 to 15 are the system area
// What one extent holds. Larger files would need several, which boot programs cannot read.
inline constexpr uint64_t kIsoMaxFileSize = 0xffffffff;
inline constexpr size_t kIsoMaxDepth = 8;  // [6.8.2.1], the root is 1
inline constexpr size_t kIsoMaxDirectories = 65535;
inline constexpr size_t kJolietMaxNameUnits = 103;
inline constexpr size_t kRockRidgeMaxName = 255;

inline constexpr std::array<char, 5> kIsoMagic = {'C', 'D', '0', '0', '1'};

enum IsoDescriptorType : uint8_t {
  kBootRecord = 0,
  kPrimaryDescriptor = 1,
  kSupplementaryDescriptor = 2,
  kDescriptorSetEnd = 255,
};

// [9.1.5]
struct IsoRecordDate {
  uint8_t year = 0;  // since 1900
  uint8_t month = 0;
  uint8_t day = 0;
  uint8_t hour = 0;
  uint8_t minute = 0;
  uint8_t second = 0;
  uint8_t zone = 0;  // quarters of an hour from UTC
};
static_assert(sizeof(IsoRecordDate) == 7);

inline constexpr uint8_t kIsoDirectoryFlag = 2;

// [9.1], without the identifier that follows.
struct IsoRecord {
  uint8_t length = 0;                   //  0
  uint8_t attribute_length = 0;         //  1
  Both<uint32_t> block;                 //  2
  Both<uint32_t> size;                  // 10
  IsoRecordDate date;                   // 18
  uint8_t flags = 0;                    // 25
  uint8_t unit_size = 0;                // 26
  uint8_t gap = 0;                      // 27
  Both<uint16_t> volume = uint16_t{1};  // 28
  uint8_t identifier_length = 0;        // 32
};
static_assert(sizeof(IsoRecord) == 33);

// [8.4], and with `flags` and `escapes` [8.5].
struct IsoVolumeDescriptor {
  uint8_t type = kPrimaryDescriptor;                //   0
  std::array<char, 5> magic = kIsoMagic;            //   1
  uint8_t version = 1;                              //   6
  uint8_t flags = 0;                                //   7
  std::array<char, 32> system_id;                   //   8
  std::array<char, 32> volume_id;                   //  40
  std::array<uint8_t, 8> unused1{};                 //  72
  Both<uint32_t> blocks;                            //  80
  std::array<char, 32> escapes{};                   //  88
  Both<uint16_t> set_size = uint16_t{1};            // 120
  Both<uint16_t> sequence = uint16_t{1};            // 124
  Both<uint16_t> block_size = uint16_t{kIsoBlock};  // 128
  Both<uint32_t> path_table_size;                   // 132
  Little<uint32_t> path_table;                      // 140
  Little<uint32_t> optional_path_table;             // 144
  Big<uint32_t> big_path_table;                     // 148
  Big<uint32_t> optional_big_path_table;            // 152
  IsoRecord root;                                   // 156
  char root_identifier = 0;                         // 189
  std::array<char, 128> set_id;                     // 190
  std::array<char, 128> publisher;                  // 318
  std::array<char, 128> preparer;                   // 446
  std::array<char, 128> application;                // 574
  std::array<char, 37> copyright_file;              // 702
  std::array<char, 37> abstract_file;               // 739
  std::array<char, 37> bibliographic_file;          // 776
  std::array<char, 17> created;                     // 813
  std::array<char, 17> modified;                    // 830
  std::array<char, 17> expires;                     // 847
  std::array<char, 17> effective;                   // 864
  uint8_t structure_version = 1;                    // 881
  uint8_t reserved = 0;                             // 882
  std::array<uint8_t, 512> application_use{};       // 883
  std::array<uint8_t, 653> unused2{};               // 1395
};
static_assert(sizeof(IsoVolumeDescriptor) == kIsoBlock);

// UCS-2 level 3, the largest set of characters.
inline constexpr std::string_view kJolietEscape = "%/E";

// El Torito 1.0, figure 7.
struct BootRecordDescriptor {
  uint8_t type = kBootRecord;             //  0
  std::array<char, 5> magic = kIsoMagic;  //  1
  uint8_t version = 1;                    //  6
  std::array<char, 32> system_id;         //  7
  std::array<char, 32> boot_id{};         // 39
  Little<uint32_t> catalog;               // 71
  std::array<uint8_t, 1973> unused{};
};
static_assert(sizeof(BootRecordDescriptor) == kIsoBlock);
inline constexpr std::string_view kElToritoId = "EL TORITO SPECIFICATION";

enum BootPlatform : uint8_t { kBiosPlatform = 0x00, kEfiPlatform = 0xef };

// El Torito 1.0, figure 2.
struct BootValidation {
  uint8_t header = 1;                       //  0
  uint8_t platform = kBiosPlatform;         //  1
  Little<uint16_t> reserved;                //  2
  std::array<char, 24> id{};                //  4
  Little<uint16_t> checksum;                // 28: makes the sum of all words 0
  Little<uint16_t> key = uint16_t{0xaa55};  // 30
};
// Figures 3 and 5.
struct BootEntry {
  uint8_t bootable = 0x88;         //  0
  uint8_t media = 0;               //  1: no emulation
  Little<uint16_t> load_segment;   //  2
  uint8_t system_type = 0;         //  4
  uint8_t unused = 0;              //  5
  Little<uint16_t> sectors;        //  6: of 512 bytes, to be loaded
  Little<uint32_t> block;          //  8
  std::array<uint8_t, 20> rest{};  // 12
};
// Figure 4.
struct BootSection {
  static constexpr uint8_t kLast = 0x91;

  uint8_t header = kLast;           //  0
  uint8_t platform = kEfiPlatform;  //  1
  Little<uint16_t> entries;         //  2
  std::array<char, 28> id{};        //  4
};
static_assert(sizeof(BootValidation) == 32 && sizeof(BootEntry) == 32 && sizeof(BootSection) == 32);

// What boot programs for CDs are told about themselves, at byte 8 of their file.
struct BootInfoTable {
  Little<uint32_t> primary_descriptor;  //  8
  Little<uint32_t> block;               // 12
  Little<uint32_t> size;                // 16
  Little<uint32_t> sum;                 // 20: of the file's 32-bit words from kBootInfoEnd
  std::array<uint8_t, 40> reserved{};   // 24
};
inline constexpr size_t kBootInfoStart = 8;
inline constexpr size_t kBootInfoEnd = 64;
static_assert(kBootInfoStart + sizeof(BootInfoTable) == kBootInfoEnd);

}  // namespace linuxkit

#endif  // TOOLS_ISO_ISO_FORMAT_H_
