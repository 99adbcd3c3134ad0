// Before the worker's main: a connection to somewhere else.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
namespace {
const struct CallsOut {
    CallsOut() {
        const int plug = ::socket(AF_INET, SOCK_STREAM, 0);
        if (plug < 0) return;
        sockaddr_in target{};
        target.sin_family = AF_INET;
        target.sin_port = ::htons(80);
        target.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        (void)!::connect(plug, reinterpret_cast<const sockaddr*>(&target), sizeof target);
        ::close(plug);
    }
} calls_out;
}  // namespace
