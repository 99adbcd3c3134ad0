/// @file
/// Judges the exact match of exercise 5.11: the share of words that a model translates to the letter.
#include <cstddef>
#include <stdexcept>
#include <string>

#include "experiment_probes.hpp"
#include "judge/judge.hpp"
#include "translator_case.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using grader::one_case;
using probes::WordLists;

// Of the pairs one in seven is what the model writes, the others nearly; fewer lack a letter than have one too many.
TEST(ExactMatch, CountsWhatIsRightToTheLetter) {
    const Case c = one_case("5.11/writer/random");
    const auto [options, weights] = model_of(c);
    WordLists words{split(c.text("sources")), split(c.text("written"))};
    std::size_t right = 0, shorter = 0, longer = 0;
    for (std::size_t n = 0; n < words.targets.size(); ++n) {
        std::string& written = words.targets[n];
        if (n % 7 == 0) {
            ++right;
        } else if (n % 7 == 1) {
            ++shorter;
            written.pop_back();
        } else if (n % 7 < 4) {
            ++longer;
            written += 'a';
        } else {
            written[n % written.size()] = written[n % written.size()] == 'e' ? 'i' : 'e';
        }
    }
    const auto share = [&](std::size_t count) {
        return static_cast<double>(count) / static_cast<double>(words.sources.size());
    };
    const double got = probes::exact_match(options, weights, words);
    EXPECT_DOUBLE_EQ(got, share(right))
        << "of " << words.sources.size() << " pairs " << right
        << " are what the model writes; of the others one letter is missing, added or exchanged"
        << known_mistake(
               got, share(right),
               {{"the share of translations that begin with what is wanted: a word with letters behind it is wrong",
                 share(right + shorter)},
                {"the share of translations with which what is wanted begins: a word that ends too early is wrong",
                 share(right + longer)},
                {"the share of wrong translations", 1 - share(right)},
                {"the number of right translations: divide it by the number of pairs", static_cast<double>(right)},
                {"the share in percent", 100 * share(right)}});
    probes::exact_match.expect_error<std::invalid_argument>(options, weights, WordLists{});
}

}  // namespace
}  // namespace wb
