/// @file
/// Hands committed answers of others on as cases, in the case maker of each chapter that has some: 2.1_causal.safetensors
/// becomes 2.1/pytorch/causal, or 2.1/<family>/causal when its metadata names a family. WB_GOLDENS is the chapter's folder. An
/// exercise's case maker may add known mistakes to them (WB_GOLDEN_MISTAKES).
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "judge/case_maker.hpp"
#include "judge/golden_mistakes.hpp"
#include "wb/errors.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

/// Copies one tensor of rank N, whatever its type.
template <std::size_t N>
void copy(const SafeTensors& golden, const std::string& name, CaseWriter& writer) {
    const std::string key = name.substr(name.find('.') + 1);
    if (name.starts_with("expected.")) {
        writer.expected(key, golden.get<N, double>(name));
        return;
    }
    switch (golden.find(name).dtype) {
        case DType::f32:
            writer.in(key, golden.get<N, float>(name));
            break;
        case DType::f64:
            writer.in(key, golden.get<N, double>(name));
            break;
        case DType::i32:
            writer.in(key, golden.get<N, std::int32_t>(name));
            break;
        case DType::i64:
            writer.in(key, golden.get<N, std::int64_t>(name));
            break;
        case DType::u8:
            writer.in(key, golden.get<N, std::uint8_t>(name));
            break;
        default:
            throw FileError(name + " in " + golden.source + ": goldens hold F32, F64, I32, I64 and U8");
    }
}

void hand_on(const std::filesystem::path& file) {
    const std::string stem = file.stem().string();  // "2.1_causal"
    const std::size_t split = stem.find('_');
    const SafeTensors golden = read_safetensors(file);
    const auto named = golden.metadata.find("family");
    const std::string family = named == golden.metadata.end() ? "pytorch" : named->second;
    CaseWriter writer(stem.substr(0, split) + "/" + family, stem.substr(split + 1));
    for (const auto& [key, value] : golden.metadata) writer.text(key, value);
    for (const auto& [name, raw] : golden.tensors) {
        switch (raw.shape.size()) {
            case 1:
                copy<1>(golden, name, writer);
                break;
            case 2:
                copy<2>(golden, name, writer);
                break;
            case 3:
                copy<3>(golden, name, writer);
                break;
            case 4:
                copy<4>(golden, name, writer);
                break;
            default:
                throw FileError(name + " in " + golden.source + ": goldens hold tensors of 1 to 4 axes");
        }
    }
    grader::add_golden_mistakes(stem.substr(0, split), golden, writer);
}

}  // namespace

WB_CASES(goldens) {
    bool any = false;
    for (const auto& entry : std::filesystem::directory_iterator(WB_GOLDENS)) {
        if (entry.path().extension() != ".safetensors") continue;
        hand_on(entry.path());
        any = true;
    }
    if (!any) throw FileError(std::string(WB_GOLDENS) + " holds no goldens");
}

}  // namespace wb
