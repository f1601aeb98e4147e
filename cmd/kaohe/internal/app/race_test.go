//go:build race

package app_test

// flooded is the size of the messages of a flood. The race detector makes the server and its own connection so slow that
// larger ones pile up faster than anybody reads them.
const flooded = 32 << 10
