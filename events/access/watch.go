package access

import (
	"context"
	"time"
)

// watchEvery is how often the file is looked at by [Store.Watch].
const watchEvery = 200 * time.Millisecond

// Watch calls changed at once and after each change of the tokens, until ctx ends: one made, revoked or expired, or the file
// gone bad. Several changes in a row may be one. Whoever keeps connections open asks [Store.Principal] then who may stay.
func (s *Store) Watch(ctx context.Context, changed func()) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var seen *roll
	live := 0
	for {
		if r, n := s.current(), s.live(); r != seen || n != live {
			seen, live = r, n
			changed()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// live counts the tokens that let in.
func (s *Store) live() (n int) {
	r, now := s.current(), s.now()
	for i := range r.entries {
		if r.entries[i].State(now) == Live {
			n++
		}
	}
	return n
}
