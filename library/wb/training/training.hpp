/// @file
/// Training at a glance.
#pragma once

#include "wb/training/adam.hpp"           // Adam, AdamW; clip_gradient_norm
#include "wb/training/checkpoint.hpp"     // write_checkpoint, read_checkpoint; parameters alone
#include "wb/training/data_parallel.hpp"  // DataParallel: a batch over the threads, to the same numbers
#include "wb/training/infer_batch.hpp"    // infer_batch: a trained model's answers, an entry at a time on each thread
#include "wb/training/schedule.hpp"       // learning rates: exponential, cosine, one-cycle
#include "wb/training/training_log.hpp"   // TrainingLog, Progress
#include "wb/training/training_step.hpp"  // training_step: gradients, checks, optimizer
