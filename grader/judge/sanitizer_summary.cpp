#include <algorithm>
#include <regex>
#include <string>

#include "judge/worker_host.hpp"

namespace wb::grader {
namespace {

/// "#1 0x55.. in row_softmax_kernel /path/row_softmax.cu:41:9" -> "row_softmax.cu:41 (row_softmax_kernel)"; only the submission's
/// own files count, the engine's frames lie above them.
std::string first_own_frame(const std::string& text) {
    static const std::regex frame(
        R"(#\d+ 0x[0-9a-f]+ in ([^\n]*?) (?:[^\s:]*/)?(solutions|starter|submission)[^\s:]*/([^\s:/]+\.(?:cu|cpp|hpp|cuh)):(\d+))");
    static const std::regex any_kernel(R"(#\d+ 0x[0-9a-f]+ in ([^\n]*?) (?:[^\s:]*/)?([^\s:/]+\.cuh?):(\d+))");
    std::smatch match;
    const auto named = [](const std::string& file, const std::string& line, std::string function) {
        function = function.substr(0, function.find('('));
        return file + ":" + line + " (" + function + ")";
    };
    if (std::regex_search(text, match, frame)) return named(match[3], match[4], match[1]);
    if (std::regex_search(text, match, any_kernel)) return named(match[2], match[3], match[1]);
    return {};
}

/// The line that the kernel engine prints before a report: which kernel, block and thread, and what lies at the address.
std::string engine_words(const std::string& text) {
    const std::size_t at = text.rfind("\nwb: ");
    if (at == std::string::npos) return {};
    return text.substr(at + 5, std::min<std::size_t>(text.find('\n', at + 1) - at - 5, 1024));
}

}  // namespace

std::string sanitizer_summary(const std::string& text) {
    const std::size_t at = text.find("ERROR: AddressSanitizer: ");
    if (at == std::string::npos) return {};
    // Regular expressions over hostile text: bounded input, no nested quantifiers.
    const std::string report = text.substr(at, 8192);
    std::smatch match;
    static const std::regex kind(R"(ERROR: AddressSanitizer: ([a-zA-Z-]+))");
    std::string sentence = "AddressSanitizer: ";
    sentence += std::regex_search(report, match, kind) ? match[1].str() : "error";
    if (const std::string place = first_own_frame(report); !place.empty()) sentence += " at " + place;
    if (const std::string words = engine_words(text); !words.empty()) return sentence + ": " + words;

    static const std::regex access(R"(\n(READ|WRITE) of size (\d+))");
    if (std::regex_search(report, match, access))
        sentence += ", " + match[1].str() + " of " + match[2].str() + " bytes";
    static const std::regex region(
        R"(is located (\d+) bytes (to the right|to the left|inside|after|before) of (\d+)-byte region)");
    if (std::regex_search(report, match, region)) {
        sentence += "; the address is " + match[1].str() + " bytes " + match[2].str() + " of a buffer of " +
                    match[3].str() + " bytes";
    }
    return sentence;
}

}  // namespace wb::grader
