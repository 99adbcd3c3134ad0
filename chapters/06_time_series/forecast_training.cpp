#include "forecast_training.hpp"

#include "wb/autograd/losses.hpp"

namespace wb {

double train_epoch(DataParallel<float>& parallel, Adam<float>& optimizer,
                   const std::vector<std::vector<std::size_t>>& batches, const BatchOf& batch_of,
                   const ForecastOf& forecast, double rate, Random& random) {
    double total = 0;
    std::size_t windows = 0;
    for (const std::vector<std::size_t>& starts : batches) {
        const auto loss = [&](Tape<float>& tape, const Shard& shard) {
            const ForecastBatch batch = batch_of(std::span(starts).subspan(shard.begin, shard.size()));
            return ShardLoss<float>{mse(forecast(tape, batch), {batch.future.data(), batch.future.size()}),
                                    static_cast<double>(shard.size())};
        };
        total +=
            static_cast<double>(starts.size()) * training_step<float>(parallel, optimizer, starts.size(), loss,
                                                                      {.rate = rate, .dropout_seed = random.bits()});
        windows += starts.size();
    }
    return windows == 0 ? 0 : total / static_cast<double>(windows);
}

}  // namespace wb
