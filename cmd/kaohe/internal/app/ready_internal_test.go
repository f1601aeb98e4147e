package app

import (
	"testing"
	"time"
)

// TestLag tells a stuck fold from a busy one, question by question.
func TestLag(t *testing.T) {
	type look struct {
		second    int
		head, end uint64
		want      int // seconds
	}
	for name, looks := range map[string][]look{
		"nothing to fold":                      {{0, 0, 0, 0}, {60, 0, 0, 0}},
		"stuck":                                {{0, 3, 4, 0}, {4, 3, 4, 4}, {9, 3, 9, 9}},
		"behind each time, but by new ones":    {{0, 3, 4, 0}, {60, 8, 9, 0}, {120, 20, 22, 0}},
		"moving, but the same one still lacks": {{0, 3, 90, 0}, {10, 50, 120, 10}, {20, 95, 150, 0}, {25, 110, 160, 5}},
		"caught up in between":                 {{0, 3, 4, 0}, {10, 4, 4, 0}, {20, 4, 5, 0}, {21, 4, 5, 1}},
		"the view is ahead of an old end":      {{0, 5, 4, 0}, {10, 5, 6, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			var l lag
			begin := time.Date(2018, 4, 2, 9, 0, 0, 0, time.UTC)
			for i, k := range looks {
				if got, want := l.note(k.head, k.end, begin.Add(time.Duration(k.second)*time.Second)), time.Duration(k.want)*time.Second; got != want {
					t.Errorf("look %d: %s, want %s", i, got, want)
				}
			}
		})
	}
}
