/// @file
/// Judges exercise 4.4: what keeps a checkpoint from being a model's, and loading it. Files are made here, byte by byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "judge/weights.hpp"
#include "vit_checkpoint_probes.hpp"
#include "vit_draw.hpp"
#include "vit_shapes.hpp"

namespace wb {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Problems = std::vector<std::string>;

constexpr VitOptions small{8, 3, 4, 8, 2, 2, 12, 5, 1e-12};

/// The model's tensors as a fitting file has them.
std::vector<StoredTensor> fitting(const VitOptions& options = small) {
    std::vector<StoredTensor> stored;
    for (const auto& [name, shape] : vit_shapes(options)) stored.push_back({name, DType::f32, shape});
    return stored;
}

StoredTensor& named(std::vector<StoredTensor>& stored, const std::string& name) {
    return *std::find_if(stored.begin(), stored.end(), [&](const StoredTensor& one) { return one.name == name; });
}

void remove(std::vector<StoredTensor>& stored, const std::string& name) {
    stored.erase(std::remove_if(stored.begin(), stored.end(), [&](const auto& one) { return one.name == name; }),
                 stored.end());
}

/// Compares lines one by one and fails with the first that differs. Of an expected line that ends in ".." only the beginning counts.
void expect_lines(const Problems& got, const Problems& expected, const std::string& why = "") {
    const auto fits = [](const std::string& line, const std::string& wanted) {
        return wanted.ends_with("..") ? line.starts_with(wanted.substr(0, wanted.size() - 2)) : line == wanted;
    };
    std::size_t n = 0;
    while (n < got.size() && n < expected.size() && fits(got[n], expected[n])) ++n;
    if (n == got.size() && n == expected.size()) return;
    const std::string of =
        "line " + std::to_string(n + 1) + " of the " + std::to_string(expected.size()) + " that are due";
    std::string text;
    if (n == expected.size()) {
        text = "after the " + std::to_string(n) + " lines that are due comes\n       got: " + got[n];
    } else if (n == got.size()) {
        text = of + " is missing:\n  expected: " + expected[n];
    } else {
        text = of + " differs:\n  expected: " + expected[n] + "\n       got: " + got[n];
        const auto found =
            std::find_if(got.begin(), got.end(), [&](const std::string& line) { return fits(line, expected[n]); });
        if (found != got.end())
            text += "\n  The expected line is there, as line " + std::to_string(found - got.begin() + 1) +
                    ": the order is the model's for its parameters, the names' for what is surplus.";
    }
    ADD_FAILURE() << text << (why.empty() ? "" : "\n  " + why);
}

const std::string layer1 = "vit.encoder.layer.1.";

TEST(CheckpointProblems, AFileThatFitsHasNone) {
    std::vector<StoredTensor> stored = fitting();
    expect_lines(probes::checkpoint_problems(small, stored), {});
    std::reverse(stored.begin(), stored.end());
    expect_lines(probes::checkpoint_problems(small, stored), {}, "the order in a file means nothing");
}

TEST(CheckpointProblems, WhatIsMissingIsNamedWithItsShape) {
    std::vector<StoredTensor> stored = fitting();
    remove(stored, layer1 + "output.dense.weight");
    expect_lines(probes::checkpoint_problems(small, stored), {"missing: " + layer1 + "output.dense.weight [8, 12]"});
    remove(stored, "vit.embeddings.cls_token");
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"missing: vit.embeddings.cls_token [1, 1, 8]", "missing: " + layer1 + "output.dense.weight [8, 12]"});
    Problems all;
    for (const auto& [name, shape] : vit_shapes(small)) all.push_back("missing: " + name + " " + shape_text(shape));
    expect_lines(probes::checkpoint_problems(small, {}), all, "of an empty file, all is missing");
}

TEST(CheckpointProblems, WhatIsSurplusIsNamedWithItsShape) {
    std::vector<StoredTensor> stored = fitting();
    stored.insert(stored.begin(), {"vit.pooler.dense.weight", DType::f32, {8, 8}});
    stored.push_back({"vit.pooler.dense.bias", DType::f32, {8}});
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"surplus: vit.pooler.dense.bias [8]", "surplus: vit.pooler.dense.weight [8, 8]"},
                 "in order of their names");
}

TEST(CheckpointProblems, WhatIsMisshapenIsNamedWithBothShapes) {
    std::vector<StoredTensor> stored = fitting();
    named(stored, "vit.embeddings.position_embeddings").shape = {1, 10, 8};
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"misshapen: vit.embeddings.position_embeddings is [1, 10, 8] in the file, [1, 5, 8] in the model"});
    stored = fitting();
    named(stored, layer1 + "intermediate.dense.weight").shape = {8, 12};
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"misshapen: " + layer1 + "intermediate.dense.weight is [8, 12] in the file, [12, 8] in the model"},
                 "a transposed matrix has as many numbers, and is not the same");
    stored = fitting();
    named(stored, "vit.embeddings.cls_token").shape = {8};
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"misshapen: vit.embeddings.cls_token is [8] in the file, [1, 1, 8] in the model"},
                 "other axes are another shape, even with as many numbers");
}

TEST(CheckpointProblems, NumbersOfAnotherTypeAreNamed) {
    std::vector<StoredTensor> stored = fitting();
    named(stored, "vit.layernorm.bias").dtype = DType::f64;
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"type: vit.layernorm.bias is float64 in the file, float32 in the model"});
    named(stored, "vit.layernorm.bias").shape = {9};
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"misshapen: vit.layernorm.bias is [9] in the file, [8] in the model"},
                 "the shape comes first: one line for a tensor");
}

TEST(CheckpointProblems, AHeadForOtherClassesIsOneProblemWithAdvice) {
    std::vector<StoredTensor> stored = fitting();
    named(stored, "classifier.weight").shape = {1000, 8};
    named(stored, "classifier.bias").shape = {1000};
    const std::string head = "head: the file has 1000 classes, the model 5. ";
    const Problems problems = probes::checkpoint_problems(small, stored);
    expect_lines(problems, {head + ".."}, "One head, one problem.");
    if (problems.size() == 1 && problems[0].starts_with(head)) {
        EXPECT_GT(problems[0].size(), head.size() + 10) << "and what to do about it, got: " << problems[0];
    }

    named(stored, "classifier.bias").shape = {5};
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"misshapen: classifier.weight is [1000, 8] in the file, [5, 8] in the model"},
                 "weight and bias of different heads are no head");
    named(stored, "classifier.weight").shape = {1000, 16};
    named(stored, "classifier.bias").shape = {1000};
    expect_lines(probes::checkpoint_problems(small, stored),
                 {"misshapen: classifier.weight is [1000, 16] in the file, [5, 8] in the model",
                  "misshapen: classifier.bias is [1000] in the file, [5] in the model"},
                 "a head of another width does not fit by its classes alone");
    remove(stored, "classifier.weight");
    expect_lines(
        probes::checkpoint_problems(small, stored),
        {"missing: classifier.weight [5, 8]", "misshapen: classifier.bias is [1000] in the file, [5] in the model"});
}

TEST(CheckpointProblems, ComeInTheModelsOrderAndSurplusLast) {
    VitOptions deeper = small;
    deeper.layers = 3;
    std::vector<StoredTensor> stored = fitting(deeper);  // a layer too many
    std::reverse(stored.begin(), stored.end());
    remove(stored, "vit.layernorm.weight");
    remove(stored, "vit.encoder.layer.0.layernorm_before.bias");
    named(stored, layer1 + "attention.attention.query.bias").shape = {4};
    named(stored, "classifier.weight").shape = {7, 8};
    named(stored, "classifier.bias").shape = {7};
    Problems expected = {"missing: vit.encoder.layer.0.layernorm_before.bias [8]",
                         "misshapen: " + layer1 + "attention.attention.query.bias is [4] in the file, [8] in the model",
                         "missing: vit.layernorm.weight [8]", "head: the file has 7 classes, the model 5. .."};
    std::vector<std::string> surplus;
    for (const auto& [name, shape] : part_of(vit_shapes(deeper), "vit.encoder.layer.2."))
        surplus.push_back("surplus: vit.encoder.layer.2." + name + " " + shape_text(shape));
    std::sort(surplus.begin(), surplus.end());
    expected.insert(expected.end(), surplus.begin(), surplus.end());
    expect_lines(probes::checkpoint_problems(small, stored), expected,
                 "The file has a layer too many, other classes, and three faults, its tensors in reverse order.");
}

using Bytes = std::vector<std::byte>;

/// A safetensors file of float32 tensors.
Bytes file_of(const ModelWeights& weights) {
    std::string header = "{";
    Bytes data;
    for (const NamedWeights& one : weights) {
        const std::size_t begin = data.size();
        data.resize(begin + 4 * one.values.size());
        std::memcpy(data.data() + begin, one.values.data(), 4 * one.values.size());
        header += (header.size() > 1 ? ",\"" : "\"") + one.name + R"(":{"dtype":"F32","shape":)" +
                  shape_text(one.shape) + R"(,"data_offsets":[)" + std::to_string(begin) + "," +
                  std::to_string(data.size()) + "]}";
    }
    header += "}";
    header.append((8 - header.size() % 8) % 8, ' ');
    Bytes file(8 + header.size());
    const std::uint64_t size = header.size();
    std::memcpy(file.data(), &size, 8);
    std::memcpy(file.data() + 8, header.data(), header.size());
    file.insert(file.end(), data.begin(), data.end());
    return file;
}

/// Two models' parameters: the first is in the file, the second in memory.
struct TwoModels {
    ModelWeights stored, before;
};

TwoModels two_models() {
    Draw draw(44);
    const VitShapes shapes = vit_shapes(small);
    ModelWeights stored = draw_parameters(shapes, draw);
    return {std::move(stored), draw_parameters(shapes, draw)};
}

TEST(LoadCheckpoint, SetsEveryParameterByItsName) {
    const auto [stored, before] = two_models();
    ModelWeights reversed = stored;
    std::reverse(reversed.begin(), reversed.end());
    for (const ModelWeights& order : {stored, reversed}) {
        const probes::LoadAnswer answer = probes::load_checkpoint(small, before, file_of(order));
        EXPECT_EQ(answer.error, "");
        expect_weights(answer.parameters, stored,
                       "should be the file's, also in a copy of the model that was made before");
    }
}

/// Whether a text has the number as a word of its own: in "12 of [2]" there is no 2.
bool says_number(const std::string& text, const std::string& digits, const std::string& spelt) {
    return std::regex_search(
        text, std::regex(R"((^|[^\w.\[])()" + digits + "|" + spelt + R"()($|[^\w.\]]|\.(?!\w)))", std::regex::icase));
}

TEST(LoadCheckpoint, OneErrorListsAllProblems) {
    auto [stored, before] = two_models();
    stored.erase(stored.begin() + 3);
    stored.push_back({"surplus.one", {2}, {1, 2}});
    std::vector<std::string> problems = {"missing: vit.embeddings.patch_embeddings.projection.bias [8]",
                                         "surplus: surplus.one [2]"};
    for (const auto& [digits, spelt] : {std::pair("2", "two"), std::pair("3", "three")}) {
        const std::string error = probes::load_checkpoint(small, before, file_of(stored)).error;
        EXPECT_THAT(error, StartsWith("FILE")) << "the message begins with the file's name";
        std::string rest = error;  // without the list
        for (const std::string& problem : problems) {
            const std::size_t at = rest.find(problem);
            ASSERT_NE(at, std::string::npos) << "the list lacks \"" << problem << "\"; the message is:\n" << error;
            rest.erase(at, problem.size());
        }
        EXPECT_TRUE(says_number(rest, digits, spelt))
            << "the message should say that there are " << digits << " problems; it is:\n"
            << error;
        stored.push_back({"surplus.two", {1}, {1}});
        problems.emplace_back("surplus: surplus.two [1]");
    }
}

TEST(LoadCheckpoint, OfManyProblemsTheFirstTwelveAreShownAndTheRestCounted) {
    auto [stored, before] = two_models();
    const auto lines_with = [](const std::string& text, const std::string& word) {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++count;
        return count;
    };
    stored.resize(stored.size() - 12);
    std::string error = probes::load_checkpoint(small, before, file_of(stored)).error;
    EXPECT_EQ(lines_with(error, "missing: "), 12) << error;
    EXPECT_THAT(error, Not(HasSubstr("more"))) << "12 are all";
    stored.resize(stored.size() - 7);
    error = probes::load_checkpoint(small, before, file_of(stored)).error;
    EXPECT_EQ(lines_with(error, "missing: "), 12) << error;
    EXPECT_THAT(error, HasSubstr("19")) << "how many there are";
    EXPECT_THAT(error, HasSubstr("7 more")) << "and how many are not shown";
}

TEST(LoadCheckpoint, NothingChangesWhenTheFileDoesNotFit) {
    auto [stored, before] = two_models();
    for (const char* change : {"the last is missing", "one is surplus", "one is misshapen"}) {
        ModelWeights file = stored;
        if (change == std::string("the last is missing")) file.pop_back();
        if (change == std::string("one is surplus")) file.push_back({"zz", {1}, {1}});
        if (change == std::string("one is misshapen")) file.back().shape = {1, 5};
        const probes::LoadAnswer answer = probes::load_checkpoint(small, before, file_of(file));
        EXPECT_FALSE(answer.error.empty()) << "no FileError for a file in which " << change;
        expect_weights(answer.parameters, before, std::string("was changed by a file in which ") + change);
    }
}

TEST(LoadCheckpoint, DamagedAndAbsentFilesAreErrors) {
    const auto [stored, before] = two_models();
    const Bytes whole = file_of(stored);
    for (const std::size_t size : {whole.size() - 1, whole.size() / 2, std::size_t{9}, std::size_t{0}}) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const probes::LoadAnswer answer = probes::load_checkpoint(small, before, cut);
        EXPECT_THAT(answer.error, HasSubstr("FILE")) << "a file cut after " << size << " bytes";
        expect_weights(answer.parameters, before, "was changed by a damaged file");
    }
    EXPECT_THAT(probes::load_nothing(small).error, HasSubstr("FILE")) << "a file that is not there";
}

}  // namespace
}  // namespace wb
