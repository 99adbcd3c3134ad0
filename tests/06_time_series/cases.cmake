# The maker of chapter 6's cases.
wb_add_case_maker(06_time_series
  SOURCES
    make_windows_cases.cpp
    make_scaler_cases.cpp
    make_time_encodings_cases.cpp
    make_masks_cases.cpp
    make_baselines_cases.cpp
    make_decomposition_cases.cpp
    make_decoder_block_cases.cpp
    make_encoder_decoder_cases.cpp
    make_direct_head_cases.cpp
    make_rollout_cases.cpp
    make_patchtst_cases.cpp
    make_itransformer_cases.cpp
    make_variate_cases.cpp
    make_instance_norm_cases.cpp
    make_evaluation_cases.cpp
    make_instance_norm_kernel_cases.cpp
    make_moving_average_kernel_cases.cpp
    make_unfold_kernel_cases.cpp
    make_few_tokens_kernel_cases.cpp
    make_training_cases.cpp
    ../goldens/make_golden_cases.cpp
  ORACLES oracles_06_time_series
  DEFINITIONS
    WB_GOLDENS="${CMAKE_SOURCE_DIR}/tests/goldens/06_time_series")
