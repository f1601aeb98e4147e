package projections

import (
	"github.com/kaohe/kaohe/events"
)

// Parsed is a commit taken apart: its events, where each stands first in the log, what each says that figures need, and the
// head it makes. That much needs no fold, so that a commit can be parsed while the one before is being folded.
type Parsed struct {
	commit events.Commit
	head   events.Head
	stored []events.Stored
	index  []int // of each event in the commit; lines that are no events have none
	keys   []events.Key
	first  []events.Position
	bad    []Quarantined

	readings []reading // of each event
	values   [][]byte  // of all events, one after the other
	passed   []uint64
}

// reading is what an event says, as its type's binding reads it. One that cannot be read is left to the fold, which says why.
type reading struct {
	good   bool
	names  bool // the event names an occurrence, by key
	key    events.Key
	org    int
	day    events.Day
	values [][]byte
	passed []uint64
}

// Parser takes commits apart for folds by some rules. It belongs to one goroutine.
type Parser struct {
	ids      *events.IDs
	orgs     *events.Orgs
	bindings map[string]*binding
}

// NewParser returns a parser that records the identities of all events in ids, which may be shared.
func NewParser(rules Rules, ids *events.IDs) (*Parser, error) {
	if err := rules.validate(); err != nil {
		return nil, err
	}
	bindings, err := bind(rules.Orgs.Len(), rules.Catalogue, rules.Measures)
	if err != nil {
		return nil, err
	}
	return &Parser{ids, rules.Orgs, bindings}, nil
}

// Parse takes the next commit apart. It keeps slices into the commit's body and uses the memory of an earlier result, if
// given one.
func (s *Parser) Parse(c events.Commit, used *Parsed) *Parsed {
	if used == nil {
		used = &Parsed{}
	}
	p := used
	*p = Parsed{
		commit: c, head: c.Head(), stored: p.stored[:0], index: p.index[:0], keys: p.keys[:0], first: p.first[:0],
		readings: p.readings[:0], values: p.values[:0], passed: p.passed[:0],
	}
	lines, err := c.Lines()
	if err != nil {
		p.bad = append(p.bad, Quarantined{At: events.At(c.Seq, 0), Whole: true, Reason: BadCommit, Detail: err.Error()})
		return p
	}
	for i, line := range lines {
		var e events.Stored
		if err := e.ParseLine(line); err != nil {
			p.bad = append(p.bad, Quarantined{At: events.At(c.Seq, i), Reason: BadLine, Detail: err.Error()})
			continue
		}
		p.stored, p.index, p.keys = append(p.stored, e), append(p.index, i), append(p.keys, e.Key())
		p.readings = append(p.readings, s.read(p, &e))
	}
	p.first = append(p.first, make([]events.Position, len(p.keys))...)
	s.ids.RecordAll(p.keys, c.Seq, p.index, p.first)
	return p
}

// read finds out what an event says, if it feeds any measure.
func (s *Parser) read(p *Parsed, e *events.Stored) (r reading) {
	b := s.bindings[string(e.Type)]
	if b == nil || len(b.inputs) == 0 || b.schema != string(e.Schema) || b.read(e.Data) != nil {
		return r
	}
	if r.org, r.good = s.orgs.Index(string(e.Org)); !r.good {
		return r
	}
	r.day = e.Day()
	r.key, r.names = b.occurrence(r.day)
	from, bits := len(p.values), len(p.passed)
	p.values, p.passed = append(p.values, b.values...), append(p.passed, b.passed...)
	r.values, r.passed = p.values[from:len(p.values):len(p.values)], p.passed[bits:len(p.passed):len(p.passed)]
	return r
}
