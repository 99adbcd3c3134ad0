#include "judge/results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

namespace wb::grader {

void write_result(const nlohmann::json& result) {
    static const int channel = ::fcntl(3, F_GETFD) >= 0 ? 3 : 1;
    const std::string line = result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    std::size_t sent = 0;
    while (sent < line.size()) {
        const ssize_t put = ::write(channel, line.data() + sent, line.size() - sent);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return;
        sent += static_cast<std::size_t>(put);
    }
}

}  // namespace wb::grader
