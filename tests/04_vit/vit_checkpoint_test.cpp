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
#include "vit_checkpoint_probes.hpp"
#include "vit_draw.hpp"
#include "vit_oracle.hpp"

namespace wb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using Problems = std::vector<std::string>;

constexpr VitOptions small{8, 3, 4, 8, 2, 2, 12, 5, 1e-12};

/// The model's tensors as a fitting file has them.
std::vector<StoredTensor> fitting(const VitOptions& options = small) {
    std::vector<StoredTensor> stored;
    for (const auto& [name, shape] : oracle::vit_shapes(options)) stored.push_back({name, DType::f32, shape});
    return stored;
}

StoredTensor& named(std::vector<StoredTensor>& stored, const std::string& name) {
    return *std::find_if(stored.begin(), stored.end(), [&](const StoredTensor& one) { return one.name == name; });
}

void remove(std::vector<StoredTensor>& stored, const std::string& name) {
    stored.erase(std::remove_if(stored.begin(), stored.end(), [&](const auto& one) { return one.name == name; }),
                 stored.end());
}

const std::string layer1 = "vit.encoder.layer.1.";

TEST(CheckpointProblems, AFileThatFitsHasNone) {
    std::vector<StoredTensor> stored = fitting();
    EXPECT_THAT(probes::checkpoint_problems(small, stored), IsEmpty());
    std::reverse(stored.begin(), stored.end());
    EXPECT_THAT(probes::checkpoint_problems(small, stored), IsEmpty()) << "the order in a file means nothing";
}

TEST(CheckpointProblems, WhatIsMissingIsNamedWithItsShape) {
    std::vector<StoredTensor> stored = fitting();
    remove(stored, layer1 + "output.dense.weight");
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("missing: " + layer1 + "output.dense.weight [8, 12]"));
    remove(stored, "vit.embeddings.cls_token");
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("missing: vit.embeddings.cls_token [1, 1, 8]",
                            "missing: " + layer1 + "output.dense.weight [8, 12]"));
    EXPECT_THAT(probes::checkpoint_problems(small, {}), SizeIs(fitting().size())) << "of an empty file, all is missing";
}

TEST(CheckpointProblems, WhatIsSurplusIsNamedWithItsShape) {
    std::vector<StoredTensor> stored = fitting();
    stored.insert(stored.begin(), {"vit.pooler.dense.weight", DType::f32, {8, 8}});
    stored.push_back({"vit.pooler.dense.bias", DType::f32, {8}});
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("surplus: vit.pooler.dense.bias [8]", "surplus: vit.pooler.dense.weight [8, 8]"))
        << "in order of their names";
}

TEST(CheckpointProblems, WhatIsMisshapenIsNamedWithBothShapes) {
    std::vector<StoredTensor> stored = fitting();
    named(stored, "vit.embeddings.position_embeddings").shape = {1, 10, 8};
    EXPECT_THAT(
        probes::checkpoint_problems(small, stored),
        ElementsAre("misshapen: vit.embeddings.position_embeddings is [1, 10, 8] in the file, [1, 5, 8] in the model"));
    stored = fitting();
    named(stored, layer1 + "intermediate.dense.weight").shape = {8, 12};
    EXPECT_THAT(
        probes::checkpoint_problems(small, stored),
        ElementsAre("misshapen: " + layer1 + "intermediate.dense.weight is [8, 12] in the file, [12, 8] in the model"))
        << "a transposed matrix has as many numbers, and is not the same";
    stored = fitting();
    named(stored, "vit.embeddings.cls_token").shape = {8};
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("misshapen: vit.embeddings.cls_token is [8] in the file, [1, 1, 8] in the model"))
        << "other axes are another shape, even with as many numbers";
}

TEST(CheckpointProblems, NumbersOfAnotherTypeAreNamed) {
    std::vector<StoredTensor> stored = fitting();
    named(stored, "vit.layernorm.bias").dtype = DType::f64;
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("type: vit.layernorm.bias is float64 in the file, float32 in the model"));
    named(stored, "vit.layernorm.bias").shape = {9};
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("misshapen: vit.layernorm.bias is [9] in the file, [8] in the model"))
        << "the shape comes first: one line for a tensor";
}

TEST(CheckpointProblems, AHeadForOtherClassesIsOneProblemWithAdvice) {
    std::vector<StoredTensor> stored = fitting();
    named(stored, "classifier.weight").shape = {1000, 8};
    named(stored, "classifier.bias").shape = {1000};
    const Problems problems = probes::checkpoint_problems(small, stored);
    ASSERT_THAT(problems, SizeIs(1)) << "one head, one problem, got:\n" << testing::PrintToString(problems);
    EXPECT_THAT(problems[0], StartsWith("head: the file has 1000 classes, the model 5. "));
    EXPECT_GT(problems[0].size(), std::string("head: the file has 1000 classes, the model 5. ").size() + 10)
        << "and what to do about it, got: " << problems[0];

    named(stored, "classifier.bias").shape = {5};
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("misshapen: classifier.weight is [1000, 8] in the file, [5, 8] in the model"))
        << "weight and bias of different heads are no head";
    named(stored, "classifier.weight").shape = {1000, 16};
    named(stored, "classifier.bias").shape = {1000};
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("misshapen: classifier.weight is [1000, 16] in the file, [5, 8] in the model",
                            "misshapen: classifier.bias is [1000] in the file, [5] in the model"))
        << "a head of another width does not fit by its classes alone";
    remove(stored, "classifier.weight");
    EXPECT_THAT(probes::checkpoint_problems(small, stored),
                ElementsAre("missing: classifier.weight [5, 8]",
                            "misshapen: classifier.bias is [1000] in the file, [5] in the model"));
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
    const Problems problems = probes::checkpoint_problems(small, stored);
    ASSERT_THAT(problems, SizeIs(4 + 16)) << testing::PrintToString(problems);
    EXPECT_EQ(problems[0], "missing: vit.encoder.layer.0.layernorm_before.bias [8]");
    EXPECT_EQ(problems[1],
              "misshapen: " + layer1 + "attention.attention.query.bias is [4] in the file, [8] in the model");
    EXPECT_EQ(problems[2], "missing: vit.layernorm.weight [8]");
    EXPECT_THAT(problems[3], StartsWith("head: the file has 7 classes, the model 5. "));
    EXPECT_EQ(problems[4], "surplus: vit.encoder.layer.2.attention.attention.key.bias [8]");
    EXPECT_EQ(problems[19], "surplus: vit.encoder.layer.2.output.dense.weight [8, 12]");
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
    const oracle::VitShapes shapes = oracle::vit_shapes(small);
    ModelWeights stored = draw_parameters(shapes, draw);
    return {std::move(stored), draw_parameters(shapes, draw)};
}

void expect_parameters(const ModelWeights& got, const ModelWeights& expected, const std::string& why) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t n = 0; n < got.size(); ++n) {
        EXPECT_EQ(got[n].name, expected[n].name);
        EXPECT_EQ(got[n].values, expected[n].values) << got[n].name << ": " << why;
    }
}

TEST(LoadCheckpoint, SetsEveryParameterByItsName) {
    const auto [stored, before] = two_models();
    ModelWeights reversed = stored;
    std::reverse(reversed.begin(), reversed.end());
    for (const ModelWeights& order : {stored, reversed}) {
        const probes::LoadAnswer answer = probes::load_checkpoint(small, before, file_of(order));
        EXPECT_EQ(answer.error, "");
        expect_parameters(answer.parameters, stored,
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
        EXPECT_NE(answer.error, "") << change;
        expect_parameters(answer.parameters, before, std::string("was changed by a file in which ") + change);
    }
}

TEST(LoadCheckpoint, DamagedAndAbsentFilesAreErrors) {
    const auto [stored, before] = two_models();
    const Bytes whole = file_of(stored);
    for (const std::size_t size : {whole.size() - 1, whole.size() / 2, std::size_t{9}, std::size_t{0}}) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const probes::LoadAnswer answer = probes::load_checkpoint(small, before, cut);
        EXPECT_THAT(answer.error, HasSubstr("FILE")) << "a file cut after " << size << " bytes";
        expect_parameters(answer.parameters, before, "was changed by a damaged file");
    }
    EXPECT_THAT(probes::load_nothing(small).error, HasSubstr("FILE")) << "a file that is not there";
}

}  // namespace
}  // namespace wb
