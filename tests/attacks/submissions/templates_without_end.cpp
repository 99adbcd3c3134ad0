// For the compiler: a tree of templates that doubles with each of thirty levels.
namespace {
template <int level, unsigned long branch>
struct Tree : Tree<level - 1, 2 * branch>, Tree<level - 1, 2 * branch + 1> {};
template <unsigned long branch>
struct Tree<0, branch> {};
[[maybe_unused]] const Tree<30, 1> templates_without_end{};
}  // namespace
