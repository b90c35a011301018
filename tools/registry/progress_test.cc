#include "tools/registry/progress.h"

#include <cstdio>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tools/registry/testing/fake_clock.h"

namespace linuxkit {
namespace {

// What `use` makes a progress line of two blobs and three megabytes write.
template <typename Use>
std::string Written(bool is_terminal, Use use) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* const out = open_memstream(&text, &size);
  FakeClock clock;
  {
    Progress progress(out, is_terminal, clock, 2, 3'000'000);
    use(progress, clock);
  }
  std::fclose(out);
  const std::unique_ptr<char, decltype(&std::free)> owner(text, std::free);
  return std::string(text, size);
}

TEST(Progress, OneLineASecond) {
  EXPECT_EQ(Written(true,
                    [](Progress& progress, FakeClock& clock) {
                      progress.AddBytes(1'000'000);
                      progress.AddBytes(500'000);
                      clock.Sleep(std::chrono::seconds(1));
                      progress.AddBytes(500'000);
                    }),
            "\r\x1b[Kfetching: 0 of 2 blobs, 1.0 of 3.0 MB"
            "\r\x1b[Kfetching: 0 of 2 blobs, 2.0 of 3.0 MB\r\x1b[K");
}

TEST(Progress, EveryEndOfABlobShows) {
  EXPECT_EQ(Written(true,
                    [](Progress& progress, FakeClock&) {
                      progress.FinishOne();
                      progress.FinishOne();
                    }),
            "\r\x1b[Kfetching: 1 of 2 blobs, 0.0 of 3.0 MB"
            "\r\x1b[Kfetching: 2 of 2 blobs, 0.0 of 3.0 MB\r\x1b[K");
}

TEST(Progress, RestartTakesBytesBack) {
  EXPECT_EQ(Written(true,
                    [](Progress& progress, FakeClock&) {
                      progress.AddBytes(1'000'000);
                      progress.AddBytes(-1'000'000);
                      progress.FinishOne();
                    }),
            "\r\x1b[Kfetching: 0 of 2 blobs, 1.0 of 3.0 MB"
            "\r\x1b[Kfetching: 1 of 2 blobs, 0.0 of 3.0 MB\r\x1b[K");
}

TEST(Progress, NoTerminalNoLine) {
  EXPECT_EQ(Written(false,
                    [](Progress& progress, FakeClock&) {
                      progress.AddBytes(1);
                      progress.FinishOne();
                    }),
            "");
}

TEST(Progress, NothingFetchedNothingShown) {
  EXPECT_EQ(Written(true, [](Progress&, FakeClock&) {}), "");
}

}  // namespace
}  // namespace linuxkit
