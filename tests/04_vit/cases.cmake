# The maker of chapter 4's cases.
wb_add_case_maker(04_vit
  SOURCES
    make_picture_input_cases.cpp
    make_patches_cases.cpp
    make_vit_cases.cpp
    make_top_classes_cases.cpp
    make_cls_attention_cases.cpp
    make_rollout_cases.cpp
    make_faithfulness_cases.cpp
    make_head_drop_cases.cpp
    make_fine_tuning_cases.cpp
    make_patchify_kernel_cases.cpp
    make_layer_norm_kernel_cases.cpp
    make_bias_gelu_kernel_cases.cpp
    make_rollout_kernel_cases.cpp
    ../goldens/make_golden_cases.cpp
  ORACLES oracles_04_vit
  DEFINITIONS
    WB_GOLDENS="${CMAKE_SOURCE_DIR}/tests/goldens/04_vit"
    WB_PRETRAINED_VIT="${CMAKE_CURRENT_SOURCE_DIR}/pretrained_vit.safetensors")
