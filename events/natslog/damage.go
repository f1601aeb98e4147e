package natslog

import (
	"errors"
	"fmt"
	"strings"
)

// ErrReadOnly says that a log was opened with Options.Salvage, to read what is left of it: nothing can be appended. Close
// it, and open it without, or open a backup if it is damaged.
var ErrReadOnly = errors.New("the log is open for salvage, read-only")

// DamageError says that commits which the log once had are not there any more, or that nobody can read them. Nothing was
// changed and no server was started, except where the damage shows only once the server runs. Restore the data directory
// from a backup, or open it with Options.Salvage to read what is left.
type DamageError struct {
	Dir     string
	Reason  string  // what was found, a phrase
	Missing []Range // the first missing commits, at most [MaxRanges]; empty if nobody can tell
	Lost    uint64  // how many are missing altogether; 0 if nobody can tell
	Last    uint64  // the last commit of which something tells
}

// MaxRanges is how many ranges of missing commits a [DamageError] lists at most.
const MaxRanges = 16

func (e *DamageError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the log in %s is damaged: %s", e.Dir, e.Reason)
	if e.Lost > 0 {
		fmt.Fprintf(&b, "; of %d commits %d cannot be read", e.Last, e.Lost)
	}
	if len(e.Missing) > 0 {
		b.WriteString(": " + e.missing())
	}
	b.WriteString("; restore the data directory from a backup, or read what is left with salvage, which changes nothing")
	return b.String()
}

func (e *DamageError) missing() string {
	named, words := uint64(0), make([]string, len(e.Missing))
	for i, r := range e.Missing {
		words[i] = r.String()
		named += r.len()
	}
	s := strings.Join(words, ", ")
	if named < e.Lost {
		s += fmt.Sprintf(" and %d more", e.Lost-named)
	}
	return s
}

// Range is a run of sequences, both ends included.
type Range struct{ First, Last uint64 }

func (r Range) len() uint64 { return r.Last - r.First + 1 }

func (r Range) String() string {
	if r.First == r.Last {
		return fmt.Sprint(r.First)
	}
	return fmt.Sprintf("%d to %d", r.First, r.Last)
}

// gaps collects missing sequences in ascending order.
type gaps struct {
	ranges []Range
	lost   uint64
}

func (g *gaps) add(first, last uint64) {
	if first > last {
		return
	}
	g.lost += last - first + 1
	if n := len(g.ranges); n > 0 && g.ranges[n-1].Last+1 == first {
		g.ranges[n-1].Last = last
	} else if n < MaxRanges {
		g.ranges = append(g.ranges, Range{first, last})
	}
}
