#include "judge/plan.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "wb/errors.hpp"

namespace wb::grader {

nlohmann::json to_json(const Plan& plan) {
    nlohmann::json tests = nlohmann::json::array();
    for (const auto& [name, seconds] : plan.seconds) {
        const auto limits = plan.limits.find(name);
        tests.push_back({{"name", name},
                         {"seconds", seconds},
                         {"limits", limits == plan.limits.end() ? std::map<std::string, double>() : limits->second}});
    }
    nlohmann::json json{{"workers", plan.workers},
                        {"exercise", plan.exercise},
                        {"cases", plan.cases},
                        {"failures", plan.failures},
                        {"tests", tests}};
    if (plan.sandbox) json["sandbox"] = *plan.sandbox;
    return json;
}

Plan read_plan(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw FileError(file.string() + ": cannot read the plan");
    try {
        const nlohmann::json json = nlohmann::json::parse(in);
        Plan plan;
        json.at("workers").get_to(plan.workers);
        plan.exercise = json.value("exercise", "");
        json.at("cases").get_to(plan.cases);
        json.at("failures").get_to(plan.failures);
        if (json.contains("sandbox")) plan.sandbox = json["sandbox"].get<SandboxSpec>();
        for (const auto& test : json.at("tests")) {
            const auto name = test.at("name").get<std::string>();
            plan.seconds[name] = test.at("seconds").get<double>();
            if (test.contains("limits")) test["limits"].get_to(plan.limits[name]);
        }
        return plan;
    } catch (const nlohmann::json::exception& error) {
        throw FileError(file.string() + ": not a plan: " + error.what());
    }
}

Plan& current_plan() {
    static Plan plan;
    return plan;
}

}  // namespace wb::grader
