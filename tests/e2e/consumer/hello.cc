// The smallest web server that answers: one sentence to whoever connects to port 80.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

int main() {
  constexpr std::string_view kAnswer =
      "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nhello from a cc_binary\n";
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  if (bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 || listen(server, 8) != 0) {
    std::perror("hello: port 80");
    return 1;
  }
  std::puts("hello: listening");
  std::fflush(stdout);
  while (true) {
    const int client = accept(server, nullptr, nullptr);
    if (client < 0) continue;
    char request[4096];
    if (read(client, request, sizeof(request)) > 0) {
      (void)!write(client, kAnswer.data(), kAnswer.size());
    }
    close(client);
  }
}
