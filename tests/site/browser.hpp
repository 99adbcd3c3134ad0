/// @file
/// A headless Chromium that is told what to do over a pipe (the Chrome DevTools Protocol), so that a test sees pages as a reader does: on a
/// phone, in the dark, without a network. One page at a time. It waits for Chromium, for as long as a busy machine may need; a Chromium that says
/// nothing for two minutes is an error.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace wb::site {

/// How a page is shown.
struct Screen {
    int width = 1280, height = 1000;  ///< CSS pixels
    bool dark = false;                ///< what the system prefers
};

/// A browser with an empty profile and no network.
class Browser {
 public:
    /// @param scratch  where its profile lies; emptied
    /// @throws std::runtime_error  when Chromium cannot be started
    explicit Browser(const std::filesystem::path& scratch);
    ~Browser();
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;

    /// Whether this machine has a Chromium.
    static bool is_there();

    /// Opens a file, and waits until it and its formulas are drawn.
    void open(const std::filesystem::path& file, const Screen& screen);
    /// The value of a JavaScript expression; of a promise, what it comes to.
    /// @throws std::runtime_error  with the script's exception
    nlohmann::json evaluate(const std::string& expression);
    /// The same in a frame of the page, when one with `address` in its own address is there.
    nlohmann::json evaluate_in_frame(const std::string& address, const std::string& expression);
    /// The page as far as the screen shows it, as PNG.
    void screenshot(const std::filesystem::path& png);
    /// Addresses of all that pages have asked for so far.
    [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

 private:
    nlohmann::json call(const std::string& method, nlohmann::json arguments = nlohmann::json::object());
    nlohmann::json receive();
    /// The value of Runtime.evaluate, asked with `more` arguments.
    nlohmann::json value_of(const std::string& expression, nlohmann::json more);

    pid_t pid_ = -1;
    int to_ = -1, from_ = -1;
    int calls_ = 0;
    std::string session_, unread_;
    std::vector<std::string> requests_;
    bool loaded_ = false;
};

}  // namespace wb::site
