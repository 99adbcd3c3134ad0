/// @file
/// Checkpoints: all that a training run needs to go on as if nothing had happened, in one safetensors file. Parameters lie
/// under their own names, Adam's moments under "optimizer.". A file is written whole or not at all, so a run that is killed
/// loses what it did since the last one; and read with distrust: what does not fit the model is refused before it changes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "wb/random.hpp"
#include "wb/training/adam.hpp"

namespace wb {

/// What belongs to a run. A null member is neither written nor read.
template <class Real>
struct TrainingState {
    ParameterList<Real> parameters;              ///< of the model
    Adam<Real>* optimizer = nullptr;             ///< null: none
    Random* random = nullptr;                    ///< what shuffles and seeds dropout
    std::int64_t epoch = 0;                      ///< epochs that are done
    std::map<std::string, double> numbers = {};  ///< e.g. "best_validation_loss"
};

/// @throws FileError with the system's reason; then an old file is as it was
template <class Real>
void write_checkpoint(const std::filesystem::path& path, const TrainingState<Real>& state);

/// Sets everything in `state` to what the file says.
/// @throws FileError naming what is missing or does not fit; then `state` and what it points to are as they were
template <class Real>
void read_checkpoint(const std::filesystem::path& path, TrainingState<Real>& state);

/// Parameters alone, by name: what a model that is only used needs. Other tensors of the file are not looked at.
/// @throws FileError as read_checkpoint
template <class Real>
void load_parameters(const SafeTensors& file, const ParameterList<Real>& parameters);

/// The same from a reader, tensor by tensor straight into the parameters, so that a large model is never in memory twice. Every
/// name, type and shape is checked before the first number is written.
/// @throws FileError as read_checkpoint; when the file cannot be read on halfway, some parameters are set and others not
template <class Real>
void load_parameters(const SafeTensorsReader& file, const ParameterList<Real>& parameters);

/// Adds the parameters to a file.
template <class Real>
void store_parameters(SafeTensors& file, const ParameterList<Real>& parameters);

}  // namespace wb
