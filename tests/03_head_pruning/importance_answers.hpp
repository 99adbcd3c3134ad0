/// @file
/// The answers of exercise 3.3, right and wrong, from each sample's gradients; for case makers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "judge/case.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// A mistake, where it shows.
inline void write_mistake(grader::CaseWriter& writer, const std::string& words, const std::string& key,
                          const Tensor<1, double>& right, const Tensor<1, double>& wrong) {
    double largest = 0;
    for (std::size_t n = 0; n < right.size(); ++n) largest = std::max(largest, std::abs(right(n) - wrong(n)));
    if (largest > 1e-3) writer.mistake(words, key, wrong);
}

/// [heads] from each sample's gradients [samples, heads], batch by batch; `batch` gets the rows' gradients of one head.
inline Tensor<1, double> over_batches(const Tensor<2, double>& gradients, std::size_t max_batch,
                                      const std::function<double(const std::vector<double>&)>& batch) {
    const std::size_t samples = gradients.shape(0), heads = gradients.shape(1);
    Tensor<1, double> result = zeros<1, double>({heads});
    for (std::size_t h = 0; h < heads; ++h) {
        for (std::size_t first = 0; first < samples; first += max_batch) {
            std::vector<double> column;
            for (std::size_t n = first; n < std::min(samples, first + max_batch); ++n)
                column.push_back(gradients(n, h));
            result(h) += batch(column);
        }
    }
    return result;
}

inline double sum_of(const std::vector<double>& numbers) {
    double total = 0;
    for (const double number : numbers) total += number;
    return total;
}

inline double absolute_sum(const std::vector<double>& numbers) {
    double total = 0;
    for (const double number : numbers) total += std::abs(number);
    return total;
}

/// What follows from the samples' gradients, right and wrong.
inline void write_importance(grader::CaseWriter& writer, const Tensor<2, double>& gradients, const Tensor<1>& gates,
                             std::size_t max_batch) {
    const auto samples = static_cast<double>(gradients.shape(0));
    const double batches = std::ceil(samples / static_cast<double>(max_batch));
    const auto importance = [&](const std::function<double(const std::vector<double>&)>& batch) {
        Tensor<1, double> result = over_batches(gradients, max_batch, batch);
        for (std::size_t h = 0; h < gates.size(); ++h) {
            if (gates(h) == 0) result(h) = 0;
        }
        return result;
    };
    const Tensor<1, double> right = importance([&](const auto& column) { return absolute_sum(column) / samples; });
    writer.expected("importance", right).in("gates", gates).number("max_batch", static_cast<double>(max_batch));
    const auto mistake = [&](const char* words, const Tensor<1, double>& wrong) {
        write_mistake(writer, words, "importance", right, wrong);
    };
    const Tensor<1, double> means = importance([&](const auto& column) { return sum_of(column) / samples; });
    Tensor<1, double> sizes = means, roots = importance([&](const auto&column) {
                                         double squares = 0;
                                         for (const double one : column) squares += one * one;
                                         return squares / samples;
                                     });
    for (double& one : sizes) one = std::abs(one);
    for (double& one : roots) one = std::sqrt(one);
    mistake("the mean of the gradients with their signs, which cancel", means);
    mistake("the absolute value of the mean gradient: it belongs to each sample, before the mean", sizes);
    mistake("absolute values of whole batches' gradients. Does each sample have gates of its own, [batch, heads]?",
            importance([&](const auto& column) { return std::abs(sum_of(column)) / samples; }));
    mistake("the mean over samples of gradients of their batch's mean: go backward from the sum of the losses",
            importance([&](const auto& column) {
                return absolute_sum(column) / samples / static_cast<double>(column.size());
            }));
    mistake("the mean of the batches' means: a last batch that is not full counts too much",
            importance([&](const auto& column) {
                return absolute_sum(column) / static_cast<double>(column.size()) / batches;
            }));
    mistake("the mean of the absolute values of batches' mean gradients: the absolute value belongs to each sample",
            importance([&](const auto& column) {
                return std::abs(sum_of(column)) / static_cast<double>(column.size()) / batches;
            }));
    mistake("the sum over samples, not their mean", importance(absolute_sum));
    mistake("roots of mean squares, where means of absolute values belong", roots);
    mistake("the importance at these gates, without 0 for heads that are closed",
            over_batches(gradients, max_batch, [&](const auto& column) { return absolute_sum(column) / samples; }));
}

/// One matrix's part of a norm: which numbers of each sample's gradient a head has.
struct HeadPart {
    const char* key;                   ///< query, key or value
    std::size_t head;                  ///< through all modules
    std::vector<std::size_t> numbers;  ///< its rows'
};

/// @param gradients    [samples, numbers]
/// @param interleaved  the parts of one who takes a head's rows for h, h + heads, ..
inline void write_norms(grader::CaseWriter& writer, const Tensor<2, double>& gradients,
                        const std::vector<HeadPart>& parts, const std::vector<HeadPart>& interleaved, std::size_t heads,
                        std::size_t max_batch) {
    const std::size_t samples = gradients.shape(0);
    const auto mean_of = [&](std::size_t number, std::size_t begin, std::size_t end) {
        double average = 0;
        for (std::size_t n = begin; n < end; ++n) average += gradients(n, number) / static_cast<double>(end - begin);
        return average;
    };
    const auto mean_norm = [&](const HeadPart& part, std::size_t begin, std::size_t end) {
        double squares = 0;
        for (const std::size_t number : part.numbers) squares += std::pow(mean_of(number, begin, end), 2);
        return std::sqrt(squares);
    };
    writer.number("max_batch", static_cast<double>(max_batch));
    for (const std::string key : {"query", "key", "value"}) {
        const auto norms = [&](const std::vector<HeadPart>& of, const std::function<double(const HeadPart&)>& norm) {
            Tensor<1, double> result = zeros<1, double>({heads});
            for (const HeadPart& part : of) {
                if (part.key == key) result(part.head) = norm(part);
            }
            return result;
        };
        const auto of_mean = [&](const HeadPart& part) { return mean_norm(part, 0, samples); };
        const Tensor<1, double> right = norms(parts, of_mean);
        writer.expected(key, right);
        const auto mistake = [&](const std::string& words, const std::function<double(const HeadPart&)>& norm) {
            write_mistake(writer, words, key, right, norms(parts, norm));
        };
        write_mistake(writer, "norms over rows h, h + heads, ..: head h has rows h head_dim and on", key, right,
                      norms(interleaved, of_mean));
        mistake("the mean of the samples' norms, where the norm of their mean gradient belongs",
                [&](const HeadPart& part) {
                    double total = 0;
                    for (std::size_t n = 0; n < samples; ++n) total += mean_norm(part, n, n + 1);
                    return total / static_cast<double>(samples);
                });
        mistake("the mean of the batches' norms: the norm is taken once, of the mean over all samples",
                [&](const HeadPart& part) {
                    double total = 0, batches = 0;
                    for (std::size_t n = 0; n < samples; n += max_batch, ++batches)
                        total += mean_norm(part, n, std::min(samples, n + max_batch));
                    return total / batches;
                });
        mistake("the norm of the mean of the batches' means: a last batch that is not full counts too much",
                [&](const HeadPart& part) {
                    double squares = 0;
                    for (const std::size_t number : part.numbers) {
                        double total = 0, batches = 0;
                        for (std::size_t n = 0; n < samples; n += max_batch, ++batches)
                            total += mean_of(number, n, std::min(samples, n + max_batch));
                        squares += std::pow(total / batches, 2);
                    }
                    return std::sqrt(squares);
                });
        mistake("the norm of the sum of the gradients, not of their mean",
                [&](const HeadPart& part) { return mean_norm(part, 0, samples) * static_cast<double>(samples); });
        mistake("the square of the norm: its root is missing", [&](const HeadPart& part) {
            const double norm = mean_norm(part, 0, samples);
            return norm * norm;
        });
        mistake("the norm divided by the root of how many numbers it has", [&](const HeadPart& part) {
            return mean_norm(part, 0, samples) / std::sqrt(static_cast<double>(part.numbers.size()));
        });
    }
}

/// Each head's rows of each matrix. @param interleaved  a head has rows h, h + heads, .., which is a mistake
inline std::vector<HeadPart> parts_of(const std::vector<std::size_t>& heads, const std::vector<std::size_t>& head_dims,
                                      std::size_t d_model, bool interleaved = false) {
    std::vector<HeadPart> parts;
    std::size_t number = 0, first_head = 0;
    for (std::size_t m = 0; m < heads.size(); ++m) {
        for (const char* key : {"query", "key", "value"}) {
            std::vector<HeadPart> of_matrix(heads[m]);
            for (std::size_t row = 0; row < heads[m] * head_dims[m]; ++row) {
                const std::size_t head = interleaved ? row % heads[m] : row / head_dims[m];
                of_matrix[head].key = key;
                of_matrix[head].head = first_head + head;
                for (std::size_t column = 0; column < d_model; ++column) of_matrix[head].numbers.push_back(number++);
            }
            parts.insert(parts.end(), of_matrix.begin(), of_matrix.end());
        }
        first_head += heads[m];
    }
    return parts;
}

}  // namespace wb
