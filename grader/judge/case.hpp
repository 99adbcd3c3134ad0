/// @file
/// A case is one question with its expected answer, made by a float64 oracle and kept as one safetensors file:
/// tensors `in.<name>`, `expected.<name>` (float64) and `mistake.<n>.<name>`; metadata holds numbers, texts and each mistake's words.
/// A mistake is what a known wrong solution answers. When an answer is wrong and equals one, the failure says which.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "wb/safetensors.hpp"
#include "wb/tensor.hpp"

namespace wb::grader {

/// How far an answer may lie from its expected value e: |got - e| <= absolute + relative |e| + of_largest max|e|.
/// Each use argues its numbers: size of the sum, float epsilon (1.2e-7).
struct Tolerance {
    double absolute = 0;
    double relative = 0;    ///< of each element
    double of_largest = 0;  ///< of the largest expected element: for sums that cancel
};

/// What known wrong solutions answer: words that complete 'The numbers equal ...', and their numbers, in row-major order.
using KnownMistakes = std::vector<std::pair<std::string, std::vector<double>>>;

/// One case, read from its file.
class Case {
 public:
    Case(std::string name, SafeTensors content) : name_(std::move(name)), content_(std::move(content)) {}

    /// "<family>/<case>", e.g. "2.1/masks/causal_2x4".
    [[nodiscard]] const std::string& name() const { return name_; }
    /// An input. @throws FileError when the case has none of that name, rank and type
    template <std::size_t N, class Real = float>
    [[nodiscard]] Tensor<N, Real> in(const std::string& key) const {
        return content_.get<N, Real>("in." + key);
    }
    [[nodiscard]] bool has_in(const std::string& key) const { return content_.contains("in." + key); }
    /// The oracle's answer.
    template <std::size_t N>
    [[nodiscard]] Tensor<N, double> expected(const std::string& key) const {
        return content_.get<N, double>("expected." + key);
    }
    /// A number or a text that is part of the question.
    [[nodiscard]] double number(const std::string& key) const;
    [[nodiscard]] std::string text(const std::string& key) const;
    [[nodiscard]] bool has_text(const std::string& key) const { return content_.metadata.contains(key); }

    /// What a kernel moves at least that answers this question: all inputs and all expected answers, 4 bytes a number.
    [[nodiscard]] std::uint64_t least_bytes() const;

    /// The words and the answer of every known mistake that differs in `key`, as float64 in row-major order.
    [[nodiscard]] KnownMistakes mistakes(const std::string& key) const;

 private:
    std::string name_;
    SafeTensors content_;
};

/// All cases of a family, e.g. "2.1/masks", in order of name. @throws FileError when there is none (a test must not pass on nothing)
std::vector<Case> cases(const std::string& family);
/// One case, e.g. one_case("2.1/masks/causal_2x4").
Case one_case(const std::string& name);

/// Writes one case file; the file is complete when the writer goes out of scope.
class CaseWriter {
 public:
    /// @param family  e.g. "2.1/masks"    @param name  e.g. "causal_2x4"
    CaseWriter(std::string family, std::string name);
    ~CaseWriter() noexcept(false);
    CaseWriter(const CaseWriter&) = delete;
    CaseWriter& operator=(const CaseWriter&) = delete;

    template <std::size_t N, class Real>
    CaseWriter& in(const std::string& key, const Tensor<N, Real>& value) {
        content_.put("in." + key, value);
        return *this;
    }
    CaseWriter& number(const std::string& key, double value);
    CaseWriter& text(const std::string& key, const std::string& value);
    template <std::size_t N>
    CaseWriter& expected(const std::string& key, const Tensor<N, double>& value) {
        content_.put("expected." + key, value);
        return *this;
    }
    /// @param words  completes 'The numbers equal ...', e.g. "the result without the 1/sqrt(head_dim) scale"
    /// @param value  NaN where anything may be, e.g. what lies beyond a buffer
    template <std::size_t N>
    CaseWriter& mistake(const std::string& words, const std::string& key, const Tensor<N, double>& value) {
        content_.put("mistake." + mistake_number(words) + "." + key, value);
        return *this;
    }

    /// Where the files go: set once by the case maker's main.
    static void set_folder(const std::filesystem::path& folder);

 private:
    std::string mistake_number(const std::string& words);
    std::string family_, name_;
    SafeTensors content_;
    int mistakes_ = 0;
};

/// Ends the test when the shape is not the expected one. `what` names the tensor, e.g. "weights".
void expect_shape(const std::vector<std::size_t>& got, const std::vector<std::size_t>& expected,
                  const std::string& what);
template <std::size_t N, class Real>
void expect_shape(const Tensor<N, Real>& got, const std::vector<std::size_t>& expected, const std::string& what) {
    expect_shape(std::vector<std::size_t>(got.shape().begin(), got.shape().end()), expected, what);
}

namespace detail {
/// The comparison on flat data. @return the failure's text, empty when all is well; NaN is never well
std::string compare(const std::vector<double>& got, const std::vector<double>& expected,
                    const std::vector<std::size_t>& shape, const Tolerance& tolerance, const std::string& what,
                    const KnownMistakes& mistakes);
void report(const std::string& text, const char* file, int line);
template <std::size_t N, class Real>
std::vector<double> flat(const Tensor<N, Real>& value) {
    return std::vector<double>(value.data(), value.data() + value.size());
}
}  // namespace detail

/// Compares an answer with the case's expected value; a failure names the first and the worst index, and a known mistake if it is one.
template <std::size_t N, class Real>
void expect_close(const Tensor<N, Real>& got, const Case& c, const std::string& key, const Tolerance& tolerance,
                  const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    const Tensor<N, double> wanted = c.expected<N>(key);
    const std::vector<std::size_t> shape(wanted.shape().begin(), wanted.shape().end());
    expect_shape(got, shape, c.name() + ": " + key);
    detail::report(detail::compare(detail::flat(got), detail::flat(wanted), shape, tolerance, c.name() + ": " + key,
                                   c.mistakes(key)),
                   file, line);
}

/// Compares two answers, e.g. of a permuted question with the permuted answer. `what` says what should equal what.
/// @param mistakes  of an answer that no case file holds
template <std::size_t N, class Real, class Wanted>
void expect_close(const Tensor<N, Real>& got, const Tensor<N, Wanted>& wanted, const std::string& what,
                  const Tolerance& tolerance, const KnownMistakes& mistakes, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
    const std::vector<std::size_t> shape(wanted.shape().begin(), wanted.shape().end());
    expect_shape(got, shape, what);
    detail::report(detail::compare(detail::flat(got), detail::flat(wanted), shape, tolerance, what, mistakes), file,
                   line);
}
template <std::size_t N, class Real, class Wanted>
void expect_close(const Tensor<N, Real>& got, const Tensor<N, Wanted>& wanted, const std::string& what,
                  const Tolerance& tolerance, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    expect_close(got, wanted, what, tolerance, KnownMistakes{}, file, line);
}

/// For the message of a comparison that is to the bit, e.g. of lists of numbers: says which known mistake the answer equals.
/// @param mistakes  words that complete 'The numbers equal ...', and what a solution with this mistake answers; what equals `right` is
///                  left out
/// @return "\n  The numbers equal <words>." for the first one that the answer equals; else nothing
template <class Answer>
std::string known_mistake(const Answer& got, const Answer& right,
                          const std::vector<std::pair<std::string, Answer>>& mistakes) {
    for (const auto& [words, answer] : mistakes) {
        if (got == answer && !(answer == right)) return "\n  The numbers equal " + words + ".";
    }
    return {};
}
/// The same of one number, which tells a mistake when it lies far from the right one and is not round.
std::string known_mistake(double got, double right, const Tolerance& tolerance,
                          const std::vector<std::pair<std::string, double>>& mistakes);

}  // namespace wb::grader
