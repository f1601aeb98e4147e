package projections

import (
	"sync"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"github.com/kaohe/kaohe/events"
)

// postings tell which commits hold the events of a type, at a unit and within a quarter, in any version: where to look for
// what a figure is made of. They only grow, so that views share one with the fold and leave out what is past their head.
//
// Corrections are looked for by what they correct: their commits are posted under a hash of its identity in place of a
// quarter, so that few others are read along with them.
type postings struct {
	mu    sync.Mutex
	lists map[postingKey]*posting // guarded by mu
}

type postingKey struct {
	typ     string
	org     int
	quarter int32 // four times the year plus the quarter
}

type posting struct {
	commits *roaring64.Bitmap // guarded by the mutex of the postings
	last    uint64            // the last one added; belongs to the fold
}

func newPostings() *postings {
	return &postings{lists: make(map[postingKey]*posting)}
}

func quarterNumber(day events.Day) int32 {
	year, month, _ := day.Date()
	return int32(4*year + (int(month)-1)/3)
}

// posted is the list that a type's events of a unit went to last: they come in rows from one quarter.
type posted struct {
	quarter period
	list    *posting
}

// note adds a commit that holds an event of a type, a unit and a day.
func (p *postings) note(b *binding, org int, day events.Day, seq uint64) {
	if b.posted == nil {
		b.posted = make([]posted, b.orgs)
	}
	at := &b.posted[org]
	if at.list == nil || day < at.quarter.first || day > at.quarter.last {
		*at = posted{spansOf(day).quarter, p.list(postingKey{b.name, org, quarterNumber(day)})}
	}
	p.add(at.list, seq)
}

// list returns the list of a key, made if there is none.
func (p *postings) list(key postingKey) *posting {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.lists[key]
	if list == nil {
		list = &posting{commits: roaring64.New()}
		p.lists[key] = list
	}
	return list
}

func (p *postings) add(list *posting, seq uint64) {
	if list.last == seq {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list.commits.Add(seq)
	list.last = seq
}
