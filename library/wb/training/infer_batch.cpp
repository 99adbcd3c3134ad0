#include "wb/training/infer_batch.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "wb/errors.hpp"
#include "wb/threads.hpp"

namespace wb {

template <class Real>
Tensor<2, Real> infer_batch(std::size_t batch,
                            const std::function<Var<Real>(Tape<Real>& tape, const Shard& shard)>& answer) {
    const std::size_t threads = std::max<std::size_t>(1, std::min(threads_here(), batch));
    const std::size_t together = batch / threads * threads;
    std::deque<Tape<Real>> tapes;
    for (std::size_t n = 0; n < threads; ++n) tapes.emplace_back(Mode::infer);
    std::vector<std::vector<Real>> answers(batch);
    const auto one = [&](Tape<Real>& tape, std::size_t n) {
        tape.reset(Mode::infer);
        const Var<Real> y = answer(tape, {n, n, n + 1});
        if (y.shape().rank() != 2 || y.shape()[0] != 1) {
            throw ShapeError("infer_batch: the answer to entry " + std::to_string(n) + " is " + shape_text(y.shape()) +
                             ", and must be [1, columns]");
        }
        answers[n].assign(y.value().begin(), y.value().end());
    };
    in_pieces(threads, together, [&](std::size_t piece, std::size_t begin, std::size_t end) {
        for (std::size_t n = begin; n < end; ++n) one(tapes[piece], n);
    });
    for (std::size_t n = together; n < batch; ++n) one(tapes.front(), n);

    const std::size_t columns = batch == 0 ? 0 : answers.front().size();
    Tensor<2, Real> result(std::array<std::size_t, 2>{batch, columns});
    for (std::size_t n = 0; n < batch; ++n) {
        if (answers[n].size() != columns) {
            throw ShapeError("infer_batch: the answer to entry " + std::to_string(n) + " has " +
                             std::to_string(answers[n].size()) + " columns, that to the first " +
                             std::to_string(columns));
        }
        std::copy(answers[n].begin(), answers[n].end(), result.data() + n * columns);
    }
    return result;
}

template Tensor<2, float> infer_batch(std::size_t, const std::function<Var<float>(Tape<float>&, const Shard&)>&);
template Tensor<2, double> infer_batch(std::size_t, const std::function<Var<double>(Tape<double>&, const Shard&)>&);

}  // namespace wb
