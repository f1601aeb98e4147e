package projections

import (
	"bytes"
	"context"
	"sync"

	"github.com/kaohe/kaohe/events"
)

// follower folds a log by one set of rules, as it grows. One goroutine reads and parses, the other folds.
type follower struct {
	runner *Runner
	fold   *Fold
	reader *Reader
	parser *Parser
	goal   uint64 // the end of the log at the start
	from   uint64 // the commit after which it begins to read
	stop   context.CancelFunc

	reached bool   // it has folded up to its goal
	lacks   string // why there was no snapshot to begin with; empty if there was
}

func newFollower(r *Runner, f *Fold, goal uint64) (*follower, error) {
	parser, err := NewParser(f.rules, r.opts.IDs)
	if err != nil {
		return nil, err
	}
	w := &follower{runner: r, fold: f, parser: parser, goal: goal, from: f.Head().Seq}
	w.reader = NewReader(f, r.opts.IDs, nil, w.report)
	return w, nil
}

// waiting is how many commits may wait to be folded: enough to keep reading and folding busy at the same time, few enough
// that memory stays bounded.
const waiting = 16

// run follows the log until ctx ends or an error.
func (w *follower) run(ctx context.Context) error {
	r := w.runner
	w.reader.fetch = FetchFrom(ctx, r.opts.Log)
	r.opts.Logger.Info("folding the log", "from", w.fold.Head().Seq, "to", w.goal, "plan", w.fold.rules.Hash)
	parsed, used := make(chan *Parsed, waiting), make(chan *Parsed, waiting+2)
	folding, stopReading := context.WithCancelCause(ctx)
	defer stopReading(nil)
	var working sync.WaitGroup
	working.Go(func() {
		if err := w.follow(parsed, used); err != nil {
			stopReading(err)
			for range parsed { // so that the reading side does not wait for ever
			}
		}
	})
	err := r.opts.Log.Read(folding, w.from, func(c events.Commit) error {
		c.Body = bytes.Clone(c.Body)
		select {
		case parsed <- w.parser.Parse(c, spare(used)):
			return nil
		case <-folding.Done():
			return folding.Err()
		}
	})
	close(parsed)
	working.Wait()
	if cause := context.Cause(folding); cause != nil {
		return cause
	}
	return err // nil only if ctx has ended
}

// spare returns a parsed commit that is used no more, or nil.
func spare(used <-chan *Parsed) *Parsed {
	select {
	case p := <-used:
		return p
	default:
		return nil
	}
}

// publishAfter bounds how many events are folded before a view shows them, while there is more to fold: a few
// milliseconds' worth.
const publishAfter = 4096

// follow folds commits as they come, and hands back their memory.
func (w *follower) follow(parsed <-chan *Parsed, used chan<- *Parsed) error {
	w.runner.show(w)
	published := w.fold.read
	for {
		if !w.reached && w.fold.Head().Seq >= w.goal {
			w.reached = true
			w.runner.show(w)
			w.runner.reached(w)
		}
		p, ok := <-parsed
		if !ok {
			return nil
		}
		if p.commit.Seq > w.fold.Head().Seq {
			if err := w.reader.Take(p); err != nil {
				return err
			}
		}
		select {
		case used <- p:
		default:
		}
		if len(parsed) == 0 || w.fold.read-published >= publishAfter {
			published = w.fold.read
			w.runner.show(w)
		}
	}
}

// report tells of what could not be used by the present rules. What the former ones cannot use is no news.
func (w *follower) report(q Quarantined) {
	if w.fold.rules.Hash == w.runner.opts.Rules.Hash {
		w.runner.report(q)
	}
}
