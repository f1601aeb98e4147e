package quality

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// ErrNotReady says that the facts of the log have not all been read yet: a list would lack findings. Ask again shortly.
var ErrNotReady = errors.New("the facts of the log are still being checked")

// ErrAfter says that a text is not the Next of a page.
var ErrAfter = errors.New("not the end of a page of findings")

// Query says which findings are wanted.
type Query struct {
	Org      int      // index of a unit: findings of it and of the units below
	Rule     string   // of this rule only; empty for all
	Severity Severity // of this severity only; empty for all
	After    string   // Next of the page before
	Limit    int      // most findings of a page, at least 1
}

// Page is some of the findings, the worst first and of one check those about the earliest event.
type Page struct {
	Through  uint64           // the last commit whose events were checked; amendments that came after it may be in it as well
	Counts   map[Severity]int // of all that was asked for, on all pages
	Findings []Finding
	Next     string // empty on the last page
}

// Findings returns a page of findings, once the events of a commit are checked; 0 is whatever is checked. It fails with [ErrNotReady]
// or [ErrAfter], or if ctx ends first.
func (w *Watch) Findings(ctx context.Context, seq uint64, q Query) (Page, error) {
	if seq > 0 {
		if err := w.Await(ctx, seq); err != nil && w.Ready() {
			return Page{}, err
		}
	}
	return w.List(q)
}

// Ready reports whether all has been checked that was in the log at the start.
func (w *Watch) Ready() bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.ready
}

// Await returns once the events of a commit are checked.
func (w *Watch) Await(ctx context.Context, seq uint64) error {
	for {
		w.mu.RLock()
		changed, done := w.changed, w.ready && w.through >= seq
		w.mu.RUnlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the events of commit %d to be checked: %w", seq, ctx.Err())
		}
	}
}

// List returns a page of findings. It fails with [ErrNotReady] or [ErrAfter].
func (w *Watch) List(q Query) (Page, error) {
	after, err := parseAfter(q.After)
	if err != nil {
		return Page{}, err
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	if !w.ready {
		return Page{}, ErrNotReady
	}
	s := w.state
	units := s.plan.Subtree(q.Org)
	page := Page{Through: w.through, Counts: s.count(&q, units), Findings: []Finding{}}
	below := make([]bool, s.plan.Orgs.Len())
	for _, org := range units {
		below[org] = true
	}
	var last listed
	b := s.newBench()
	s.findings.from(after, func(l listed) bool {
		if q.After != "" && l.same(after) || !below[l.org] || !q.wants(checks[l.rank]) {
			return true
		}
		if len(page.Findings) == q.Limit {
			page.Next = last.token()
			return false
		}
		if v, ok := s.verdict(l, b); ok {
			page.Findings = append(page.Findings, s.finding(&v))
			last = l
		}
		return true
	})
	return page, nil
}

func (q *Query) wants(c *check) bool {
	return (q.Rule == "" || q.Rule == c.rule) && (q.Severity == "" || q.Severity == c.severity)
}

// count counts the findings that are asked for by severity.
func (s *state) count(q *Query, units []int) map[Severity]int {
	counts := map[Severity]int{Error: 0, Warn: 0, Info: 0}
	for _, c := range checks {
		if !q.wants(c) {
			continue
		}
		for _, org := range units {
			counts[c.severity] += s.counts[c.rank][org]
		}
	}
	return counts
}

// token writes where on the list a finding stands.
func (l listed) token() string {
	return fmt.Sprintf("%s.%v.%016x.%d", checks[l.rank].name(), l.at, l.hash, l.n)
}

// same compares what a token has.
func (l listed) same(o listed) bool {
	return l.rank == o.rank && l.at == o.at && l.hash == o.hash && l.n == o.n
}

func parseAfter(s string) (l listed, err error) {
	if s == "" {
		return l, nil
	}
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return l, ErrAfter
	}
	c, err1 := checkNamed(parts[0])
	at, err2 := events.ParsePosition(parts[1])
	hash, err3 := strconv.ParseUint(parts[2], 16, 64)
	n, err4 := strconv.ParseUint(parts[3], 10, 8)
	if errors.Join(err1, err2, err3, err4) != nil {
		return l, ErrAfter
	}
	l = listed{at: at, hash: hash, rank: c.rank, n: uint8(n)}
	if l.token() != s {
		return l, ErrAfter
	}
	return l, nil
}
