#include "browser.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace wb::site {
namespace fs = std::filesystem;
namespace {

constexpr int patience_ms = 120'000;

/// Waits until every formula is drawn, and until the theme has arranged the page.
constexpr const char* page_is_drawn = R"js(
new Promise(done => {
  const settle = () => requestAnimationFrame(() => setTimeout(done, 0));
  if (!document.querySelector('script[src*="MathJax.js"]')) return settle();
  const wait = () => window.MathJax && MathJax.Hub && MathJax.Hub.Startup && MathJax.isReady
      ? MathJax.Hub.Queue(settle) : requestAnimationFrame(wait);
  wait();
}).then(() => true))js";

std::string from_base64(const std::string& text) {
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const std::size_t value = letters.find(c);
        if (value == std::string::npos) break;
        bits = (bits << 6U) | static_cast<unsigned>(value);
        count += 6;
        if (count >= 8) bytes += static_cast<char>((bits >> static_cast<unsigned>(count -= 8)) & 0xFFU);
    }
    return bytes;
}

}  // namespace

bool Browser::is_there() {
    return ::access("/usr/bin/chromium", X_OK) == 0;
}

Browser::Browser(const fs::path& scratch) {
    fs::remove_all(scratch);
    fs::create_directories(scratch);
    std::array<int, 2> in{}, out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe for Chromium");
    const std::string profile = "--user-data-dir=" + scratch.string(), log = (scratch / "chromium.log").string();
    pid_ = ::fork();
    if (pid_ == 0) {
        ::setpgid(0, 0);
        const int words = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(words, STDOUT_FILENO);
        ::dup2(words, STDERR_FILENO);
        const int read_end = ::fcntl(in[0], F_DUPFD, 10), write_end = ::fcntl(out[1], F_DUPFD, 10);
        ::dup2(read_end, 3);
        ::dup2(write_end, 4);
        ::setenv("HOME", scratch.c_str(), 1);
        ::execl("/usr/bin/chromium", "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe",
                "--host-resolver-rules=MAP * ~NOTFOUND", profile.c_str(), "about:blank", nullptr);
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    const auto target = call("Target.createTarget", {{"url", "about:blank"}});
    session_ = call("Target.attachToTarget", {{"targetId", target["targetId"]}, {"flatten", true}})["sessionId"];
    for (const char* part : {"Page.enable", "Network.enable", "Runtime.enable"}) call(part);
}

Browser::~Browser() {
    if (to_ >= 0) ::close(to_);
    if (from_ >= 0) ::close(from_);
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

nlohmann::json Browser::receive() {
    while (true) {
        if (const std::size_t end = unread_.find('\0'); end != std::string::npos) {
            nlohmann::json message = nlohmann::json::parse(unread_.substr(0, end));
            unread_.erase(0, end + 1);
            const std::string method = message.value("method", "");
            if (method == "Network.requestWillBeSent") requests_.push_back(message["params"]["request"]["url"]);
            if (method == "Page.loadEventFired") loaded_ = true;
            return message;
        }
        pollfd ready{.fd = from_, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, patience_ms) <= 0) throw std::runtime_error("Chromium says nothing");
        std::array<char, 65536> bytes{};
        const ssize_t got = ::read(from_, bytes.data(), bytes.size());
        if (got <= 0) throw std::runtime_error("Chromium ended; its words are in chromium.log in its profile");
        unread_.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

nlohmann::json Browser::call(const std::string& method, nlohmann::json arguments) {
    nlohmann::json question{{"id", ++calls_}, {"method", method}, {"params", std::move(arguments)}};
    if (!session_.empty()) question["sessionId"] = session_;
    const std::string bytes = question.dump() + '\0';
    for (std::size_t sent = 0; sent < bytes.size();) {
        const ssize_t now = ::write(to_, bytes.data() + sent, bytes.size() - sent);
        if (now <= 0) throw std::runtime_error("Chromium does not listen");
        sent += static_cast<std::size_t>(now);
    }
    while (true) {
        nlohmann::json answer = receive();
        if (answer.value("id", 0) != calls_) continue;
        if (answer.contains("error")) throw std::runtime_error(method + ": " + answer["error"].dump());
        return answer["result"];
    }
}

void Browser::open(const fs::path& file, const Screen& screen) {
    call(
        "Emulation.setDeviceMetricsOverride",
        {{"width", screen.width}, {"height", screen.height}, {"deviceScaleFactor", 1}, {"mobile", screen.width < 700}});
    call("Emulation.setEmulatedMedia",
         {{"features", {{{"name", "prefers-color-scheme"}, {"value", screen.dark ? "dark" : "light"}}}}});
    loaded_ = false;
    call("Page.navigate", {{"url", "file://" + fs::absolute(file).string()}});
    while (!loaded_) receive();
    evaluate(page_is_drawn);
}

nlohmann::json Browser::value_of(const std::string& expression, nlohmann::json more) {
    more.update({{"expression", expression}, {"awaitPromise", true}, {"returnByValue", true}});
    const auto result = call("Runtime.evaluate", std::move(more));
    if (result.contains("exceptionDetails")) throw std::runtime_error(result["exceptionDetails"].dump());
    return result["result"].value("value", nlohmann::json());
}

nlohmann::json Browser::evaluate(const std::string& expression) {
    return value_of(expression, nlohmann::json::object());
}

nlohmann::json Browser::evaluate_in_frame(const std::string& address, const std::string& expression) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (std::chrono::steady_clock::now() < end) {
        const auto tree = call("Page.getFrameTree")["frameTree"];
        for (const auto& child : tree.value("childFrames", nlohmann::json::array())) {
            if (child["frame"]["url"].get<std::string>().find(address) == std::string::npos) continue;
            const auto world = call("Page.createIsolatedWorld", {{"frameId", child["frame"]["id"]}});
            return value_of(expression, {{"contextId", world["executionContextId"]}});
        }
    }
    throw std::runtime_error("the page has no frame " + address);
}

void Browser::screenshot(const fs::path& png) {
    const std::string bytes = from_base64(call("Page.captureScreenshot", {{"format", "png"}})["data"]);
    fs::create_directories(png.parent_path());
    std::ofstream(png, std::ios::binary) << bytes;
}

}  // namespace wb::site
