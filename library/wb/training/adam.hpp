/// @file
/// Adam and AdamW: Kingma and Ba 2015; Loshchilov and Hutter 2019. In the order of operations of torch.optim.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wb/autograd/parameter.hpp"
#include "wb/safetensors.hpp"

namespace wb {

/// What Adam is set to.
struct AdamOptions {
    double beta1 = 0.9, beta2 = 0.999;  ///< decay of the running means of the gradient and of its square
    double epsilon = 1e-8;              ///< added to the root
    /// AdamW's decoupled decay: before each step a parameter with `decay` is multiplied by 1 - rate * weight_decay.
    double weight_decay = 0;
};

/// Moves parameters against their gradients. Holds the moments, twice the parameters' memory; not thread-safe.
template <class Real>
class Adam {
 public:
    /// Moments of zero, no step taken.
    explicit Adam(const ParameterList<Real>& parameters, const AdamOptions& options = {});

    /// One step with the gradients that lie in the parameters, which it then sets to 0.
    /// @param rate  the learning rate; a schedule (schedule.hpp) gives one for each step
    void step(double rate);
    [[nodiscard]] std::int64_t steps() const { return steps_; }  ///< that were taken

    /// Puts the moments and the number of steps into a checkpoint, under "optimizer.".
    void save(SafeTensors& checkpoint) const;
    /// @throws FileError naming what is missing or does not fit the parameters
    void load(const SafeTensors& checkpoint);

 private:
    struct Moments {
        std::vector<Real> first, second;
    };
    ParameterList<Real> parameters_;
    AdamOptions options_;
    std::vector<Moments> moments_;
    std::int64_t steps_ = 0;
};

/// Scales all gradients so that their norm together is at most `largest`: torch.nn.utils.clip_grad_norm_.
/// @return the norm before
template <class Real>
double clip_gradient_norm(const ParameterList<Real>& parameters, double largest);

}  // namespace wb
