package snapshots_test

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"testing"

	"github.com/kaohe/kaohe/projections/snapshots"
)

func TestSaveWaitsForItsTurn(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	mustSave(t, s, fold(1), []byte("one"))
	release := s.Hold()
	why := errors.New("we wait no longer")
	ctx, cancel := context.WithCancelCause(t.Context())
	saved := make(chan error)
	go func() { saved <- s.Save(ctx, fold(2), []byte("two")) }()
	checkLoads(t, s, fold(1), []byte("one")) // reading waits for nobody
	cancel(why)
	if err := <-saved; !errors.Is(err, why) {
		t.Errorf("Save() = %v, want %v", err, why)
	}
	release()
	mustSave(t, s, fold(2), []byte("two"))
}

// TestAllAtOnce saves, loads, drops and prunes at the same time. Whatever is loaded is what was saved.
func TestAllAtOnce(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	payload := func(seq uint64) []byte { return stateLike(300_000 + int(seq)) }
	policy := snapshots.Policy{Rules: planA, Layouts: map[snapshots.Kind]uint32{snapshots.Fold: layout}}
	var writers, readers sync.WaitGroup
	for w := range uint64(2) {
		writers.Go(func() {
			for i := range uint64(20) {
				seq := 2*i + w + 1
				if err := s.Save(t.Context(), fold(seq), payload(seq)); err != nil {
					t.Error(err)
				}
				if err := s.Prune(policy); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				for _, m := range s.Nearest(snapshots.Fold, layout, planA, 1000) {
					got, _, err := s.Load(m)
					if errors.Is(err, fs.ErrNotExist) {
						continue // pruned meanwhile
					}
					if err != nil || len(got) != len(payload(m.Head.Seq)) {
						t.Errorf("Load(%d) = %d bytes, %v; want what was saved", m.Head.Seq, len(got), err)
					}
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	checkLoads(t, s, fold(40), payload(40))
}
