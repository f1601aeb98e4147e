package projections

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"github.com/kaohe/kaohe/events"
)

// decodeFold returns the fold that encode wrote. It must be one by the same rules. Whatever the bytes are, it does not panic
// and asks for no more memory than they can account for; but only the checksum of a snapshot vouches for the figures. The
// fold keeps parts of the bytes.
func decodeFold(rules Rules, b []byte) (f *Fold, err error) {
	f, err = NewFold(rules)
	if err != nil {
		return nil, err
	}
	d := &decoder{b: b}
	f.head.Seq = d.uint()
	copy(f.head.Hash[:], d.raw(len(f.head.Hash)))
	f.recorded = time.Unix(0, d.int()).UTC()
	f.recording = f.recorded
	f.read, f.applied, f.leftOut, f.breaks = d.int(), d.int(), d.int(), d.int()
	f.symbols.decode(d)
	f.decodeSites(d)
	if d.below(len(f.measures)+1) != len(f.measures) {
		d.fail()
	}
	for m := range f.measures {
		f.weights[m] = d.int()
		f.decodeTable(d, m)
		f.decodeDistinct(d, m)
		f.decodeStock(d, m)
	}
	f.decodeClaims(d)
	f.decodeFacts(d)
	f.decodeAmended(d)
	f.decodePostings(d)
	if d.err == nil && len(d.b) > 0 {
		d.err = fmt.Errorf("%w: %d bytes follow it", errState, len(d.b))
	}
	if d.err != nil {
		return nil, d.err
	}
	return f, nil
}

func (s *symbols) decode(d *decoder) {
	n := d.count(1)
	s.reserve(n)
	for range n {
		text := d.bytes()
		if d.err != nil || !s.append(text) {
			d.fail() // no text has two numbers
			return
		}
	}
}

func (f *Fold) decodeSites(d *decoder) {
	for range d.count(2) {
		if f.orgs.Len() == 0 {
			d.fail()
			return
		}
		org := d.below(f.orgs.Len())
		reach := d.below(len(f.orgs.Path(org)))
		before := len(f.sites.short)
		if f.sites.number(org, reach); d.err != nil || len(f.sites.short) == before {
			d.fail()
			return
		}
	}
}

// site reads the number of a site.
func (f *Fold) site(d *decoder) int32 {
	return int32(d.below(f.orgs.Len() + len(f.sites.short)))
}

func (f *Fold) decodeClaims(d *decoder) {
	f.claimed = d.table()
	for _, n := range f.claimed.All() {
		if n != contests && unpacked(n).org >= f.orgs.Len() {
			d.fail()
			return
		}
	}
	for range d.count(19) {
		k := d.key()
		list := make([]claim, d.count(2))
		for i := range list {
			list[i] = claim{events.Position(d.uint()), d.below(f.orgs.Len())}
		}
		if n, _ := f.claimed.Get(k); n != contests || len(list) < 2 {
			d.fail()
			return
		}
		f.contested.set(f.epoch, k, list)
	}
}

// table reads a table of identities.
func (d *decoder) table() events.KeyTable {
	table, rest, err := events.LoadKeyTable(d.b)
	if err != nil || d.err != nil {
		d.fail()
		return events.KeyTable{}
	}
	d.b = rest
	return *table
}

func (f *Fold) decodeFacts(d *decoder) {
	var all facts
	if b := d.bytes(); d.err != nil || json.Unmarshal(b, &all) != nil {
		d.fail()
		return
	}
	bad := func(org int) bool { return org < 0 || org >= f.orgs.Len() }
	for _, t := range all.Targets {
		if bad(t.Org) || len(t.List) == 0 || slices.ContainsFunc(t.List, func(t Target) bool { return bad(t.Org) }) {
			d.fail()
			return
		}
		f.targets[targetKey{t.Org, t.Indicator, t.Year}] = t.List
	}
	for _, n := range all.Nils {
		if bad(n.Org) || len(n.Days) != len(n.Counts) || len(n.Days) == 0 {
			d.fail()
			return
		}
		var days []dayCount
		for i := range n.Days {
			days = append(days, dayCount{n.Days[i], n.Counts[i]})
		}
		f.nils[nilKey{n.Org, n.Name, n.Year, n.Quarter}] = days
	}
	for _, c := range all.Closings {
		if bad(c.Org) {
			d.fail()
			return
		}
		key := closingKey{c.Org, c.Year, c.Quarter}
		f.closings[key] = append(f.closings[key], c)
	}
	for _, c := range all.Corrections {
		if len(c.Target) != len(events.Key{}) {
			d.fail()
			return
		}
		f.corrections[events.Key(c.Target)] = c.List
	}
	f.activations, f.quarantined = all.Activations, all.Quarantined
	var last timeMark
	f.times = make([]timeMark, 0, d.count(2))
	for range cap(f.times) {
		last = timeMark{last.seq + d.uint(), last.at + d.int()}
		f.times = append(f.times, last)
	}
}

func (f *Fold) decodeAmended(d *decoder) {
	f.unusable = d.table()
	for range d.count(len(events.Key{})) {
		f.spoilt.set(f.epoch, d.key(), struct{}{})
	}
	for range d.count(38) {
		k := d.key()
		a := &amendment{at: events.Position(d.uint()), line: bytes.Clone(d.optional()), counted: d.flag(), dead: d.flag(), void: d.flag(), target: d.key()}
		for range d.count(1) {
			a.patches = append(a.patches, bytes.Clone(d.bytes()))
		}
		for range d.count(len(k)) {
			a.voids = append(a.voids, d.key())
		}
		if d.err != nil {
			return
		}
		f.amended[k] = a
	}
	if !f.soundChains() {
		d.fail()
		return
	}
	for k := range f.amended {
		f.publishAmendments(k)
	}
}

// soundChains reports whether every void stands above its target, without a circle.
func (f *Fold) soundChains() bool {
	for k, a := range f.amended {
		for _, v := range a.voids {
			if by := f.amended[v]; by == nil || !by.void || by.target != k {
				return false
			}
		}
		if _, dead := f.voidedBy(k); dead != a.dead {
			return false
		}
		seen := 0
		for ; a != nil && a.void; a = f.amended[a.target] {
			if seen++; seen > len(f.amended) {
				return false
			}
		}
	}
	return true
}

func (f *Fold) decodePostings(d *decoder) {
	for range d.count(4) {
		key := postingKey{d.text(), d.below(f.orgs.Len()), d.int32()}
		list := &posting{commits: roaring64.New(), last: d.uint()}
		b := d.bytes()
		if d.err != nil {
			return
		}
		if !readBitmap(list.commits, b) {
			d.fail()
			return
		}
		f.postings.lists[key] = list
	}
}

// readBitmap reads a bitmap, and reports whether it is one. The library panics at some that are none.
func readBitmap(into *roaring64.Bitmap, b []byte) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return into.UnmarshalBinary(b) == nil && into.Validate() == nil
}
