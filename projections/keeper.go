package projections

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// keeper has snapshots made beside the fold that follows the log: another fold, from the last snapshot on, is brought to the
// commit and written. So the log is followed meanwhile without a pause, and the state that is written stands still.
type keeper struct {
	opts *RunnerOptions
	wake chan struct{}
	from uint64 // the commit of the snapshot that the log is followed from: what was to be kept before it was

	mu       sync.Mutex
	want     []wanted // guarded by mu
	pinned   []uint64 // commits at which quarters were closed; guarded by mu
	closings int      // how many there were; guarded by mu
	asked    int64    // events in the snapshot asked for last; guarded by mu
	made     int64    // events in the snapshot made last; guarded by mu
}

// wanted is a commit whose state is to be kept.
type wanted struct {
	seq    uint64
	events int64
}

func newKeeper(opts *RunnerOptions) *keeper {
	return &keeper{opts: opts, wake: make(chan struct{}, 1)}
}

// idle reports whether no snapshots are kept at all.
func (k *keeper) idle() bool {
	return k.opts.Archive == nil || k.opts.Archive.opts.Store == nil
}

// begin notes the state that the log is followed from.
func (k *keeper) begin(f *Fold) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked, k.made = f.read, f.read
	k.from = f.Head().Seq
}

// note looks at a new view, and asks for a snapshot once enough has come, and where a quarter was closed.
func (k *keeper) note(v *View) {
	if k.idle() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	before := len(k.want)
	if n := v.countClosings(); n != k.closings {
		k.closings = n
		pinned := v.Pinned()
		for _, seq := range pinned {
			if seq >= k.from && !slices.Contains(k.pinned, seq) && v.read >= k.opts.SnapshotEvery {
				k.want = append(k.want, wanted{seq: seq})
			}
		}
		k.pinned = pinned
	}
	if v.read-k.asked >= k.opts.SnapshotEvery {
		k.asked = v.read
		k.want = append(k.want, wanted{v.Head().Seq, v.read})
	}
	if len(k.want) > before {
		select {
		case k.wake <- struct{}{}:
		default:
		}
	}
}

// run makes snapshots until ctx ends.
func (k *keeper) run(ctx context.Context) {
	for {
		select {
		case <-k.wake:
		case <-ctx.Done():
			return
		}
		k.mu.Lock()
		want, pinned := k.want, slices.Clone(k.pinned)
		k.want = nil
		k.mu.Unlock()
		slices.SortFunc(want, func(a, b wanted) int { return cmp.Compare(a.seq, b.seq) })
		for _, w := range want {
			err := k.opts.Archive.Save(ctx, k.opts.Rules, w.seq, pinned)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				k.mu.Lock()
				k.made = max(k.made, w.events)
				k.mu.Unlock()
			}
		}
	}
}

// lastWait bounds how long the snapshot at the end may take; without it the next start reads more of the log.
const lastWait = 10 * time.Second

// last writes a fold that follows the log no more, if it holds so much more than the last snapshot that it is worth it.
func (k *keeper) last(f *Fold) {
	if k.idle() || f.read-k.made < k.opts.SnapshotEvery/10 || f.head.Seq == 0 {
		return
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), lastWait, errors.New("it takes too long"))
	defer cancel()
	if err := k.opts.Archive.save(ctx, f, f.View().Pinned()); err != nil {
		k.opts.Archive.failed(err)
	}
}
