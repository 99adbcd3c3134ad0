// Traces of requests from files that somebody else has written.

#include "demo_simulate.hpp"
#include "wb/csv.hpp"
#include "wb/errors.hpp"

namespace wb::demo {

std::vector<TraceRequest> read_trace(const std::filesystem::path& path, double steps_per_second, int max_len) {
    constexpr double longest = 1e9;  // seconds: some thirty years
    const CsvTable table = read_csv(path);
    const std::size_t arrival = table.column("arrival"), prompt = table.column("prompt");
    const std::size_t output = table.column("output");
    std::vector<TraceRequest> requests;
    for (std::size_t row = 0; row < table.num_rows(); ++row) {
        TraceRequest request;
        request.arrival = table.number(row, arrival, 0, longest) * steps_per_second;
        request.prompt_len = static_cast<int>(table.whole_number(row, prompt, 1, max_len));
        request.output_len = static_cast<int>(table.whole_number(row, output, 1, max_len));
        if (request.prompt_len + request.output_len > max_len) {
            table.refuse(row, "prompt and output together are " +
                                  std::to_string(request.prompt_len + request.output_len) +
                                  " tokens, and the context holds " + std::to_string(max_len));
        }
        requests.push_back(request);
    }
    if (requests.empty()) throw FileError(table.name() + ":1: no request follows the columns' names");
    return requests;
}

}  // namespace wb::demo
