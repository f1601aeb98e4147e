package recount_test

import "pgregory.net/rapid"

// one draws one of a list, each about as often as any other, which rapid.SampledFrom does not do: it prefers the first ones,
// and of a year those would be the days of January. It shrinks to the first.
func one[T any](t *rapid.T, label string, of ...T) T {
	return of[scrambled(rapid.Uint64().Draw(t, label))%uint64(len(of))]
}

// scrambled spreads numbers, of which small ones are drawn most often, over all there are; 0 stays 0. It is the finalizer of
// splitmix64.
func scrambled(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// places are the numbers from 0 on: places in a log, and whatever else is counted.
var places = func() (list []int) {
	for i := range 3 * logSize {
		list = append(list, i)
	}
	return list
}()
