/// @file
/// Binds the probes of exercise 3.7 to the submission's functions.
#include "probe/worker.hpp"
#include "report_probes.hpp"

namespace wb {
namespace {

std::vector<std::size_t> ask_edit_distances(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::size_t> distances;
    for (std::size_t n = 0; n < a.size(); ++n) distances.push_back(edit_distance(a[n], b.at(n)));
    return distances;
}

}  // namespace

WB_BIND(report) {
    using Classes = std::vector<int>;
    using Words = std::vector<std::string>;
    worker.bind(probes::accuracy,
                [](const Classes& predicted, const Classes& labels) { return accuracy(predicted, labels); });
    worker.bind(probes::confusion, [](const Classes& predicted, const Classes& labels, std::size_t classes) {
        return confusion(predicted, labels, classes);
    });
    worker.bind(probes::macro_f1, [](const Classes& predicted, const Classes& labels, std::size_t classes) {
        return macro_f1(predicted, labels, classes);
    });
    worker.bind(probes::edit_distances, &ask_edit_distances);
    worker.bind(probes::mean_edit_distance,
                [](const Words& written, const Words& right) { return mean_edit_distance(written, right); });
    worker.bind(probes::perplexity, [](const std::vector<double>& losses, const std::vector<std::size_t>& tokens) {
        return perplexity(losses, tokens);
    });
    worker.bind(probes::cosine_drift, &cosine_drift);
    worker.bind(probes::linear_cka, &linear_cka);
}

}  // namespace wb
