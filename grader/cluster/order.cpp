#include "cluster/order.hpp"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "files/files.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// "17.2.json" is {17, 2}, for a count of 2.
std::vector<std::int64_t> numbers_before_json(const std::string& name, std::size_t count) {
    std::vector<std::int64_t> numbers;
    const char *at = name.data(), *end = at + name.size();
    while (numbers.size() < count) {
        std::int64_t number = 0;
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc() || next == end || *next != '.' || number < 0 ||
            number > std::numeric_limits<std::int32_t>::max())
            return {};
        numbers.push_back(number);
        at = next + 1;
    }
    return std::string_view(at, static_cast<std::size_t>(end - at)) == "json" ? numbers : std::vector<std::int64_t>();
}

}  // namespace

void write_order(const ClusterFolder& folder, const Order& order) {
    json chunks = json::array();
    for (const auto& chunk : order.chunks) {
        json attempts = json::array();
        for (const OrderedAttempt& one : chunk)
            attempts.push_back(
                {{"attempt", one.attempt}, {"id", one.id}, {"hash", one.hash}, {"exercises", one.exercises}});
        chunks.push_back(attempts);
    }
    const json file{
        {"schema", 1},        {"round", order.round},     {"chapters", order.chapters}, {"edition", order.edition},
        {"seed", order.seed}, {"seconds", order.seconds}, {"sandbox", order.sandbox},   {"chunks", chunks}};
    write_atomically(folder.order(order.round), file.dump(1) + "\n");
}

Order read_order(const fs::path& path) {
    try {
        const json file = json::parse(read_text(path));
        if (file.at("schema") != 1) throw FileError(path.string() + ": this workbook reads orders of schema 1");
        Order order{file.at("round"),
                    file.at("chapters"),
                    file.at("edition"),
                    file.at("seed"),
                    file.at("seconds"),
                    file.at("sandbox"),
                    {}};
        for (const json& chunk : file.at("chunks")) {
            order.chunks.emplace_back();
            for (const json& one : chunk)
                order.chunks.back().push_back({one.at("attempt"), one.at("id"), one.at("hash"), one.at("exercises")});
        }
        return order;
    } catch (const json::exception& error) {
        throw FileError(path.string() + " is no order of grade --class: " + error.what());
    }
}

std::vector<int> rounds_in(const ClusterFolder& folder) {
    std::vector<int> rounds;
    for (const auto& entry : fs::directory_iterator(folder.orders())) {
        for (const std::int64_t round : numbers_before_json(entry.path().filename().string(), 1))
            rounds.push_back(static_cast<int>(round));
    }
    return rounds;
}

std::optional<std::pair<std::int64_t, int>> attempt_and_round(const std::string& name) {
    const auto numbers = numbers_before_json(name, 2);
    if (numbers.empty()) return std::nullopt;
    return std::pair(numbers[0], static_cast<int>(numbers[1]));
}

std::string last_line_of_log(const ClusterFolder& folder, int round, int task) {
    try {
        const std::string text = clean_text(read_text(folder.log(round, std::to_string(task))), 1 << 20);
        const std::size_t line = text.rfind('\n');
        return text.substr(line == std::string::npos ? 0 : line + 1).substr(0, 300);
    } catch (const FileError&) {
        return "";
    }
}

}  // namespace wb::grader
