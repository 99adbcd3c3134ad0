#include "wb/autograd/tape.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {

template <class Real>
Tape<Real>& Var<Real>::tape() const {
    if (tape_ == nullptr)
        throw std::logic_error("Var: names no value. It was never assigned the result of an operation.");
    if (!tape_->holds(index_, serial_)) {
        const bool this_step = serial_ - tape_->step_begin_ < tape_->serial_ - tape_->step_begin_;
        throw std::logic_error(
            this_step ? "Var: its value was given back by the tape's release_since. Name it among those that are kept."
                      : "Var: its tape has been reset since, so its value is gone. Copy what a later step needs.");
    }
    return *tape_;
}

template <class Real>
Shape Var<Real>::shape() const {
    return tape().nodes_[index_].shape;
}

template <class Real>
std::span<const Real> Var<Real>::value() const {
    const auto& node = tape().nodes_[index_];
    return {node.value, node.size};
}

template <class Real>
std::span<const Real> Var<Real>::grad() const {
    const auto& node = tape().nodes_[index_];
    return {node.gradient, node.gradient == nullptr ? 0 : node.size};
}

template <class Real>
Real Var<Real>::item() const {
    if (size() != 1) throw ShapeError("Var::item: " + shape_text(shape()) + " is not a single number");
    return value()[0];
}

template <class Real>
void Tape<Real>::reset(Mode mode, std::uint64_t dropout_seed) {
    mode_ = mode;
    dropout_seed_ = dropout_seed;
    step_begin_ = serial_;
    went_backward_ = false;
    nodes_.clear();
    free_.clear();
    arena_.reset();
    temporary_.reset();
}

template <class Real>
Var<Real> Tape<Real>::add_node(Shape shape, Real* value) {
    Node& added = nodes_.emplace_back();
    added.shape = shape;
    added.size = shape.size();
    added.serial = serial_;
    added.value = value;
    serial_ = serial_ + 1 == 0 ? 1 : serial_ + 1;  // 0 is no node's
    return {this, static_cast<std::uint32_t>(nodes_.size() - 1), added.serial};
}

template <class Real>
Real* Tape<Real>::take_value(std::size_t size) {
    return reinterpret_cast<Real*>(arena_.take(size * sizeof(Real)));
}

template <class Real>
Var<Real> Tape<Real>::make(const Shape& shape) {
    return add_node(shape, take_value(shape.size()));
}

template <class Real>
typename Tape<Real>::Mark Tape<Real>::mark() const {
    Mark mark;
    mark.memory = arena_.mark();
    mark.nodes = nodes_.size();
    mark.step_begin = step_begin_;
    mark.last = nodes_.empty() ? 0 : nodes_.back().serial;
    return mark;
}

template <class Real>
void Tape<Real>::release_since(const Mark& mark, const std::vector<Var<Real>*>& kept) {
    if (mode_ == Mode::infer) release(mark, kept);
}

template <class Real>
void Tape<Real>::release(const Mark& mark, const std::vector<Var<Real>*>& kept) {
    if (mark.step_begin != step_begin_ || mark.nodes > nodes_.size() ||
        (mark.nodes > 0 && nodes_[mark.nodes - 1].serial != mark.last)) {
        throw std::logic_error(
            "Tape::release_since: the mark's place is gone since a reset, or a release from further back. Take a new "
            "mark.");
    }
    struct Kept {
        std::optional<Arena::Place> at;  ///< none: another's numbers, e.g. a parameter's
        Var<Real>* var;
        Node node;
    };
    std::vector<Kept> moved;
    for (Var<Real>* var : kept) {
        const Node& of = node(*var);
        if (var->index_ >= mark.nodes) moved.push_back({arena_.find(of.value), var, of});
    }
    // From the first on: see Arena::release_since.
    std::sort(moved.begin(), moved.end(), [](const Kept& a, const Kept& b) { return a.at < b.at; });
    nodes_.resize(mark.nodes);
    arena_.release_since(mark.memory);
    const Real* from = nullptr;
    Real* to = nullptr;
    for (const Kept& one : moved) {
        const bool made_since = one.at && *one.at >= mark.memory;
        if (made_since && one.node.value != from) {  // aliases share what was moved already
            from = one.node.value;
            to = take_value(one.node.size);
            std::memmove(to, from, one.node.size * sizeof(Real));
        }
        *one.var = add_node(one.node.shape, made_since ? to : one.node.value);
    }
}

template <class Real>
Var<Real> Tape<Real>::alias(Var<Real> x, const Shape& shape) {
    return add_node(shape, node(x).value);
}

template <class Real>
Var<Real> Tape<Real>::constant(const Shape& shape, std::span<const Real> numbers) {
    if (numbers.size() != shape.size()) {
        throw ShapeError("Tape: " + std::to_string(numbers.size()) + " numbers do not fill the shape " +
                         shape_text(shape));
    }
    const Var<Real> copy = make(shape);
    std::copy(numbers.begin(), numbers.end(), data(copy));
    return copy;
}

template <class Real>
Var<Real> Tape<Real>::variable(const Shape& shape, std::span<const Real> numbers) {
    const Var<Real> copy = constant(shape, numbers);
    node(copy).wants_gradient = mode_ != Mode::infer;
    node(copy).keep = true;
    return copy;
}

template <class Real>
Var<Real> Tape<Real>::use(Parameter<Real>& parameter) {
    Used& used = used_[&parameter];
    if (holds(used.index, used.serial)) return {this, used.index, used.serial};
    const Var<Real> var = add_node(parameter.shape, parameter.value.data());
    used = {var.index_, var.serial_};
    if (mode_ == Mode::infer) return var;
    Node& added = node(var);
    if (buffers_ == nullptr) {
        parameter.need_gradient();
        added.gradient = parameter.gradient.data();
    } else {
        const auto found = buffers_->find(&parameter);
        added.gradient = found == buffers_->end() ? nullptr : found->second;
    }
    added.wants_gradient = added.gradient != nullptr;
    added.keep = true;
    return var;
}

template <class Real>
bool Tape<Real>::wants_gradient(Var<Real> output, std::initializer_list<Var<Real>> inputs) {
    bool wanted = false;
    for (const Var<Real> input : inputs) {
        if (&input.tape() != this) {
            throw std::logic_error(
                "Tape: an operation's inputs are on different tapes. Values of one step belong on one.");
        }
        wanted = wanted || node(input).wants_gradient;
    }
    return node(output).wants_gradient = wanted && mode_ != Mode::infer;
}

template <class Real>
Real* Tape<Real>::take_gradient(std::size_t size) {
    const std::size_t bytes = size * sizeof(Real);
    for (FreeBuffers& buffers : free_) {
        if (buffers.bytes != bytes || buffers.first == nullptr) continue;
        std::byte* taken = buffers.first;
        std::memcpy(&buffers.first, taken, sizeof(std::byte*));
        return reinterpret_cast<Real*>(taken);
    }
    return take_value(size);
}

template <class Real>
void Tape<Real>::release_gradient(Node& released) {
    // A buffer smaller than a pointer is still a whole cache line: see Arena::take.
    auto* buffer = reinterpret_cast<std::byte*>(released.gradient);
    released.gradient = nullptr;
    const std::size_t bytes = released.size * sizeof(Real);
    auto found = std::find_if(free_.begin(), free_.end(), [&](const FreeBuffers& of) { return of.bytes == bytes; });
    if (found == free_.end()) found = free_.insert(found, {bytes, nullptr});
    std::memcpy(buffer, &found->first, sizeof(std::byte*));
    found->first = buffer;
}

template <class Real>
void Tape<Real>::backward(Var<Real> loss, Real scale) {
    Node& last = node(loss);
    if (last.size != 1) {
        throw ShapeError("Tape::backward: the loss " + shape_text(last.shape) +
                         " is not a single number. Take its mean_all or sum_all first.");
    }
    if (mode_ == Mode::infer || went_backward_) {
        throw std::logic_error(went_backward_
                                   ? "Tape::backward: was called before in this step; its gradients are gone. "
                                     "Add the losses up, or reset the tape in between."
                                   : "Tape::backward: nothing was written down in Mode::infer");
    }
    went_backward_ = true;
    if (!last.wants_gradient) return;  // the loss depends on nothing that has a gradient
    if (last.gradient == nullptr) *(last.gradient = take_gradient(1)) = 0;
    *last.gradient += scale;
    for (std::size_t index = loss.index_ + 1; index-- > 0;) {
        Node& at = nodes_[index];
        if (at.gradient == nullptr || at.call == nullptr) continue;
        at.call(at.backward);
        temporary_.reset();
        if (!at.keep && at.gradient != nullptr) release_gradient(at);
    }
}

template <class Real>
GradientSlot<Real> Tape<Real>::slot(Var<Real> input) {
    Node& wanted = node(input);
    if (!wanted.wants_gradient) return {};
    const bool fresh = wanted.gradient == nullptr;
    if (fresh) wanted.gradient = take_gradient(wanted.size);
    return {wanted.gradient, fresh};
}

template <class Real>
void Tape<Real>::pass_gradient(Var<Real> output, Var<Real> input) {
    Node &from = node(output), &to = node(input);
    if (!to.wants_gradient) return;
    if (to.gradient == nullptr && !from.keep) {
        to.gradient = from.gradient;
        from.gradient = nullptr;
        return;
    }
    const GradientSlot<Real> into = slot(input);
    if (into.fresh) {
        std::copy_n(from.gradient, from.size, into.data);
    } else {
        for (std::size_t i = 0; i < from.size; ++i) into.data[i] += from.gradient[i];
    }
}

template <class Real>
std::uint64_t Tape<Real>::next_dropout_seed() {
    dropout_seed_ += 0x9e3779b97f4a7c15U;  // Weyl sequence of SplitMix64
    return dropout_seed_;
}

template class Var<float>;
template class Var<double>;
template class Tape<float>;
template class Tape<double>;

}  // namespace wb
