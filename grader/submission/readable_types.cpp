#include "submission/readable_types.hpp"

namespace wb::grader {
namespace {

/// Where the bracket that opens at `open` closes, or npos.
std::size_t closing(const std::string& text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        depth += text[i] == '<' ? 1 : text[i] == '>' ? -1 : 0;
        if (depth == 0) return i;
    }
    return std::string::npos;
}

/// "Tensor<4>" for the text between the outermost brackets of an xtensor_container; empty when it is another kind of one.
std::string tensor_name(const std::string& arguments) {
    // The storage, then ", 4ul, (xt::layout_type)1, .." as linkers have it, or ", 4, xt::layout_type::row_major, .." as g++ has.
    const auto storage = arguments.find('<'),
               storage_end = closing(arguments, storage == std::string::npos ? 0 : storage);
    const auto rank =
        storage_end == std::string::npos ? storage_end : arguments.find_first_of("0123456789", storage_end);
    if (rank == std::string::npos) return "";
    const std::string digits = arguments.substr(rank, arguments.find_first_not_of("0123456789", rank) - rank);
    std::string element = arguments.substr(storage + 1, arguments.find_first_of(",>", storage) - storage - 1);
    if (element == "float") return "Tensor<" + digits + ">";
    return "Tensor<" + digits + ", " + element + ">";
}

}  // namespace

std::string readable_types(std::string text) {
    const std::string tensor = "xt::xtensor_container<", string = "std::__cxx11::basic_string<char";
    for (auto at = text.find(tensor); at != std::string::npos; at = text.find(tensor, at + 1)) {
        const auto open = at + tensor.size() - 1, end = closing(text, open);
        if (end == std::string::npos) break;  // cut off
        const std::string name = tensor_name(text.substr(open + 1, end - open - 1));
        if (!name.empty()) text.replace(at, end + 1 - at, name);
    }
    for (auto at = text.find(string); at != std::string::npos; at = text.find(string, at + 1)) {
        const auto end = closing(text, text.find('<', at));
        if (end == std::string::npos) break;
        text.replace(at, end + 1 - at, "std::string");
    }
    return text;
}

}  // namespace wb::grader
