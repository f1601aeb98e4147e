package projections

import (
	"bytes"
	"encoding/json"

	"github.com/kaohe/kaohe/events"
)

// encode writes the whole state of a fold, as it is between two commits. What views need and can be worked out from the rest
// is left out. Of maps the order is left to chance: equal folds need not have equal bytes.
func (f *Fold) encode() []byte {
	e := &encoder{b: make([]byte, 0, 1<<20)}
	e.uint(f.head.Seq)
	e.raw(f.head.Hash[:])
	e.int(f.recorded.UnixNano())
	e.int(f.read)
	e.int(f.applied)
	e.int(f.leftOut)
	e.int(f.breaks)
	f.symbols.encode(e)
	e.count(len(f.sites.short))
	for _, s := range f.sites.short {
		e.count(int(s.org))
		e.count(int(s.reach))
	}
	e.count(len(f.measures))
	for m := range f.measures {
		e.int(f.weights[m])
		f.tables[m].encode(e)
		f.distinct[m].encode(e)
		f.stocks[m].encode(e)
	}
	f.encodeClaims(e)
	f.encodeFacts(e)
	f.encodeAmended(e)
	f.postings.encode(e)
	return e.b
}

func (s *symbols) encode(e *encoder) {
	e.count(len(s.texts))
	for n := range s.texts {
		e.bytes(s.text(uint32(n)))
	}
}

func (t *table) encode(e *encoder) {
	e.count(len(t.blocks))
	for _, b := range t.blocks {
		e.flag(b != nil)
		if b == nil {
			continue
		}
		b.total.encode(e)
		e.count(len(b.members))
		for _, m := range b.members {
			e.count(m.dim)
			e.text(m.name)
			m.cell.encode(e)
		}
	}
}

func (c *cell) encode(e *encoder) {
	c.main.encode(e)
	c.side.encode(e)
	e.count(len(c.settings))
	for _, s := range c.settings {
		e.day(s.day)
		e.uint(uint64(s.at))
		e.int(int64(s.value))
	}
}

func (s *series) encode(e *encoder) {
	e.count(len(s.pages))
	for _, p := range s.pages {
		e.count(len(p.changes))
		last := events.Day(0)
		for _, c := range p.changes {
			e.day(c.day - last)
			e.int(int64(c.n))
			e.int(c.value)
			last = c.day
		}
	}
}

func (s slot) encode(e *encoder) {
	e.count(s.dim + 1)
	e.text(s.name)
}

func (d *distinctState) encode(e *encoder) {
	e.count(len(d.slots))
	for s, n := range d.slots {
		s.encode(e)
		e.count(int(n))
	}
	e.count(len(d.mentions))
	for k, m := range d.mentions {
		e.count(int(k.slot))
		e.count(int(k.thing))
		days := []mentionDay{m.one}
		if m.many != nil {
			days = *m.many
		}
		e.count(len(days))
		last := events.Day(0)
		for _, d := range days {
			e.day(d.day - last)
			e.count(int(d.site))
			e.int(int64(d.n))
			last = d.day
		}
	}
}

func (s *stockState) encode(e *encoder) {
	e.count(len(s.slots))
	for _, set := range s.slots {
		e.count(len(set))
		for _, sl := range set {
			sl.encode(e)
		}
	}
	opens, closes := 0, 0
	for _, p := range s.pairs {
		opens, closes = opens+len(p.opens), closes+len(p.closes)
	}
	e.count(len(s.pairs))
	e.count(opens)
	e.count(closes)
	for key, p := range s.pairs {
		e.count(int(key))
		e.count(len(p.opens))
		for _, o := range p.opens {
			e.day(o.day)
			e.day(o.until)
			e.count(int(o.site))
			e.count(int(o.thing))
			e.count(int(o.slots))
			e.int(int64(o.n))
		}
		e.count(len(p.closes))
		for _, c := range p.closes {
			e.day(c.day)
			e.int(int64(c.n))
		}
	}
}

func (f *Fold) encodeClaims(e *encoder) {
	e.b = f.claimed.AppendTo(e.b)
	e.count(f.contested.len())
	f.contested.each(func(k events.Key, list []claim) {
		e.raw(k[:])
		e.count(len(list))
		for _, c := range list {
			e.uint(uint64(c.at))
			e.count(c.org)
		}
	})
}

// facts are the targets and the like: few, and written as JSON.
type facts struct {
	Targets     []targetFacts
	Nils        []nilFacts
	Closings    []Closing
	Activations []Activation
	Quarantined []Quarantined
	Corrections []correctionFacts
}

type correctionFacts struct {
	Target []byte
	List   []TargetCorrection
}

type targetFacts struct {
	Org       int
	Indicator string
	Year      int
	List      []Target
}

type nilFacts struct {
	Org           int
	Name          string
	Year, Quarter int
	Days          []events.Day
	Counts        []int32
}

func (f *Fold) encodeFacts(e *encoder) {
	all := facts{Activations: f.activations, Quarantined: f.quarantined}
	for k, list := range f.targets {
		all.Targets = append(all.Targets, targetFacts{k.org, k.indicator, k.year, list})
	}
	for k, days := range f.nils {
		n := nilFacts{Org: k.org, Name: k.name, Year: k.year, Quarter: k.quarter}
		for _, d := range days {
			n.Days, n.Counts = append(n.Days, d.day), append(n.Counts, d.n)
		}
		all.Nils = append(all.Nils, n)
	}
	for _, list := range f.closings {
		all.Closings = append(all.Closings, list...)
	}
	for k, list := range f.corrections {
		all.Corrections = append(all.Corrections, correctionFacts{k[:], list})
	}
	b, err := json.Marshal(all)
	f.must(err) // numbers, texts and JSON that was read before
	e.bytes(b)
	e.count(len(f.times))
	var last timeMark
	for _, t := range f.times {
		e.uint(t.seq - last.seq)
		e.int(t.at - last.at)
		last = t
	}
}

func (f *Fold) encodeAmended(e *encoder) {
	e.b = f.unusable.AppendTo(e.b)
	e.count(f.spoilt.len())
	f.spoilt.each(func(k events.Key, _ struct{}) { e.raw(k[:]) })
	e.count(len(f.amended))
	for k, a := range f.amended {
		e.raw(k[:])
		e.uint(uint64(a.at))
		e.optional(a.line)
		e.flag(a.counted)
		e.flag(a.dead)
		e.flag(a.void)
		e.raw(a.target[:])
		e.count(len(a.patches))
		for _, p := range a.patches {
			e.bytes(p)
		}
		e.count(len(a.voids))
		for _, v := range a.voids {
			e.raw(v[:])
		}
	}
}

func (p *postings) encode(e *encoder) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.count(len(p.lists))
	for k, list := range p.lists {
		e.text(k.typ)
		e.count(k.org)
		e.int(int64(k.quarter))
		e.uint(list.last)
		var b bytes.Buffer
		_, _ = list.commits.WriteTo(&b) // a buffer takes everything
		e.bytes(b.Bytes())
	}
}
