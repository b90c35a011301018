// Structures of PE32+ files, the programs of UEFI (Microsoft's "PE Format"; UEFI 2.10, 2.1.1).
//
//   DosHeader            at 0; only the magic and pe_offset matter
//   "PE\0\0"             at pe_offset
//   CoffHeader
//   PeOptionalHeader     not optional at all; 112 bytes
//   DataDirectory[]      directory_count of them
//   SectionHeader[]      behind CoffHeader.optional_header_size bytes
//   sections' data       from size_of_headers on, each at its data_offset
//   WinCertificate       at the file offset that directory 4 has: signatures
#ifndef TOOLS_EFI_PE_FORMAT_H_
#define TOOLS_EFI_PE_FORMAT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/disk/fields.h"

namespace linuxkit {

inline constexpr std::string_view kDosMagic = "MZ";
inline constexpr std::string_view kPeMagic("PE\0\0", 4);
inline constexpr uint16_t kPe32PlusMagic = 0x20b;
// Headers and offsets have 32 bits.
inline constexpr uint64_t kMaxPeSize = 0xffffffff;
// What loaders take.
inline constexpr size_t kMaxPeSections = 96;

inline constexpr uint16_t kMachineAmd64 = 0x8664;
inline constexpr uint16_t kMachineArm64 = 0xaa64;
inline constexpr uint16_t kMachineRiscv64 = 0x5064;

// Applications, drivers and option ROMs of UEFI have subsystems 10 to 13.
inline constexpr uint16_t kFirstEfiSubsystem = 10;
inline constexpr uint16_t kLastEfiSubsystem = 13;
inline constexpr uint16_t kEfiApplication = 10;

// The data directory of signatures; unlike in all others its address is a file offset.
inline constexpr size_t kCertificateDirectory = 4;
inline constexpr size_t kMaxDirectories = 16;

struct DosHeader {
  std::array<char, 2> magic{};    //  0 "MZ"
  std::array<char, 58> unused{};  //  2
  Little<uint32_t> pe_offset;     // 60
};
static_assert(sizeof(DosHeader) == 64);

struct CoffHeader {
  Little<uint16_t> machine;               //  0
  Little<uint16_t> section_count;         //  2
  Little<uint32_t> time;                  //  4
  Little<uint32_t> symbol_table;          //  8 file offset
  Little<uint32_t> symbol_count;          // 12
  Little<uint16_t> optional_header_size;  // 16 with the data directories
  Little<uint16_t> characteristics;       // 18
};
static_assert(sizeof(CoffHeader) == 20);

struct PeOptionalHeader {
  Little<uint16_t> magic;                            //   0
  std::array<uint8_t, 2> linker_version{};           //   2
  Little<uint32_t> size_of_code;                     //   4
  Little<uint32_t> size_of_initialized_data;         //   8
  Little<uint32_t> size_of_uninitialized_data;       //  12
  Little<uint32_t> entry_point;                      //  16
  Little<uint32_t> base_of_code;                     //  20
  Little<uint64_t> image_base;                       //  24
  Little<uint32_t> section_alignment;                //  32
  Little<uint32_t> file_alignment;                   //  36
  std::array<Little<uint16_t>, 6> versions{};        //  40
  Little<uint32_t> win32_version;                    //  52
  Little<uint32_t> size_of_image;                    //  56
  Little<uint32_t> size_of_headers;                  //  60
  Little<uint32_t> checksum;                         //  64
  Little<uint16_t> subsystem;                        //  68
  Little<uint16_t> dll_characteristics;              //  70
  std::array<Little<uint64_t>, 4> stack_and_heap{};  //  72
  Little<uint32_t> loader_flags;                     // 104
  Little<uint32_t> directory_count;                  // 108
};
static_assert(sizeof(PeOptionalHeader) == 112);
static_assert(offsetof(PeOptionalHeader, checksum) == 64);

struct DataDirectory {
  Little<uint32_t> address;  // 0
  Little<uint32_t> size;     // 4
};
static_assert(sizeof(DataDirectory) == 8);

inline constexpr uint32_t kSectionInitializedData = 0x00000040;
inline constexpr uint32_t kSectionReadable = 0x40000000;

struct SectionHeader {
  std::array<char, 8> name{};            //  0 filled with NULs
  Little<uint32_t> memory_size;          //  8 VirtualSize: the exact length
  Little<uint32_t> address;              // 12 VirtualAddress, from the image's start
  Little<uint32_t> data_size;            // 16 SizeOfRawData: rounded up to file_alignment
  Little<uint32_t> data_offset;          // 20 PointerToRawData
  std::array<Little<uint32_t>, 3> coff;  // 24 relocations and line numbers of object files
  Little<uint32_t> characteristics;      // 36
};
static_assert(sizeof(SectionHeader) == 40);

// A signature (UEFI 2.10, 32.2.4); the table of them is aligned to kCertificateAlignment.
struct WinCertificate {
  Little<uint32_t> length;    // 0 with this header
  Little<uint16_t> revision;  // 4
  Little<uint16_t> type;      // 6
};
static_assert(sizeof(WinCertificate) == 8);
inline constexpr uint16_t kCertificateRevision = 0x0200;
inline constexpr uint16_t kCertificatePkcs7 = 2;
inline constexpr uint64_t kCertificateAlignment = 8;

}  // namespace linuxkit

#endif  // TOOLS_EFI_PE_FORMAT_H_
