#include "judge/case.hpp"

#include <algorithm>
#include <charconv>

#include "judge/plan.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

std::filesystem::path& case_folder() {
    static std::filesystem::path folder;
    return folder;
}

std::vector<double> as_doubles(const SafeTensors& content, const std::string& name) {
    const RawTensor& raw = content.tensors.at(name);
    if (raw.dtype != DType::f64) throw FileError("case tensor " + name + " is not float64");
    std::vector<double> values(raw.bytes.size() / sizeof(double));
    std::copy_n(raw.bytes.data(), values.size() * sizeof(double), reinterpret_cast<std::byte*>(values.data()));
    return values;
}

}  // namespace

double Case::number(const std::string& key) const {
    const std::string value = text(key);
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size()) {
        throw FileError("case " + name_ + ": '" + key + "' should be a number, got \"" + value + "\"");
    }
    return number;
}

std::string Case::text(const std::string& key) const {
    const auto found = content_.metadata.find(key);
    if (found == content_.metadata.end()) throw FileError("case " + name_ + " has no entry '" + key + "'");
    return found->second;
}

KnownMistakes Case::mistakes(const std::string& key) const {
    KnownMistakes found;
    for (const auto& [name, words] : content_.metadata) {
        if (!name.starts_with("mistake.")) continue;
        const std::string tensor = name + "." + key;
        if (content_.tensors.contains(tensor)) found.emplace_back(words, as_doubles(content_, tensor));
    }
    return found;
}

std::vector<Case> cases(const std::string& family) {
    const std::filesystem::path folder = std::filesystem::path(current_plan().cases) / family;
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
    }
    if (files.empty()) throw FileError(folder.string() + ": no cases. Has the case maker run?");
    std::sort(files.begin(), files.end());
    std::vector<Case> all;
    all.reserve(files.size());
    for (const auto& file : files) all.emplace_back(family + "/" + file.stem().string(), read_safetensors(file));
    return all;
}

std::uint64_t Case::least_bytes() const {
    constexpr std::uint64_t bytes_of_a_number = 4;
    std::uint64_t numbers = 0;
    for (const auto& [name, tensor] : content_.tensors) {
        if (!name.starts_with("in.") && !name.starts_with("expected.")) continue;
        std::uint64_t size = 1;
        for (const std::size_t extent : tensor.shape) size *= extent;
        numbers += size;
    }
    return bytes_of_a_number * numbers;
}

Case one_case(const std::string& name) {
    return {name, read_safetensors(std::filesystem::path(current_plan().cases) / (name + ".safetensors"))};
}

CaseWriter::CaseWriter(std::string family, std::string name) : family_(std::move(family)), name_(std::move(name)) {}

CaseWriter::~CaseWriter() noexcept(false) {
    const std::filesystem::path file = case_folder() / family_ / (name_ + ".safetensors");
    std::filesystem::create_directories(file.parent_path());
    write_safetensors(file, content_);
}

CaseWriter& CaseWriter::number(const std::string& key, double value) {
    std::array<char, 64> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return text(key, std::string(buffer.data(), end));
}

CaseWriter& CaseWriter::text(const std::string& key, const std::string& value) {
    content_.metadata[key] = value;
    return *this;
}

std::string CaseWriter::mistake_number(const std::string& words) {
    for (int i = 0; i < mistakes_; ++i) {
        if (content_.metadata["mistake." + std::to_string(i)] == words) return std::to_string(i);
    }
    content_.metadata["mistake." + std::to_string(mistakes_)] = words;
    return std::to_string(mistakes_++);
}

void CaseWriter::set_folder(const std::filesystem::path& folder) {
    case_folder() = folder;
}

}  // namespace wb::grader
