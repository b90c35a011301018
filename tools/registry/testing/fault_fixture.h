// A registry behind a proxy that makes faults, and one blob of about a megabyte to be fetched
// through it.
#ifndef TOOLS_REGISTRY_TESTING_FAULT_FIXTURE_H_
#define TOOLS_REGISTRY_TESTING_FAULT_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/registry/testing/fault_proxy.h"
#include "tools/registry/testing/registry_fixture.h"

namespace linuxkit {

class FaultFixture : public RegistryFixture {
 protected:
  FaultFixture();

  // Fetches `blob_` to the file "blob".
  absl::Status Fetch();
  void ExpectFetched();
  // The error follows the reference and the blob's URL.
  void ExpectFailed(const std::string& error);
  // The same for the manifest of team/app:gzip.
  void ExpectManifestFailed(const std::string& error);

  std::string BlobUrl() const;
  // The Range headers of all requests, in order.
  std::vector<std::string> Ranges();

  FaultProxy proxy_;
  Blob blob_;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TESTING_FAULT_FIXTURE_H_
