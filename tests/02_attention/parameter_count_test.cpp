/// @file
/// Judges exercise 2.5: parameters by formula and by enumeration. Whole numbers: nothing needs a tolerance.
#include <algorithm>
#include <numeric>
#include <sstream>

#include "count_case.hpp"
#include "judge/judge.hpp"
#include "probes.hpp"

namespace wb {

// How GoogleTest prints them.
void PrintTo(const ParameterItem& item, std::ostream* out) {
    *out << item.name << ": " << item.per_head << " a head, " << item.total << " in all";
}
void PrintTo(const ParameterTensor& tensor, std::ostream* out) {
    *out << tensor.name << " [";
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) *out << (axis > 0 ? ", " : "") << tensor.shape[axis];
    *out << "]: " << tensor.count;
}

namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

/// The homework's case: 3 heads; query 20, key 10, value 30; each projected to 100; output 50; length 64.
AttentionSpec homework(AttentionKind kind, bool bias) {
    return {kind, 3, 20, 10, 30, 100, 100, 50, 64, bias};
}

template <class Items>
std::vector<std::string> names_of(const Items& items) {
    std::vector<std::string> names;
    for (const auto& item : items) names.push_back(item.name);
    return names;
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream words(text);
    return {std::istream_iterator<std::string>(words), {}};
}

Tensor<1, double> tensor_of(const std::vector<double>& values) {
    Tensor<1, double> t(std::array<std::size_t, 1>{values.size()});
    std::copy(values.begin(), values.end(), t.begin());
    return t;
}

TEST(ParameterFormula, HomeworkCaseGives33000) {
    const ParameterCount count = probes::count_by_formula(homework(AttentionKind::dot_product, false));
    EXPECT_THAT(count.items, ElementsAre(ParameterItem{"w_query", 2000, 6000}, ParameterItem{"w_key", 1000, 3000},
                                         ParameterItem{"w_value", 3000, 9000}, ParameterItem{"w_output", 0, 15000}));
    EXPECT_EQ(count.per_head, 6000U) << "20*100 + 10*100 + 30*100";
    EXPECT_EQ(count.all_heads, 18000U) << "3 heads";
    EXPECT_EQ(count.output, 15000U) << "3*100*50";
    EXPECT_EQ(count.total, 33000U);
}

TEST(ParameterFormula, ScoreVectorsMakeIt33300) {
    const ParameterCount additive = probes::count_by_formula(homework(AttentionKind::additive, false));
    EXPECT_THAT(additive.items, testing::Contains(ParameterItem{"score_vectors", 100, 300}));
    EXPECT_EQ(additive.per_head, 6100U) << "6,000 and a score vector of 100";
    EXPECT_EQ(additive.total, 33300U);
    const ParameterCount hybrid = probes::count_by_formula(homework(AttentionKind::hybrid, false));
    EXPECT_THAT(hybrid.items, testing::Contains(ParameterItem{"gates", 1, 3}));
    EXPECT_EQ(hybrid.total, 33303U);
}

TEST(ParameterFormula, BiasesAreAsLongAsTheOutputs) {
    const ParameterCount count = probes::count_by_formula(homework(AttentionKind::additive, true));
    EXPECT_THAT(names_of(count.items), ElementsAre("w_query", "w_key", "w_value", "w_output", "b_query", "b_key",
                                                   "b_value", "b_output", "score_vectors"));
    EXPECT_THAT(count.items,
                testing::IsSupersetOf({ParameterItem{"b_query", 100, 300}, ParameterItem{"b_key", 100, 300},
                                       ParameterItem{"b_value", 100, 300}, ParameterItem{"b_output", 0, 50}}));
    EXPECT_EQ(count.total, 34250U) << "33,300, three biases of 300 and one of 50";
}

TEST(ParameterFormula, RandomSpecificationsMatchTheOracle) {
    for (const Case& c : cases("2.5/random")) {
        const ParameterCount count = probes::count_by_formula(spec_of(c));
        EXPECT_THAT(names_of(count.items), ElementsAreArray(words_of(c.text("names")))) << c.name();
        std::vector<double> per_head, totals;
        for (const ParameterItem& item : count.items) {
            per_head.push_back(static_cast<double>(item.per_head));
            totals.push_back(static_cast<double>(item.total));
        }
        expect_close(tensor_of({static_cast<double>(count.per_head), static_cast<double>(count.all_heads),
                                static_cast<double>(count.output), static_cast<double>(count.total)}),
                     c, "sums", {});
        if (per_head.size() != c.expected<1>("per_head").size()) continue;  // reported above, by name
        expect_close(tensor_of(per_head), c, "per_head", {});
        expect_close(tensor_of(totals), c, "totals", {});
    }
}

TEST(ParameterFormula, CountsPast32Bits) {
    AttentionSpec spec{AttentionKind::dot_product, 64, 1U << 20U, 1, 1, 1U << 14U, 1, 1, 1, false};
    const ParameterCount count = probes::count_by_formula(spec);
    ASSERT_FALSE(count.items.empty());
    EXPECT_EQ(count.items.front().total, std::uint64_t{1} << 40U) << "w_query: 64 heads of 2^14 rows of 2^20";
}

TEST(ParameterList, AgreesWithTheModuleThatWasBuilt) {
    for (const Case& c : cases("2.5/random")) {
        const AttentionSpec spec = spec_of(c);
        const std::vector<ParameterTensor> list = probes::enumerate_parameters(make_module(spec));
        EXPECT_THAT(names_of(list), ElementsAreArray(words_of(c.text("names")))) << c.name();
        std::uint64_t total = 0;
        for (const ParameterTensor& tensor : list) {
            total += tensor.count;
            EXPECT_EQ(tensor.count,
                      std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::uint64_t{1}, std::multiplies<>()))
                << c.name() << ": " << tensor.name << " has as many elements as its shape says";
        }
        EXPECT_EQ(static_cast<double>(total), c.expected<1>("sums")(3)) << c.name() << ": sum of the list";
    }
}

TEST(ParameterList, SeesPrunedHeadsWhichNoFormulaKnows) {
    AttentionModule module = make_module(homework(AttentionKind::additive, false));
    module.projections.w_query = zeros<2>({100, 20});  // two of three heads cut away; num_heads still says 3
    module.projections.w_key = zeros<2>({100, 10});
    module.projections.w_value = zeros<2>({70, 30});  // and 30 channels of the value
    module.projections.w_output = zeros<2>({50, 70});
    module.score_vectors = zeros<2>({1, 100});
    EXPECT_THAT(probes::enumerate_parameters(module),
                ElementsAre(ParameterTensor{"w_query", {100, 20}, 2000}, ParameterTensor{"w_key", {100, 10}, 1000},
                            ParameterTensor{"w_value", {70, 30}, 2100}, ParameterTensor{"w_output", {50, 70}, 3500},
                            ParameterTensor{"score_vectors", {1, 100}, 100}));
}

}  // namespace
}  // namespace wb
