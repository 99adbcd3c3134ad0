#include "intake/archive_answer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

using nlohmann::json;

std::string line_of(const json& words) {
    return words.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

bool is_wanted(const std::string& place, const ArchiveRequest& request) {
    const std::size_t slash = std::min(place.find('/'), place.size());
    const auto chapter = request.places.find(place.substr(0, slash));
    return chapter != request.places.end() && slash < place.size() &&
           std::find(chapter->second.begin(), chapter->second.end(), place.substr(slash + 1)) != chapter->second.end();
}

}  // namespace

std::string to_text(const ArchiveRequest& request) {
    const IntakeLimits& limits = request.limits;
    return line_of({{"places", request.places},
                    {"archive_bytes", limits.archive_bytes},
                    {"unpacked_bytes", limits.unpacked_bytes},
                    {"entries", limits.entries},
                    {"file_bytes", limits.file_bytes},
                    {"total_bytes", limits.total_bytes},
                    {"name", request.name},
                    {"in", request.in},
                    {"out", request.out}});
}

ArchiveRequest archive_request_of(const std::string& text) {
    const json from = json::parse(text);
    ArchiveRequest request;
    from.at("places").get_to(request.places);
    from.at("archive_bytes").get_to(request.limits.archive_bytes);
    from.at("unpacked_bytes").get_to(request.limits.unpacked_bytes);
    from.at("entries").get_to(request.limits.entries);
    from.at("file_bytes").get_to(request.limits.file_bytes);
    from.at("total_bytes").get_to(request.limits.total_bytes);
    from.at("name").get_to(request.name);
    from.at("in").get_to(request.in);
    from.at("out").get_to(request.out);
    return request;
}

std::string answer_of(const Intake& intake) {
    json files = json::array(), left_out = json::array();
    std::string bytes;
    for (const auto& [place, content] : intake.files) {
        files.push_back({place, content.size()});
        bytes += content;
    }
    for (const LeftOut& one : intake.left_out) left_out.push_back({one.path, one.reason});
    return line_of({{"files", std::move(files)}, {"left_out", std::move(left_out)}}) + bytes;
}

std::string refusal_of(std::string_view message) {
    return line_of({{"refused", message}});
}

Intake intake_of(std::string_view answer, const ArchiveRequest& request) {
    const auto fail = [&](const char* what) {
        throw FileError(request.name + ": " + what + " when it was read. Nothing of it was taken. Pack it again");
    };
    const std::size_t end = answer.find('\n');
    if (end == std::string_view::npos) fail("the reader gave no answer");
    const json head = json::parse(answer.substr(0, end), nullptr, false);
    std::string_view bytes = answer.substr(end + 1);
    Intake intake;
    try {
        if (head.contains("refused")) throw FileError(shown_text(head.at("refused").get<std::string>()));
        std::uint64_t total = 0;
        for (const json& one : head.at("files")) {
            const auto place = one.at(0).get<std::string>();
            const auto size = one.at(1).get<std::uint64_t>();
            total += std::min<std::uint64_t>(size, request.limits.total_bytes + 1);
            if (!is_wanted(place, request) || size > request.limits.file_bytes || size > bytes.size() ||
                total > request.limits.total_bytes || !intake.files.emplace(place, bytes.substr(0, size)).second)
                fail("the reader answered what it was not asked");
            bytes.remove_prefix(size);
        }
        for (const json& one : head.at("left_out")) {
            if (intake.left_out.size() >= request.limits.entries) fail("the reader answered too much");
            intake.left_out.push_back(
                {shown_name(one.at(0).get<std::string>()), shown_text(one.at(1).get<std::string>())});
        }
    } catch (const json::exception&) {
        fail("the reader gave a broken answer");
    }
    if (!bytes.empty()) fail("the reader answered too much");
    return intake;
}

}  // namespace wb::grader
