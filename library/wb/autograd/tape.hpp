/// @file
/// Reverse-mode automatic differentiation: a Tape writes down every operation as it runs, and backward() walks it from the
/// end, so that each operation turns the gradient of its result into gradients of its inputs.
///
///     Tape<float> tape;
///     const Var<float> loss = cross_entropy(linear(embedding(tape.use(table), tokens, {2, 3}), tape.use(weight)), targets);
///     tape.backward(loss);   // adds to each used parameter's gradient
///     tape.reset();          // every Var of this step ends here; the memory is used again
///
/// Memory: values and gradients lie in an arena that is kept from step to step, so that a step no larger than one before
/// takes none from the system. A gradient's buffer is given back to the tape as soon as its operation has gone backward:
/// gradients cost about as much as the widest place of the model, not as the whole of it. In Mode::infer nothing has to wait
/// for a backward pass, and release_since() gives values back as soon as the model is past them.
/// A tape belongs to one thread; several tapes may read the same parameters at once (data_parallel.hpp). Operations on many
/// numbers use OpenMP's threads by themselves, unless their thread belongs to a team already (threads.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "wb/autograd/arena.hpp"
#include "wb/autograd/parameter.hpp"
#include "wb/autograd/shape.hpp"
#include "wb/errors.hpp"
#include "wb/tensor.hpp"

namespace wb {

template <class Real>
class Tape;

/// A value on a tape: a light handle, copied freely, valid until the tape's reset() or release_since().
template <class Real>
class Var {
 public:
    Var() = default;

    [[nodiscard]] Shape shape() const;                                 ///< outermost axis first
    [[nodiscard]] std::size_t size() const { return value().size(); }  ///< how many numbers
    /// The numbers, row-major.
    [[nodiscard]] std::span<const Real> value() const;
    /// The gradient that backward() has left: of parameters, of tape.variable() and after tape.keep_gradient().
    /// Empty when there is none, for instance because the loss does not depend on this.
    [[nodiscard]] std::span<const Real> grad() const;
    /// The number of a value that has just one. @throws ShapeError when it has more
    [[nodiscard]] Real item() const;
    /// A copy with its rank known. @throws ShapeError when the rank is another
    template <std::size_t N>
    [[nodiscard]] Tensor<N, Real> tensor() const;
    /// @throws std::logic_error when this names no value, or one that ended with the tape's reset() or release_since()
    [[nodiscard]] Tape<Real>& tape() const;

 private:
    friend class Tape<Real>;
    Var(Tape<Real>* tape, std::uint32_t index, std::uint32_t serial) : tape_(tape), index_(index), serial_(serial) {}
    Tape<Real>* tape_ = nullptr;
    std::uint32_t index_ = 0, serial_ = 0;
};

/// What a step on a tape is for.
enum class Mode {
    train,     ///< gradients are wanted, dropout drops
    evaluate,  ///< gradients are wanted, dropout passes everything: e.g. the importance of heads
    infer      ///< no gradients: nothing is written down
};

/// Where an operation's backward pass puts the gradient of one of its inputs.
template <class Real>
struct GradientSlot {
    Real* data = nullptr;  ///< null when nobody wants it: then there is nothing to do
    bool fresh = false;    ///< overwrite instead of add: there is no gradient yet, and the memory is uninitialised
};

/// Where the gradients of parameters are summed instead of in the parameters themselves: one buffer a tape, so that tapes
/// can go backward at the same time.
template <class Real>
using GradientBuffers = std::unordered_map<const Parameter<Real>*, Real*>;

/// What operations write themselves on, so that backward() can go through them again from the last to the first.
template <class Real>
class Tape {
 public:
    /// An empty tape.
    explicit Tape(Mode mode = Mode::train, std::uint64_t dropout_seed = 0) { reset(mode, dropout_seed); }
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    /// Begins a step: all Vars so far end.
    /// @param dropout_seed  decides what dropout drops; another one each step
    void reset(Mode mode = Mode::train, std::uint64_t dropout_seed = 0);
    [[nodiscard]] Mode mode() const { return mode_; }  ///< whether it trains or only answers

    /// A copy of numbers that needs no gradient. @throws ShapeError when there are not as many as the shape says
    Var<Real> constant(const Shape& shape, std::span<const Real> numbers);
    /// A copy of the tensor, without a gradient.
    template <std::size_t N>
    Var<Real> constant(const Tensor<N, Real>& tensor) {
        return constant(Shape(std::span<const std::size_t>(tensor.shape())), {tensor.data(), tensor.size()});
    }
    /// The same, but its gradient is computed and kept.
    Var<Real> variable(const Shape& shape, std::span<const Real> numbers);
    /// A parameter's value, not copied: the parameter must neither change nor go before the tape's reset(). Used twice,
    /// it is the same Var.
    Var<Real> use(Parameter<Real>& parameter);

    /// Adds the gradient of `loss`, a single number, to every parameter that it depends on.
    /// @param scale  what the loss counts: gradients are multiplied by it
    /// @throws ShapeError when the loss is not a single number; std::logic_error in Mode::infer, or the second time in a step
    void backward(Var<Real> loss, Real scale = 1);
    /// Keeps the gradient of a value in the middle past its operation's backward pass.
    void keep_gradient(Var<Real> x) { node(x).keep = true; }
    /// Sends the gradients of parameters to other buffers (each of the parameter's size; they are added to); a parameter
    /// that is not among them gets none. nullptr: into the parameters. Not owned.
    void redirect_gradients(const GradientBuffers<Real>* buffers) { buffers_ = buffers; }

    /// A place on the tape, for release_since().
    class Mark {
        friend class Tape;
        Arena::Place memory;
        std::size_t nodes = 0;
        std::uint32_t step_begin = 0, last = 0;
    };
    [[nodiscard]] Mark mark() const;  ///< where the tape stands
    /// In Mode::infer, ends all Vars made since the mark but those kept, moves the kept ones' numbers down to the mark, and uses
    /// the rest of the memory again: a model of many layers then holds no more than one layer's numbers. In the other modes it
    /// does nothing, since the backward pass needs the values: one model serves training and inference.
    ///
    ///     const auto start = tape.mark();
    ///     Var<float> x = embed(pixels);
    ///     for (const Layer& layer : layers) {
    ///         x = layer(x);
    ///         tape.release_since(start, {&x});  // copies of x from before it end too
    ///     }
    ///
    /// @param kept  each is set to the moved value; those from before the mark stay where they are
    /// @throws std::logic_error when a kept Var names no value, or the mark is from before a reset or a release of its place
    void release_since(const Mark& mark, const std::vector<Var<Real>*>& kept);

    /// Bytes held from the system for values and gradients, and how often memory was taken there.
    [[nodiscard]] std::size_t capacity() const { return arena_.capacity() + temporary_.capacity(); }
    [[nodiscard]] std::size_t allocations() const {
        return arena_.allocations() + temporary_.allocations();
    }  ///< blocks of memory that were taken so far

    // For operations, in the order in which one uses them.

    /// A new value, uninitialised, and its numbers.
    Var<Real> make(const Shape& shape);
    [[nodiscard]] Real* data(Var<Real> x) { return node(x).value; }  ///< its numbers
    /// A value that is another's numbers in another shape.
    Var<Real> alias(Var<Real> x, const Shape& shape);
    /// Memory until the step's end, for what the backward pass has to know. In Mode::infer, which has none, until this
    /// operation is recorded.
    template <class T>
    T* keep(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        return reinterpret_cast<T*>((mode_ == Mode::infer ? temporary_ : arena_).take(count * sizeof(T)));
    }
    /// A copy that lives as long as the tape's own numbers.
    template <class T>
    const T* keep_copy(std::span<const T> values) {
        T* copy = keep<T>(values.size());
        std::copy(values.begin(), values.end(), copy);
        return copy;
    }
    /// Memory until this operation is recorded, or its backward pass returns.
    Real* temporary(std::size_t count) { return reinterpret_cast<Real*>(temporary_.take(count * sizeof(Real))); }
    /// Ends an operation: `backward`, a lambda that captures Vars, numbers and pointers from keep(), is called once `output`
    /// has its whole gradient. It is dropped at once when no input wants a gradient.
    /// @throws std::logic_error when an input is on another tape
    template <class Backward>
    Var<Real> record(Var<Real> output, std::initializer_list<Var<Real>> inputs, Backward backward) {
        static_assert(
            std::is_trivially_copyable_v<Backward> && std::is_trivially_destructible_v<Backward>,
            "capture Vars, numbers and pointers from keep(): a step's operations are forgotten, not destroyed");
        if (wants_gradient(output, inputs)) {
            void* at = arena_.take(sizeof(Backward));
            node(output).backward = new (at) Backward(backward);
            node(output).call = [](const void* closure) { (*static_cast<const Backward*>(closure))(); };
        }
        temporary_.reset();
        return output;
    }

    // For backward passes.

    /// The whole gradient of an operation's result. May be overwritten: it is not needed again, unless it is kept().
    [[nodiscard]] Real* gradient(Var<Real> output) { return node(output).gradient; }
    [[nodiscard]] bool kept(Var<Real> output) {
        return node(output).keep;
    }  ///< whether its numbers are needed on the way back
    [[nodiscard]] bool wants_gradient(Var<Real> x) {
        return node(x).wants_gradient;
    }  ///< whether a gradient goes there
    /// Where an input's gradient belongs; the caller must fill all of it, and mind `fresh`.
    GradientSlot<Real> slot(Var<Real> input);
    /// Hands the result's gradient on to an input of as many numbers, without a copy where that can be.
    void pass_gradient(Var<Real> output, Var<Real> input);
    /// Dropout's seed, another one at each call.
    std::uint64_t next_dropout_seed();

 private:
    friend class Var<Real>;
    struct Node {
        Shape shape;
        std::size_t size = 0;
        std::uint32_t serial = 0;  ///< no other node of this tape has it, before or after: a Var knows its node by it
        Real* value = nullptr;
        Real* gradient = nullptr;  ///< null until something adds to it
        bool wants_gradient = false, keep = false;
        void (*call)(const void*) = nullptr;
        const void* backward = nullptr;
    };
    struct FreeBuffers {
        std::size_t bytes;
        std::byte* first;  ///< the beginning of each is a pointer to the next
    };

    Node& node(Var<Real> x) {
        (void)x.tape();
        return nodes_[x.index_];
    }
    [[nodiscard]] bool holds(std::uint32_t index, std::uint32_t serial) const {
        return index < nodes_.size() && nodes_[index].serial == serial;
    }
    Var<Real> add_node(Shape shape, Real* value);
    Real* take_value(std::size_t size);
    void release(const Mark& mark, const std::vector<Var<Real>*>& kept);
    bool wants_gradient(Var<Real> output, std::initializer_list<Var<Real>> inputs);
    Real* take_gradient(std::size_t size);
    void release_gradient(Node& released);

    Mode mode_ = Mode::train;
    std::uint32_t serial_ = 1;      ///< the next node's
    std::uint32_t step_begin_ = 1;  ///< the first node's of this step
    bool went_backward_ = false;
    std::uint64_t dropout_seed_ = 0;
    Arena arena_, temporary_;
    std::vector<Node> nodes_;
    std::vector<FreeBuffers> free_;
    struct Used {
        std::uint32_t index, serial;
    };
    std::unordered_map<const Parameter<Real>*, Used> used_;
    const GradientBuffers<Real>* buffers_ = nullptr;
};

template <class Real>
template <std::size_t N>
Tensor<N, Real> Var<Real>::tensor() const {
    if (shape().rank() != N) {
        throw ShapeError("Var::tensor: " + shape_text(shape()) + " has not " + std::to_string(N) + " axes");
    }
    std::array<std::size_t, N> extents{};
    for (std::size_t axis = 0; axis < N; ++axis) extents[axis] = shape()[static_cast<std::ptrdiff_t>(axis)];
    Tensor<N, Real> copy(extents);
    std::copy(value().begin(), value().end(), copy.data());
    return copy;
}

extern template class Var<float>;
extern template class Var<double>;
extern template class Tape<float>;
extern template class Tape<double>;

}  // namespace wb
