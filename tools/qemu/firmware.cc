#include "tools/qemu/firmware.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

using nlohmann::json;

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// `value[key]` if that is an array or object, an empty one otherwise: descriptors are foreign data.
json Member(const json& value, const char* key) {
  if (!value.is_object() || !value.contains(key)) return json::array();
  return value[key];
}

std::string Filename(const json& value) {
  const json name = Member(value, "filename");
  return name.is_string() ? name.get<std::string>() : "";
}

bool Contains(const json& list, std::string_view text) {
  return std::any_of(list.begin(), list.end(), [&](const json& item) {
    return item.is_string() && item.get<std::string>() == text;
  });
}

bool IsFor(const json& descriptor, Arch arch) {
  for (const json& target : Member(descriptor, "targets")) {
    const json name = Member(target, "architecture");
    if (name.is_string() && name.get<std::string>() == ArchName(arch)) return true;
  }
  return false;
}

// The split flash firmware that a descriptor offers for `arch`.
std::optional<Firmware> FromDescriptor(const std::string& path, Arch arch, bool secure_boot) {
  const absl::StatusOr<std::string> text = ReadFile(path, 1 << 20);
  if (!text.ok()) return std::nullopt;
  const json descriptor = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!descriptor.is_object() || !IsFor(descriptor, arch)) return std::nullopt;
  if (!Contains(Member(descriptor, "interface-types"), "uefi")) return std::nullopt;
  // What knows Secure Boot also wants system management mode, and without keys enforces nothing.
  const json features = Member(descriptor, "features");
  if (Contains(features, "secure-boot") != secure_boot) return std::nullopt;
  if (secure_boot && !Contains(features, "enrolled-keys")) return std::nullopt;
  const json mapping = Member(descriptor, "mapping");
  Firmware firmware{.code = Filename(Member(mapping, "executable")),
                    .vars = Filename(Member(mapping, "nvram-template")),
                    .secure_boot = secure_boot};
  if (firmware.code.empty() || firmware.vars.empty()) return std::nullopt;
  if (!Exists(firmware.code) || !Exists(firmware.vars)) return std::nullopt;
  return firmware;
}

std::optional<Firmware> FirstThere(const std::vector<Firmware>& candidates) {
  for (const Firmware& firmware : candidates) {
    if (Exists(firmware.code) && Exists(firmware.vars)) return firmware;
  }
  return std::nullopt;
}

// Descriptors of one directory, in the order of their names, which is their priority.
std::vector<std::string> Descriptors(const std::string& dir) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(dir, error)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<FirmwareChoice> ParseFirmwareChoice(std::string_view source, std::string_view text) {
  if (text == "seabios") return FirmwareChoice::kSeaBios;
  if (text == "ovmf") return FirmwareChoice::kOvmf;
  if (text == "ovmf-secureboot") return FirmwareChoice::kOvmfSecureBoot;
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": found \"", text, "\", expected seabios, ovmf or ovmf-secureboot"));
}

FirmwarePlaces DefaultFirmwarePlaces(Arch arch) {
  FirmwarePlaces places;
  if (arch == Arch::kX86_64) {
    places.well_known = {
        {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
        {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
        {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"}};
    places.secure_boot = {{"/usr/share/OVMF/OVMF_CODE_4M.secboot.fd",
                           "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd", /*secure_boot=*/true}};
  } else {
    places.well_known = {{"/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"}};
  }
  return places;
}

absl::StatusOr<Firmware> FindFirmware(Arch arch, bool secure_boot, const FirmwarePlaces& places) {
  if (const auto found = FirstThere(places.secure_boot); found && secure_boot) return *found;
  for (const std::string& dir : places.descriptor_dirs) {
    for (const std::string& path : Descriptors(dir)) {
      if (const auto found = FromDescriptor(path, arch, secure_boot)) return *found;
    }
  }
  if (const auto found = FirstThere(places.well_known); found && !secure_boot) return *found;
  return absl::NotFoundError(absl::StrCat(
      "found no UEFI firmware ", secure_boot ? "with Secure Boot keys " : "", "for ",
      ArchName(arch), "; install it (Debian: apt-get install ",
      arch == Arch::kX86_64 ? "ovmf" : "qemu-efi-aarch64", ") or give its path with --fw"));
}

std::string PrivateVarsPath(const Firmware& firmware, std::string_view state_dir) {
  return absl::StrCat(state_dir,
                      firmware.secure_boot ? "/uefi-vars-secureboot.fd" : "/uefi-vars.fd");
}

absl::StatusOr<Firmware> WithPrivateVars(const Firmware& firmware, const std::string& state_dir) {
  if (firmware.vars.empty()) return firmware;
  Firmware own = firmware;
  own.vars = PrivateVarsPath(firmware, state_dir);
  if (Exists(own.vars)) return own;
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(firmware.vars));
  ABSL_RETURN_IF_ERROR(WriteFile(own.vars, bytes));
  return own;
}

}  // namespace linuxkit
