package spool_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

// recorder is a server that knows repeats: each event is recorded once, in the order in which it first came.
type recorder struct {
	tb   testing.TB
	ids  []string
	seen map[string]bool
}

func (r *recorder) take(list []spool.Entry) (refused []spool.Refused) {
	for _, e := range list {
		id := idOf(r.tb, e)
		if id[0] == 'r' {
			refused = append(refused, spool.Refused{Entry: e, Reason: json.RawMessage(`{"code":"invalid"}`)})
		} else if !r.seen[id] {
			r.seen[id], r.ids = true, append(r.ids, id)
		}
	}
	return refused
}

// TestWhateverHappensEachIsSentOnceInOrder adds and sends at random. Whoever adds may be killed in a write, whoever sends before he notes what was
// answered, before it is durable, or before he has removed what was sent. In the end each event is recorded once, in
// order, or is among the refused, once.
func TestWhateverHappensEachIsSentOnceInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		must(t, err)
		s := mustOpen(t, dir)
		server := &recorder{tb: t, seen: map[string]bool{}}
		var added, bad []string
		send := func() []spool.Entry {
			list, err := s.Batch(t.Context(), rapid.IntRange(1, 4).Draw(rt, "most"), 1<<20)
			must(t, err)
			return list
		}
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				var ids []string
				for range rapid.IntRange(1, 3).Draw(rt, "number") {
					kind := rapid.SampledFrom([]string{"a", "a", "a", "r"}).Draw(rt, "kind")
					ids = append(ids, fmt.Sprint(kind, len(added)+len(bad)+len(ids)))
				}
				mustAdd(t, s, ids...)
				for _, id := range ids {
					if id[0] == 'r' {
						bad = append(bad, id)
					} else {
						added = append(added, id)
					}
				}
			},
			"add and die": func(rt *rapid.T) {
				line := spool.Line(spool.Entry{N: 1 << 40, Event: event("lost").Event})
				appendTo(rt, lastSegment(t, dir), line[:rapid.IntRange(0, len(line)-2).Draw(rt, "bytes")])
			},
			"send": func(rt *rapid.T) {
				if list := send(); len(list) > 0 {
					must(t, s.Sent(t.Context(), list[len(list)-1].N, server.take(list)...))
				}
			},
			"send and die": func(rt *rapid.T) { server.take(send()) },
			"note the refused and die": func(rt *rapid.T) {
				if list := send(); len(list) > 0 {
					must(t, s.Sent(t.Context(), 0, server.take(list)...))
				}
			},
			"start anew": func(*rapid.T) { s = mustOpen(t, dir) },
			"lose the mark": func(*rapid.T) {
				_ = os.Remove(filepath.Join(dir, "sent"))
				s = mustOpen(t, dir)
			},
			"": func(rt *rapid.T) {
				if len(server.ids) > len(added) || !cmp.Equal(server.ids, added[:len(server.ids)]) && len(server.ids) > 0 {
					rt.Fatalf("recorded %v of %v", server.ids, added)
				}
			},
		})
		for list := send(); len(list) > 0; list = send() {
			must(t, s.Sent(t.Context(), list[len(list)-1].N, server.take(list)...))
		}
		if !slices.Equal(server.ids, added) {
			rt.Errorf("recorded %v, want %v", server.ids, added)
		}
		if n, err := s.Refusals(t.Context()); n != len(bad) || err != nil {
			rt.Errorf("%d refused, %v, want %d", n, err, len(bad))
		}
	})
}

// TestWhatTakesThePlaceOfAnUnfinishedLine: it is seen by who has read the segment before, also if it has the same size.
func TestWhatTakesThePlaceOfAnUnfinishedLine(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	mustAdd(t, s, "a0")
	line := spool.Line(spool.Entry{N: 1 << 40, Event: event("killed in the middle").Event})
	size := len(spool.Line(spool.Entry{N: 2, Event: event("a1").Event}))
	f, err := os.OpenFile(lastSegment(t, dir), os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = f.Write(line[:size])
	must(t, errors.Join(err, f.Close()))
	for _, want := range []int{1, 2} {
		list, err := s.Batch(t.Context(), 10, 1<<20)
		if err != nil || len(list) != want {
			t.Fatalf("Batch() = %d entries, %v, want %d", len(list), err, want)
		}
		if want == 1 {
			mustAdd(t, s, "a1")
		}
	}
}

func lastSegment(tb testing.TB, dir string) string {
	tb.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "0*.ndjson"))
	must(tb, err)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// appendTo writes what a killed process has left, unless it had nowhere to.
func appendTo(rt *rapid.T, path string, b []byte) {
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		rt.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		rt.Fatal(err)
	}
	if err := f.Close(); err != nil {
		rt.Fatal(err)
	}
}
