# The maker of chapter 5's cases.
wb_add_case_maker(05_pig_latin
  SOURCES
    make_data_cases.cpp
    make_position_cases.cpp
    make_tape_attention_cases.cpp
    make_model_cases.cpp
    make_decoding_cases.cpp
    make_translation_cases.cpp
    make_step_cases.cpp
    make_training_cases.cpp
    decoder_only_models.cpp
    translator_draw.cpp
    word_draw.cpp
    make_variant_cases.cpp
    make_short_attention_cases.cpp
    make_adamw_cases.cpp
    make_embedding_cases.cpp
    ../goldens/make_golden_cases.cpp
  ORACLES oracles_05_pig_latin
  DEFINITIONS
    WB_GOLDENS="${CMAKE_SOURCE_DIR}/tests/goldens/05_pig_latin"
    WB_TRAINED_TRANSLATOR="${CMAKE_CURRENT_SOURCE_DIR}/trained_translator.safetensors")
