//go:build !race

package app_test

const flooded = 512 << 10 // the size of the messages of a flood
