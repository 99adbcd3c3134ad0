// For the preprocessor: a file without end.
#include "/dev/zero"
