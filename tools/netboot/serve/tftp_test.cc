// TFTP without a network: packets, and transfers to a client that loses some of them.
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/netboot/serve/tftp_packet.h"
#include "tools/netboot/serve/tftp_transfer.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A packet from text in which "|" stands for NUL.
std::string Request(char opcode, std::string_view texts) {
  return absl::StrCat(std::string{'\0', opcode},
                      absl::StrReplaceAll(texts, {{"|", std::string_view("\0", 1)}}));
}

std::string Option(std::string_view name, const std::optional<uint64_t>& value) {
  return value ? absl::StrCat(" ", name, "=", *value) : "";
}

std::string Parsed(std::string_view packet) {
  const auto request = ParseTftpRequest(packet);
  if (!request.ok()) {
    return absl::StrCat(static_cast<int>(TftpErrorOf(request.status())), " ",
                        request.status().message());
  }
  return absl::StrCat(request->file, Option("blksize", request->block_size),
                      Option("windowsize", request->window_size),
                      Option("timeout", request->timeout),
                      request->wants_transfer_size ? " tsize" : "");
}

TEST(TftpPacketTest, Requests) {
  const struct {
    char opcode;
    std::string_view texts;
    std::string_view parsed;
  } kCases[] = {
      {1, "kernel|octet|", "kernel"},
      {1, "//a/b|OCTET|", "a/b"},
      {1, "a|octet|blksize|1432|tsize|0|", "a blksize=1432 tsize"},
      {1, "a|octet|BlkSize|8|WindowSize|65535|TIMEOUT|255|",
       "a blksize=8 windowsize=65535 timeout=255"},
      {1, "a|octet|blksize|65465|windowsize|0|timeout|256|tsize|1|", "a"},
      {1, "a|octet|blksize|7|windowsize|-1|timeout|1x|tsize||", "a"},
      {1, "a|octet|multicast||", "a"},
      {1, "|octet|", ""},
      {1, "../a|octet|", "../a"},
      {1, "a|netascii|", "4 expected mode octet: found \"netascii\""},
      {1, "a|octet", "4 expected texts that end with NUL"},
      {1, "a|", "4 expected a file, a mode, and options with values"},
      {1, "", "4 expected texts that end with NUL"},
      {1, "a|octet|blksize|", "4 expected a file, a mode, and options with values"},
      {2, "a|octet|", "2 this server is read-only"},
      {4, "", "4 expected a read request"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Parsed(Request(test.opcode, test.texts)), test.parsed) << test.texts;
  }
  EXPECT_EQ(Parsed(""), "4 expected a read request");
  EXPECT_EQ(Parsed(std::string("\1", 1)), "4 expected a read request");
  EXPECT_EQ(Parsed(Request(1, std::string(511, 'x'))), "4 expected a request of at most 512 bytes");
}

TEST(TftpPacketTest, Bytes) {
  EXPECT_EQ(TftpDataHeader(0x1234), std::string("\0\3\x12\x34", 4));
  EXPECT_EQ(TftpOptionAck({{"blksize", 1432}, {"tsize", 7}}), Request(6, "blksize|1432|tsize|7|"));
  EXPECT_EQ(TftpError(TftpErrorCode::kFileNotFound, "no such file"),
            Request(5, std::string("\0\1", 2) + "no such file|"));
  EXPECT_EQ(ParseTftpAck(std::string("\0\4\xff\xfe", 4)), 0xfffe);
  EXPECT_EQ(ParseTftpAck(std::string("\0\4\xff", 3)), std::nullopt);
  EXPECT_EQ(ParseTftpAck(std::string("\0\3\xff\xfe", 4)), std::nullopt);
  EXPECT_TRUE(IsTftpError(std::string("\0\5", 2)));
}

std::string Ack(uint64_t block) {
  return {'\0', '\4', static_cast<char>(block >> 8 & 0xff), static_cast<char>(block & 0xff)};
}

uint16_t BlockOf(std::string_view packet) {
  return static_cast<uint16_t>(static_cast<unsigned char>(packet[2]) << 8 |
                               static_cast<unsigned char>(packet[3]));
}

// A transfer of a file and what it has sent: "D1" for block 1, "D2+" for a short one, "O" and "E".
class Sending {
 public:
  Sending(std::string_view content, const TftpReadRequest& request)
      : transfer_(MakeFile(content), request) {
    transfer_.Start(now_, sender_);
  }
  std::vector<std::string> Take() {
    std::vector<std::string> names;
    for (const std::string& packet : sent_) names.push_back(Name(packet));
    sent_.clear();
    return names;
  }
  std::vector<std::string> Receive(std::string_view packet) {
    transfer_.HandlePacket(packet, now_, sender_);
    return Take();
  }
  std::vector<std::string> WaitForTimeout() {
    now_ = transfer_.deadline();
    transfer_.HandleTimeout(now_, sender_);
    return Take();
  }
  std::chrono::milliseconds NextWait() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(transfer_.deadline() - now_);
  }
  const TftpTransfer& transfer() const { return transfer_; }

 private:
  static InputFile MakeFile(std::string_view content) {
    EXPECT_TRUE(WriteFile(TestPath("file"), content).ok());
    return InputFile::Open(TestPath("file")).value();
  }
  static std::string Name(const std::string& packet) {
    if (packet[1] == 6) return absl::StrReplaceAll(packet.substr(2), {{std::string(1, '\0'), "|"}});
    return absl::StrCat(packet[1] == 3 ? "D" : "E", BlockOf(packet), ":", packet.size() - 4);
  }

  std::deque<std::string> sent_;
  Instant now_ = Instant() + std::chrono::hours(1);
  std::function<void(std::string_view)> sender_ = [this](std::string_view packet) {
    sent_.emplace_back(packet);
  };
  TftpTransfer transfer_;
};

TEST(TftpTransferTest, WithoutOptions) {
  Sending sending(std::string(600, 'x'), {});
  EXPECT_THAT(sending.Take(), ElementsAre("D1:512"));
  EXPECT_THAT(sending.Receive(Ack(1)), ElementsAre("D2:88"));
  EXPECT_THAT(sending.Receive(Ack(2)), IsEmpty());
  EXPECT_TRUE(sending.transfer().succeeded());
}

TEST(TftpTransferTest, EmptyFile) {
  Sending sending("", {});
  EXPECT_THAT(sending.Take(), ElementsAre("D1:0"));
  sending.Receive(Ack(1));
  EXPECT_TRUE(sending.transfer().succeeded());
}

TEST(TftpTransferTest, MultipleOfTheBlockSizeEndsWithAnEmptyBlock) {
  Sending sending(std::string(1024, 'x'), {});
  EXPECT_THAT(sending.Take(), ElementsAre("D1:512"));
  EXPECT_THAT(sending.Receive(Ack(1)), ElementsAre("D2:512"));
  EXPECT_THAT(sending.Receive(Ack(2)), ElementsAre("D3:0"));
}

TEST(TftpTransferTest, Options) {
  Sending sending(
      std::string(20, 'x'),
      {.block_size = 8, .window_size = 1000, .timeout = 3, .wants_transfer_size = true});
  EXPECT_THAT(sending.Take(), ElementsAre("blksize|8|timeout|3|tsize|20|windowsize|64|"));
  EXPECT_EQ(sending.NextWait(), std::chrono::seconds(3));
  EXPECT_THAT(sending.Receive(Ack(1)), IsEmpty());
  EXPECT_THAT(sending.Receive(Ack(0)), ElementsAre("D1:8", "D2:8", "D3:4"));
  EXPECT_THAT(sending.Receive(Ack(3)), IsEmpty());
  EXPECT_TRUE(sending.transfer().succeeded());
}

TEST(TftpTransferTest, WindowOfLargeBlocksIsSmaller) {
  Sending sending("", {.block_size = 65464, .window_size = 64});
  EXPECT_THAT(sending.Take(), ElementsAre("blksize|65464|windowsize|8|"));
}

TEST(TftpTransferTest, PartOfAWindowIsAcknowledged) {
  Sending sending(std::string(100, 'x'), {.block_size = 8, .window_size = 4});
  sending.Take();
  EXPECT_THAT(sending.Receive(Ack(0)), ElementsAre("D1:8", "D2:8", "D3:8", "D4:8"));
  EXPECT_THAT(sending.Receive(Ack(2)), ElementsAre("D3:8", "D4:8", "D5:8", "D6:8"));
  // The client misses block 3 and says so for each block behind it; one repetition does.
  EXPECT_THAT(sending.Receive(Ack(2)), ElementsAre("D3:8", "D4:8", "D5:8", "D6:8"));
  EXPECT_THAT(sending.Receive(Ack(2)), IsEmpty());
  EXPECT_THAT(sending.Receive(Ack(6)), ElementsAre("D7:8", "D8:8", "D9:8", "D10:8"));
}

TEST(TftpTransferTest, AcknowledgementsTwiceDoNotDoubleTheBlocks) {
  Sending sending(std::string(2000, 'x'), {});
  EXPECT_THAT(sending.Take(), ElementsAre("D1:512"));
  EXPECT_THAT(sending.Receive(Ack(0)), IsEmpty());
  EXPECT_THAT(sending.Receive(Ack(1)), ElementsAre("D2:512"));
  EXPECT_THAT(sending.Receive(Ack(1)), IsEmpty());
  EXPECT_THAT(sending.Receive(Ack(2)), ElementsAre("D3:512"));
}

TEST(TftpTransferTest, PacketsThatMeanNothing) {
  Sending sending(std::string(2000, 'x'), {});
  sending.Take();
  for (const std::string& packet :
       {Ack(2), Ack(65535), std::string(), std::string("\0", 1), std::string("\0\4\0", 3),
        Request(1, "a|octet|"), Request(3, "xx"), Request(9, "xx")}) {
    EXPECT_THAT(sending.Receive(packet), IsEmpty()) << absl::CHexEscape(packet);
  }
  EXPECT_THAT(sending.Receive(Ack(1)), ElementsAre("D2:512"));
}

TEST(TftpTransferTest, ErrorEndsIt) {
  Sending sending(std::string(2000, 'x'), {});
  sending.Receive(Request(5, "x"));
  EXPECT_TRUE(sending.transfer().done());
  EXPECT_FALSE(sending.transfer().succeeded());
}

TEST(TftpTransferTest, RequestWithoutAnswerEndsSooner) {
  Sending sending(std::string(2000, 'x'), {.window_size = 64, .timeout = 8});
  EXPECT_THAT(sending.Take(), ElementsAre("timeout|8|windowsize|64|"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sending.NextWait(), std::chrono::seconds(8));
    EXPECT_THAT(sending.WaitForTimeout(), ElementsAre("timeout|8|windowsize|64|"));
  }
  EXPECT_THAT(sending.WaitForTimeout(), IsEmpty());
  EXPECT_TRUE(sending.transfer().done());
}

TEST(TftpTransferTest, LongTimeoutIsRefused) {
  // RFC 2347: without an option that is accepted the data follow at once.
  Sending alone("x", {.timeout = 9});
  EXPECT_THAT(alone.Take(), ElementsAre("D1:1"));
  EXPECT_EQ(alone.NextWait(), std::chrono::seconds(1));
  Sending with_another("x", {.timeout = 255, .wants_transfer_size = true});
  EXPECT_THAT(with_another.Take(), ElementsAre("tsize|1|"));
  EXPECT_EQ(with_another.NextWait(), std::chrono::seconds(1));
}

TEST(TftpTransferTest, RepeatsThenGivesUp) {
  Sending sending(std::string(2000, 'x'), {});
  sending.Take();
  EXPECT_THAT(sending.Receive(Ack(1)), ElementsAre("D2:512"));
  std::vector<int64_t> waits = {sending.NextWait().count()};
  for (int i = 0; i < 6; ++i) {
    EXPECT_THAT(sending.WaitForTimeout(), ElementsAre("D2:512"));
    waits.push_back(sending.NextWait().count());
  }
  EXPECT_THAT(waits, ElementsAre(1000, 2000, 4000, 8000, 8000, 8000, 8000));
  EXPECT_THAT(sending.WaitForTimeout(), IsEmpty());
  EXPECT_TRUE(sending.transfer().done());
  EXPECT_FALSE(sending.transfer().succeeded());
}

TEST(TftpTransferTest, OptionsAreRepeated) {
  Sending sending("x", {.block_size = 8});
  EXPECT_THAT(sending.Take(), ElementsAre("blksize|8|"));
  EXPECT_THAT(sending.WaitForTimeout(), ElementsAre("blksize|8|"));
  EXPECT_THAT(sending.Receive(Ack(0)), ElementsAre("D1:1"));
}

TEST(TftpTransferTest, FileThatShrinks) {
  Sending sending(std::string(2000, 'x'), {});
  sending.Take();
  OutputOf(absl::StrCat("truncate -s 600 ", TestPath("file")));
  EXPECT_THAT(sending.Receive(Ack(1)), ElementsAre("E0:24"));
  EXPECT_TRUE(sending.transfer().done());
}

// A client that writes down what comes in order, and loses every so many packets of both
// directions.
std::string Fetch(std::string_view content, const TftpReadRequest& request, unsigned loss_percent) {
  EXPECT_TRUE(WriteFile(TestPath("file"), content).ok());
  TftpTransfer transfer(InputFile::Open(TestPath("file")).value(), request);
  std::mt19937 random(20260728);
  const auto lost = [&] { return random() % 100 < loss_percent; };
  std::deque<std::string> wire;
  const std::function<void(std::string_view)> send = [&](std::string_view packet) {
    if (!lost()) wire.emplace_back(packet);
  };
  Instant now = Instant() + std::chrono::hours(1);
  transfer.Start(now, send);
  std::string received;
  uint64_t blocks = 0;
  const uint64_t window = request.window_size.value_or(1);
  while (!transfer.done()) {
    if (wire.empty()) {
      now = transfer.deadline();
      transfer.HandleTimeout(now, send);
      continue;
    }
    const std::string packet = wire.front();
    wire.pop_front();
    const bool is_data = packet[1] == 3;
    const bool is_next = is_data && BlockOf(packet) == static_cast<uint16_t>(blocks + 1);
    if (is_next) ++blocks;
    if (is_next) received.append(packet, 4);
    const bool is_last = is_next && packet.size() < 4 + request.block_size.value_or(512);
    const bool answers = !is_next || is_last || blocks % window == 0 || wire.empty();
    if (answers && !lost()) transfer.HandlePacket(Ack(blocks), now, send);
  }
  return received;
}

std::string Content(size_t size) {
  std::string content(size, '\0');
  for (size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 2654435761u >> 13);
  return content;
}

TEST(TftpTransferTest, BlockNumbersRollOver) {
  const std::string content = Content(8 * 140'000 + 3);
  EXPECT_TRUE(Fetch(content, {.block_size = 8}, 0) == content);
  EXPECT_TRUE(Fetch(content, {.block_size = 8, .window_size = 13}, 0) == content);
}

TEST(TftpTransferTest, LossyNetwork) {
  const std::string content = Content(100'000);
  for (const uint64_t window : {1, 4, 64}) {
    EXPECT_TRUE(Fetch(content, {.block_size = 100, .window_size = window}, 5) == content) << window;
  }
}

}  // namespace
}  // namespace linuxkit
