package projections

import (
	"encoding/binary"
	"math"
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

// post adds the commit of a version of an event, whether it is counted or not: one that was void when it came, or was
// corrected while it was void, is to be found by whoever asks what was left out.
func (f *Fold) post(line []byte, at events.Position) {
	if e, err := parseLine(line); err == nil {
		f.postEvent(e, at)
	}
}

// postEvent adds the commit of an event that is not counted there.
func (f *Fold) postEvent(e *events.Stored, at events.Position) {
	if b, org, err := f.find(nil, e); err == nil && len(b.inputs) > 0 {
		f.postings.note(b, org, e.Day(), at.Seq())
	}
}

func correctionKey(target events.Key) postingKey {
	return postingKey{typ: events.TypeCorrected, quarter: int32(binary.BigEndian.Uint16(target[:]))}
}

// noteCorrection adds the commit of a correction of an event.
func (p *postings) noteCorrection(target events.Key, seq uint64) {
	p.add(p.list(correctionKey(target)), seq)
}

// corrections returns the commits up to one that hold corrections of an event, and a few others.
func (p *postings) corrections(target events.Key, head uint64) *roaring64.Bitmap {
	found := roaring64.New()
	p.mu.Lock()
	defer p.mu.Unlock()
	if list := p.lists[correctionKey(target)]; list != nil {
		found.Or(list.commits)
	}
	return upTo(found, head)
}

// commits returns the commits up to one on the lists that are wanted.
func (p *postings) commits(head uint64, wanted func(postingKey) bool) *roaring64.Bitmap {
	found := roaring64.New()
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, list := range p.lists {
		if wanted(key) {
			found.Or(list.commits)
		}
	}
	return upTo(found, head)
}

// upTo leaves out the commits after one.
func upTo(commits *roaring64.Bitmap, head uint64) *roaring64.Bitmap {
	commits.RemoveRange(head+1, math.MaxUint64)
	return commits
}
