#include "wb/safetensors_header.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb::detail {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_axes = 32;
constexpr const char* metadata_key = "__metadata__";
constexpr std::pair<const char*, DType> dtypes[] = {{"F32", DType::f32}, {"F64", DType::f64}, {"I32", DType::i32},
                                                    {"I64", DType::i64}, {"U8", DType::u8},   {"BOOL", DType::boolean}};

/// Takes the parser's events one by one, so that no document is ever built: its nesting, and its doubled keys, cannot
/// hurt. Returns false, with `problem` set, at the first event that the format does not allow there.
class HeaderEvents final : public Json::json_sax_t {
 public:
    Header header;
    std::string problem;

    bool start_object(std::size_t) override {
        if (state_ == State::file) return enter(State::names);
        if (state_ == State::metadata_value) return enter(State::metadata);
        if (state_ == State::entry_value) return enter(State::entry);
        return unexpected("an object");
    }
    bool end_object() override {
        if (state_ == State::entry) {
            if (!has_dtype_) return fail("has no dtype");
            if (!has_shape_) return fail("has no shape");
            if (offsets_ != 2) return fail("has no data_offsets");
            header.entries.push_back(std::move(entry_));
        }
        return enter(state_ == State::names ? State::end : State::names);
    }
    bool key(string_t& name) override {
        if (state_ == State::names) return top_level_key(name);
        if (state_ == State::metadata) {
            text_key_ = name;
            return header.metadata.contains(name) ? fail("names " + in_quotes(name) + " twice")
                                                  : enter(State::text_value);
        }
        if (name == "dtype") return has_dtype_ ? fail("has two dtypes") : enter(State::dtype);
        if (name == "shape") return has_shape_ ? fail("has two shapes") : enter(State::shape_value);
        if (name == "data_offsets") return offsets_ > 0 ? fail("has two data_offsets") : enter(State::offsets_value);
        return fail("has an unknown key " + in_quotes(name));
    }
    bool string(string_t& text) override {
        if (state_ == State::text_value) {
            header.metadata.emplace(text_key_, text);
            return enter(State::metadata);
        }
        if (state_ != State::dtype) return unexpected("the text " + in_quotes(text));
        for (const auto& [name, dtype] : dtypes) {
            if (text != name) continue;
            entry_.dtype = dtype;
            has_dtype_ = true;
            return enter(State::entry);
        }
        return fail("has dtype " + in_quotes(text) + ". Read are F32, F64, I32, I64, U8 and BOOL; convert it first");
    }
    bool start_array(std::size_t) override {
        if (state_ == State::shape_value) return enter(State::shape);
        if (state_ == State::offsets_value) return enter(State::offsets);
        return unexpected("an array");
    }
    bool end_array() override {
        if (state_ == State::shape) has_shape_ = true;
        if (state_ == State::offsets && offsets_ != 2) return fail("has data_offsets that are not [begin, end]");
        return enter(State::entry);
    }
    bool number_unsigned(number_unsigned_t value) override {
        if (state_ == State::shape) {
            if (entry_.shape.size() == most_axes) return fail("has more than " + std::to_string(most_axes) + " axes");
            entry_.shape.push_back(value);
            return true;
        }
        if (state_ == State::offsets && offsets_ < 2) {
            (offsets_++ == 0 ? entry_.begin : entry_.end) = value;
            return true;
        }
        if (state_ == State::offsets) return fail("has data_offsets that are not [begin, end]");
        return unexpected("the number " + std::to_string(value));
    }
    bool number_integer(number_integer_t value) override { return unexpected("the number " + std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override {
        return unexpected("the number " + text.substr(0, 40));
    }
    bool null() override { return unexpected("null"); }
    bool boolean(bool value) override { return unexpected(value ? "true" : "false"); }
    bool binary(binary_t&) override { return unexpected("binary"); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
        // nlohmann says "[json.exception..] parse error at line 1, column 3: syntax error ...": keep what comes last.
        const std::string text = error.what();
        const std::size_t colon = text.find(": ");
        problem = "header is not JSON at its byte " + std::to_string(position) + ": " +
                  in_quotes(colon == std::string::npos ? text : text.substr(colon + 2));
        return false;
    }

 private:
    enum class State {
        file,
        names,
        metadata_value,
        metadata,
        text_value,
        entry_value,
        entry,
        dtype,
        shape_value,
        shape,
        offsets_value,
        offsets,
        end
    };

    bool enter(State state) {
        state_ = state;
        return true;
    }
    bool top_level_key(const std::string& name) {
        if (!seen_.insert(name).second) {
            problem = "header names " + in_quotes(name) + " twice";
            return false;
        }
        entry_ = HeaderEntry{name, DType::f32, {}, 0, 0};
        has_dtype_ = has_shape_ = false;
        offsets_ = 0;
        return enter(name == metadata_key ? State::metadata_value : State::entry_value);
    }
    bool fail(const std::string& what) {
        const bool in_metadata =
            state_ == State::metadata || state_ == State::text_value || state_ == State::metadata_value;
        problem = (in_metadata ? std::string(metadata_key) : "tensor " + in_quotes(entry_.name)) + " " + what;
        return false;
    }
    bool unexpected(const std::string& got) {
        switch (state_) {
            case State::file:
                problem = "header should be an object, got " + got;
                return false;
            case State::metadata_value:
                return fail("should be an object, got " + got);
            case State::text_value:
                return fail("should hold only texts, got " + got + " for " + in_quotes(text_key_));
            case State::entry_value:
                return fail("should be an object, got " + got);
            case State::dtype:
                return fail("should have a text as dtype, got " + got);
            case State::shape_value:
                return fail("should have an array as shape, got " + got);
            case State::shape:
                return fail("should have whole numbers >= 0 as shape, got " + got);
            case State::offsets_value:
                return fail("should have an array as data_offsets, got " + got);
            case State::offsets:
                return fail("should have whole numbers >= 0 as data_offsets, got " + got);
            default:
                return fail("has " + got + " where none belongs");
        }
    }

    State state_ = State::file;
    std::set<std::string> seen_;
    std::string text_key_;
    HeaderEntry entry_;
    bool has_dtype_ = false, has_shape_ = false;
    int offsets_ = 0;
};

std::string range(std::uint64_t begin, std::uint64_t end) {
    return std::string("[") + std::to_string(begin) + ", " + std::to_string(end) + ")";
}

/// What is wrong with one entry by itself.
std::optional<std::string> entry_problem(const HeaderEntry& entry, std::uint64_t data_size) {
    const std::string name = "tensor " + in_quotes(entry.name);
    if (entry.begin > entry.end || entry.end > data_size) {
        return name + " lies in bytes " + range(entry.begin, entry.end) + " of the data, which has " +
               std::to_string(data_size);
    }
    std::uint64_t bytes = 0;
    if (!bytes_of_shape(entry.shape, entry.dtype, bytes)) {
        return name + " has a shape whose size overflows: " + shape_text(entry.shape);
    }
    if (bytes != entry.end - entry.begin) {
        return name + " has " + std::to_string(entry.end - entry.begin) + " bytes, but " + dtype_name(entry.dtype) +
               " " + shape_text(entry.shape) + " takes " + std::to_string(bytes);
    }
    return std::nullopt;
}

/// What is wrong with the entries together: gaps and overlaps. Sorts them.
std::optional<std::string> layout_problem(std::vector<HeaderEntry>& entries, std::uint64_t data_size) {
    std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t covered = 0;
    const HeaderEntry* last = nullptr;
    for (const HeaderEntry& entry : entries) {
        if (entry.begin < covered) {
            return "tensors " + in_quotes(last->name) + " " + range(last->begin, last->end) + " and " +
                   in_quotes(entry.name) + " " + range(entry.begin, entry.end) + " overlap in the data";
        }
        if (entry.begin > covered) return "bytes " + range(covered, entry.begin) + " of the data belong to no tensor";
        covered = entry.end;
        last = &entry;
    }
    if (covered < data_size) return "bytes " + range(covered, data_size) + " of the data belong to no tensor";
    return std::nullopt;
}

}  // namespace

Header parse_header(const std::string& json, std::uint64_t data_size, const std::string& file) {
    HeaderEvents events;
    if (!json.starts_with('{'))
        throw FileError(file + ": header should begin with '{', got " + in_quotes(json.substr(0, 1)));
    if (!Json::sax_parse(json, &events)) throw FileError(file + ": " + events.problem);
    std::optional<std::string> problem;
    for (const HeaderEntry& entry : events.header.entries) {
        if (!problem) problem = entry_problem(entry, data_size);
    }
    if (!problem) problem = layout_problem(events.header.entries, data_size);
    if (problem) throw FileError(file + ": " + *problem);
    return std::move(events.header);
}

std::string header_text(const Header& header, const std::string& file) {
    const auto text = [&file](const std::string& words) {
        try {
            return Json(words).dump();
        } catch (const Json::type_error&) {
            throw FileError(file + ": cannot be written: " + in_quotes(words) + " is not UTF-8");
        }
    };
    std::string json = "{";
    if (!header.metadata.empty()) {
        json += text(metadata_key) + ":{";
        for (const auto& [key, value] : header.metadata) json += text(key) + ":" + text(value) + ",";
        json.back() = '}';
        json += ",";
    }
    for (const HeaderEntry& entry : header.entries) {
        if (entry.name == metadata_key)
            throw FileError(file + ": cannot be written: no tensor may be called __metadata__");
        const auto* dtype =
            std::find_if(std::begin(dtypes), std::end(dtypes), [&](const auto& d) { return d.second == entry.dtype; });
        std::string shape = shape_text(entry.shape);
        shape.erase(std::remove(shape.begin(), shape.end(), ' '), shape.end());
        json += text(entry.name) + R"(:{"dtype":")" + dtype->first + R"(","shape":)" + shape + R"(,"data_offsets":[)" +
                std::to_string(entry.begin) + "," + std::to_string(entry.end) + "]},";
    }
    if (json.back() == ',') json.pop_back();
    return json + "}";
}

}  // namespace wb::detail
