package projections_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// book is a log of commits of up to seven events, its fold, and a note of what was read again.
type book struct {
	lines [][]byte // nil where the log holds something that is no event
	ids   *events.IDs
	fold  *projections.Fold
	read  map[uint64]bool
}

func newBook(t interface{ Fatal(...any) }, rules projections.Rules) *book {
	fold, err := projections.NewFold(rules)
	if err != nil {
		t.Fatal(err)
	}
	return &book{ids: events.NewIDs(), fold: fold, read: map[uint64]bool{}}
}

func (b *book) add(t interface{ Fatalf(string, ...any) }, line []byte) {
	i := len(b.lines)
	b.lines = append(b.lines, line)
	b.fold.Begin(time.Unix(int64(i), 0))
	if line != nil {
		stored := mustStored(t, line)
		if first, known := b.ids.Lookup(stored.Key()); !known || first == at(i) {
			b.ids.Record(stored.Key(), at(i))
			if err := knowing(b.fold, b.lines, func() error { return b.fold.Take(stored, at(i), b.ids.Lookup) }); err != nil {
				t.Fatalf("take %s: %v", line, err)
			}
		}
	}
	b.fold.Advance(events.Head{Seq: at(i).Seq()}, time.Unix(int64(i), 0))
}

// source reads the commits of a book again.
func (b *book) source() projections.Source {
	return projections.Source{First: b.ids.Lookup, Commit: func(_ context.Context, seq uint64) (events.Commit, error) {
		b.read[seq] = true
		from := int(seq-1) * 7
		var lines [][]byte
		for _, line := range b.lines[from:min(from+7, len(b.lines))] {
			if line == nil {
				line = []byte("nothing")
			}
			lines = append(lines, line)
		}
		return events.Commit{Seq: seq, Body: events.AppendBatch(nil, lines)}, nil
	}}
}

// told is what an explanation said of an event.
type told struct {
	At      events.Position
	Verdict projections.Verdict
	By      events.Position
	Amount  int64
}

func explain(t interface{ Fatalf(string, ...any) }, b *book, v *projections.View, q projections.EvidenceQuery) (list []told, sum int64) {
	err := v.Explain(context.Background(), b.source(), q, func(e *projections.Evidence) error {
		if e.Verdict == "" || (e.Amount != 0 && e.Verdict != projections.Counted) {
			t.Fatalf("%v contributes %d, verdict %q", e.At, e.Amount, e.Verdict)
		}
		list = append(list, told{e.At, e.Verdict, e.By, e.Amount})
		sum += e.Amount
		return nil
	})
	if err != nil {
		t.Fatalf("explain: %v", err)
	}
	return list, sum
}

// explained has the measures of the test and the stock of the firms that will still hold in two months.
func explained(tb testing.TB) projections.Rules {
	types := mustCatalogue(tb)
	measures := testMeasures(tb, types)
	i := slices.IndexFunc(measures, func(m projections.Measure) bool { return m.Name == "firms" })
	secure := measures[i]
	secure.Name, secure.Inputs = "secure", slices.Clone(secure.Inputs)
	secure.Inputs[0].Early = 2
	return projections.Rules{Orgs: mustOrgs(tb), Catalogue: types, Measures: append(measures, secure)}
}

// TestContributionsAddUp: whatever is recorded, voided, corrected and told twice, the contributions of the events add up to
// the figure of every measure, at every unit and on any day; and every event of the types, units and quarters in question is
// told of once, in the order of the log, as counted or with the rule that left it out.
func TestContributionsAddUp(t *testing.T) {
	rules := explained(t)
	rapid.Check(t, func(t *rapid.T) {
		b, log := newBook(t, rules), drawLog(t)
		for i := range log {
			switch {
			case log[i].kind == "nothing":
				b.add(t, nil)
			default:
				b.add(t, line(log, i))
			}
		}
		if rapid.Bool().Draw(t, "again") { // two instances wrote the same event
			if i := rapid.IntRange(0, len(log)-1).Draw(t, "which"); log[i].kind == "fact" {
				b.add(t, line(log, i))
			}
		}
		if rapid.Bool().Draw(t, "restored") {
			var err error
			if b.fold, err = projections.DecodeFold(rules, b.fold.Encode()); err != nil {
				t.Fatal(err)
			}
		}
		v := b.fold.View()
		org := rapid.IntRange(0, rules.Orgs.Len()-1).Draw(t, "org")
		on := events.NewDay(2017, time.December, 1+rapid.IntRange(0, 200).Draw(t, "on"))
		for m := range rules.Measures {
			for _, f := range figures(v, m, org, on) {
				list, sum := explain(t, b, v, f.query)
				if sum != f.want {
					t.Fatalf("%s of %s on %v: contributions come to %d, the figure is %d\n%v", f.name, rules.Orgs.Org(org).Code, on, sum, f.want, list)
				}
				complete(t, log, rules, f, list)
			}
		}
		sameCover(t, b, v, org, on)
	})
}

// sameCover checks that of the things on a list as many are said to be covered as the coverage has.
func sameCover(t *rapid.T, b *book, v *projections.View, org int, on events.Day) {
	listed, _ := v.Measure("listed")
	assigned, _ := v.Measure("assigned")
	covered, _ := v.Measure("covered")
	q := projections.EvidenceQuery{Measure: listed, Org: org, To: on, Less: projections.None, CoveredBy: assigned}
	n := int64(0)
	err := v.Explain(context.Background(), b.source(), q, func(e *projections.Evidence) error {
		if e.Verdict == projections.Counted && e.Things[0].Covered != 0 {
			n++
		}
		return nil
	})
	if want := v.Total(covered, org).Level(on); err != nil || n != want {
		t.Fatalf("%v; %d of the things on the list are said to be covered, the figure is %d", err, n, want)
	}
}

// figure is a figure of a view and the question what it is made of.
type figure struct {
	name  string
	query projections.EvidenceQuery
	want  int64
}

func figures(v *projections.View, m, org int, on events.Day) (list []figure) {
	measure, cell := v.Rules().Measures[m], v.Total(m, org)
	year, month, _ := on.Date()
	january, quarter := events.NewDay(year, time.January, 1), events.NewDay(year, (month-1)/3*3+1, 1)
	ask := func(name string, from events.Day, want int64) *projections.EvidenceQuery {
		q := projections.EvidenceQuery{Measure: m, Org: org, From: from, To: on, Less: projections.None, CoveredBy: projections.None}
		list = append(list, figure{measure.Name + name, q, want})
		return &list[len(list)-1].query
	}
	switch measure.Kind {
	case projections.Flow:
		ask(" of the quarter", quarter, cell.Sum(quarter, on))
		ask(" of the year", january, cell.Sum(january, on))
		ask(" of all time", events.FirstDay, cell.Sum(events.FirstDay, on))
	case projections.Distinct:
		ask(" of the quarter", quarter, cell.Fresh(projections.QuarterSpan, quarter, on))
		ask(" of the year", january, cell.Fresh(projections.YearSpan, january, on))
	case projections.Stock:
		ask("", 0, cell.Level(on))
		if secure, _ := v.Measure("secure"); measure.Name == "firms" {
			ask(" expiring", 0, cell.Level(on)-v.Total(secure, org).Level(on)).Less = secure
		}
	case projections.Coverage:
		ask("", 0, cell.Level(on))
	case projections.Latest:
		value, _ := cell.Latest(on)
		ask("", 0, int64(value))
		var units []int
		sum := int64(0)
		for o := range v.Rules().Orgs.Len() {
			if v.Rules().Orgs.Under(o, org) && len(v.Rules().Orgs.Children(o)) == 0 {
				value, _ := v.Total(m, o).Latest(on)
				units, sum = append(units, o), sum+int64(value)
			}
		}
		ask(" of the units below", 0, sum).Units = units
	}
	return list
}

// complete checks that exactly the events in question were told of, among those at the unit and below.
func complete(t *rapid.T, log []record, rules projections.Rules, f figure, list []told) {
	measure := rules.Measures[f.query.Measure]
	if measure.Kind == projections.Coverage {
		measure = rules.Measures[slices.IndexFunc(rules.Measures, func(m projections.Measure) bool { return m.Name == measure.On })]
	}
	types := map[string]bool{}
	for _, in := range measure.Inputs {
		types[in.Type] = true
	}
	asked := func(e events.Event) bool {
		org, _ := rules.Orgs.Index(e.Org)
		here := rules.Orgs.Under(org, f.query.Org)
		if measure.Kind == projections.Latest && f.query.Units == nil {
			here = org == f.query.Org
		}
		return types[e.Type] && here && quarterOf(e.Day()) >= quarterOf(f.query.From) && quarterOf(e.Day()) <= quarterOf(f.query.To)
	}
	want := map[events.Position]bool{}
	for i, r := range log {
		if r.kind == "fact" && (asked(r.event) || asked(versionOf(log, i, len(log)))) {
			want[at(i)] = true
		}
	}
	for i, e := range list {
		if i > 0 && e.At <= list[i-1].At {
			t.Fatalf("%s: %v is told of after %v", f.name, e.At, list[i-1].At)
		}
		if delete(want, e.At); e.Verdict == projections.Duplicate {
			continue
		}
		if r := log[int(e.At.Seq()-1)*7+e.At.Index()]; (e.Verdict == projections.Voided) == holds(log, int(e.At.Seq()-1)*7+e.At.Index()) {
			t.Fatalf("%s: %v (%s) is %s", f.name, e.At, r.event.Type, e.Verdict)
		}
	}
	if len(want) > 0 {
		t.Fatalf("%s on %v at %d: nothing is said of %v", f.name, f.query.To, f.query.Org, slices.Sorted(maps.Keys(want)))
	}
}

func quarterOf(d events.Day) int {
	year, month, _ := d.Date()
	return 4*year + (int(month)-1)/3
}
