# The maker of chapter 3's cases.
wb_add_case_maker(03_head_pruning
  SOURCES
    make_ablation_cases.cpp
    make_feature_cases.cpp
    make_hard_concrete_cases.cpp
    make_entropy_cases.cpp
    make_head_gates_cases.cpp
    make_importance_cases.cpp
    make_importance_model_cases.cpp
    make_policy_cases.cpp
    make_pruning_cases.cpp
    make_removal_cases.cpp
    make_removal_cost_cases.cpp
    make_report_cases.cpp
    make_train_gates_cases.cpp
    make_live_heads_kernel_cases.cpp
    make_entropy_kernel_cases.cpp
    make_train_policy_cases.cpp
  ORACLES oracles_03_head_pruning)
