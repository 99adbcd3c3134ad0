#include "wb/autograd/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace wb {

GradientCheck check_gradients(const ParameterList<double>& parameters,
                              const std::function<Var<double>(Tape<double>&)>& loss, Random& random,
                              std::size_t entries, double epsilon) {
    constexpr std::uint64_t dropout_seed = 1;  // the same numbers are dropped each time
    Tape<double> tape;
    const auto value = [&] {
        tape.reset(Mode::train, dropout_seed);
        return loss(tape).item();
    };
    parameters.zero_gradients();
    tape.reset(Mode::train, dropout_seed);
    tape.backward(loss(tape));

    GradientCheck found;
    const auto compare = [&](Parameter<double>& parameter, const std::vector<double>& direction,
                             const std::string& where) {
        const std::vector<double> before = parameter.value;
        const auto moved = [&](double by) {
            for (std::size_t i = 0; i < before.size(); ++i) parameter.value[i] = before[i] + by * direction[i];
            return value();
        };
        const double ahead = moved(epsilon), behind = moved(-epsilon);
        parameter.value = before;
        const double difference = (ahead - behind) / (2 * epsilon);
        double gradient = 0;
        for (std::size_t i = 0; i < before.size(); ++i) gradient += parameter.gradient[i] * direction[i];
        const double error = std::abs(gradient - difference) / std::max(1.0, std::abs(difference));
        if (error <= found.worst) return;  // false for NaN too
        found = {error, where, gradient, difference};
    };
    for (const ParameterPtr<double>& parameter : parameters) {
        std::vector<double> direction(parameter->value.size());
        for (double& along : direction) along = random.normal();
        compare(*parameter, direction, parameter->name + ", a random direction");
        for (std::size_t n = 0; n < entries && !direction.empty(); ++n) {
            std::fill(direction.begin(), direction.end(), 0.0);
            const std::size_t entry = random.below(direction.size());
            direction[entry] = 1;
            compare(*parameter, direction, parameter->name + ", entry " + std::to_string(entry));
        }
    }
    return found;
}

}  // namespace wb
