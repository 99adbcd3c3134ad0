/// @file
/// main of a chapter's case maker: `make_cases --out DIR --seed N` calls every function registered with WB_CASES.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <iostream>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/golden_mistakes.hpp"

namespace wb::grader {
namespace {
std::vector<MakeCases>& makers() {
    static std::vector<MakeCases> list;
    return list;
}
std::vector<std::pair<std::string_view, AddMistakes>>& golden_mistakes() {
    static std::vector<std::pair<std::string_view, AddMistakes>> list;
    return list;
}
}  // namespace

CaseMaker::CaseMaker(MakeCases make) {
    makers().push_back(make);
}

GoldenMistakes::GoldenMistakes(std::string_view exercise, AddMistakes add) {
    golden_mistakes().emplace_back(exercise, add);
}

void add_golden_mistakes(std::string_view exercise, const SafeTensors& golden, CaseWriter& writer) {
    for (const auto& [of, add] : golden_mistakes()) {
        if (of == exercise) add(golden, writer);
    }
}

}  // namespace wb::grader

int main(int argc, char** argv) {
    CLI::App app{"Writes the cases of a chapter: questions and the oracles' answers."};
    std::string out;
    std::uint64_t seed = 0;
    app.add_option("--out", out, "folder of the cases")->required();
    app.add_option("--seed", seed, "what the random inputs are drawn from")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        wb::grader::CaseWriter::set_folder(out);
        for (const auto make : wb::grader::makers()) make(seed);
    } catch (const std::exception& error) {
        std::cerr << "make_cases: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
