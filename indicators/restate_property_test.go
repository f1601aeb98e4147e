package indicators_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// TestRestatementsAddUp: whatever is recorded before and after a closing, by whatever plan it is looked at, and as of
// whatever day, the steps lead from what was published to what is shown now. They are those of a naive walk, which evaluates
// the whole scorecard after every commit.
func TestRestatementsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLedger(t)
		s := scribe{t: t, ledger: l}
		s.write("before", rapid.IntRange(0, 12).Draw(t, "before"))
		org, quarter, cutoff := s.closing()
		l.close(org, quarter, cutoff)
		s.write("after", rapid.IntRange(0, 14).Draw(t, "after"))

		plan := l.plan
		if rapid.Bool().Draw(t, "another plan") {
			plan = mustLedgerPlan(t, planNow)
		}
		req := l.request(plan, org, quarter)
		if rapid.IntRange(0, 4).Draw(t, "plan of then") == 0 {
			req.Then = nil
		}
		req.AsOf = s.day("as of")
		checkRestatement(t, l, req, l.restate(req))
	})
}

// scribe records random things, of few units, names and days, so that they meet.
type scribe struct {
	t *rapid.T
	*ledger
	ids []string // of what may be voided or corrected
}

func (s *scribe) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(s.t, label)
}

func (s *scribe) day(label string) events.Day {
	return events.NewDay(2017, 11, 15) + events.Day(rapid.IntRange(0, 170).Draw(s.t, label))
}

func (s *scribe) org() string {
	return s.pick("org", "450703", "450703", "450702", "450700", "450100")
}

func (s *scribe) closing() (org, quarter, cutoff string) {
	org, quarter = s.pick("closing org", "450703", "450700", "450000"), s.pick("quarter", "2018Q1", "2018Q1", "2017Q4")
	if q, err := indicators.ParseQuarter(quarter); err == nil && rapid.Bool().Draw(s.t, "cut off") {
		cutoff = (q.First() + events.Day(rapid.IntRange(0, 89).Draw(s.t, "cutoff"))).String()
	}
	return org, quarter, cutoff
}

func (s *scribe) write(label string, n int) {
	for range n {
		switch what := rapid.IntRange(0, 9).Draw(s.t, label); {
		case what < 6 || len(s.ids) == 0:
			typ, data := s.happening()
			s.ids = append(s.ids, s.fact(s.day("day").String(), s.org(), typ, data))
		case what < 8:
			s.ids = append(s.ids, s.void(rapid.SampledFrom(s.ids).Draw(s.t, "voided")))
		case what < 9:
			s.change(rapid.SampledFrom(s.ids).Draw(s.t, "corrected"))
		default: // a foreign writer's control event, before what it is about
			id := fmt.Sprintf("foreign%d", s.n)
			if rapid.Bool().Draw(s.t, "void") {
				s.void(id)
			} else {
				s.change(id)
			}
			typ, data := s.happening()
			s.ids = append(s.ids, s.named(id, s.day("day").String(), s.org(), typ, data))
		}
	}
}

// change corrects the day, the unit or the number of a fact. Voids are not corrected.
func (s *scribe) change(id string) {
	if e, ok := s.versions[id]; !ok && !isForeign(id) {
		s.void(id)
		return
	} else if ok && e.Type == "TargetSet" {
		s.correct(id, fmt.Sprintf(`{"data":{"value":"%d"}}`, rapid.IntRange(1, 90).Draw(s.t, "value")))
		return
	}
	switch s.pick("what", "time", "org", "note") {
	case "time":
		s.correct(id, fmt.Sprintf(`{"time":"%sT00:00:00+08:00"}`, s.day("other day")))
	case "org":
		s.correct(id, fmt.Sprintf(`{"org":%q}`, s.org()))
	default:
		s.correct(id, `{"data":{"note":"n"}}`)
	}
}

func isForeign(id string) bool { return len(id) > 7 && id[:7] == "foreign" }

// happening is a fact of each of the world's indicators, or a target.
func (s *scribe) happening() (typ, data string) {
	small := func(label string) int { return rapid.IntRange(1, 3).Draw(s.t, label) }
	number := rapid.IntRange(1, 90).Draw(s.t, "number")
	switch typ = s.pick("type", "EnvoyServiceRecorded", "PatentGranted", "EnterpriseIncubated", "SubsidyApplied", "SubsidyDisbursed", "HighTechRecognized",
		"HighTechRevoked", "ReferenceValueSet", "VillageListed", "EnvoyAssigned", "EnvoyReleased", "CarrierStageChanged", "TargetSet", "TargetSet", "NilReported"); typ {
	case "EnvoyServiceRecorded":
		return typ, fmt.Sprintf(`{"kind":%q,"count":%d}`, s.pick("kind", "guidance", "remote", "demo_base"), number)
	case "PatentGranted":
		return typ, fmt.Sprintf(`{"kind":"invention","patent_no":"ZL%d"}`, small("patent"))
	case "EnterpriseIncubated":
		return typ, fmt.Sprintf(`{"enterprise_id":"E%d","pool":"hnte"}`, small("firm"))
	case "SubsidyApplied":
		return typ, fmt.Sprintf(`{"subsidy_id":"S%d","kind":"conversion","requested_yuan":"%d.05","enterprise_id":"E1"}`, small("subsidy"), number)
	case "SubsidyDisbursed":
		return typ, fmt.Sprintf(`{"subsidy_id":"S%d","kind":"conversion","amount_yuan":"%d"}`, small("subsidy"), number)
	case "HighTechRecognized":
		return typ, fmt.Sprintf(`{"enterprise_id":"E%d","certificate_no":"C%d","kind":"first","valid_to":%q}`, small("firm"), small("certificate"), s.day("valid to"))
	case "HighTechRevoked":
		return typ, fmt.Sprintf(`{"enterprise_id":"E%d","certificate_no":"C%d","reason":"other"}`, small("firm"), small("certificate"))
	case "ReferenceValueSet":
		return typ, fmt.Sprintf(`{"key":%q,"value":"%d"}`, s.pick("key", "population", "intensity"), number)
	case "VillageListed":
		return typ, fmt.Sprintf(`{"village_id":"V%d","name":"某村","list":"poverty_13fyp"}`, small("village"))
	case "EnvoyAssigned":
		return typ, fmt.Sprintf(`{"envoy_id":"P%d","village_id":"V%d"}`, small("envoy"), small("village"))
	case "EnvoyReleased":
		return typ, fmt.Sprintf(`{"envoy_id":"P%d","village_id":"V%d","reason":"rematch"}`, small("envoy"), small("village"))
	case "CarrierStageChanged":
		return typ, fmt.Sprintf(`{"carrier_id":"K","kind":"agri_park","to_stage":%q}`, s.pick("stage", "planning", "preparing", "filed"))
	case "NilReported":
		return typ, `{"indicator":"pool","quarter":"2018Q1"}`
	}
	target := [][2]string{{"guidances", "flow"}, {"guidances", "growth"}, {"firms", "stock"}, {"firms", "net"}, {"firms_net", "net"}, {"paid_share", "stock"}}
	t := rapid.SampledFrom(target).Draw(s.t, "target")
	return typ, fmt.Sprintf(`{"indicator":%q,"year":2018,"value":"%d","basis":%q}`, t[0], number, t[1])
}

// checkRestatement holds a restatement against a walk that looks at everything after every commit.
func checkRestatement(t *rapid.T, l *ledger, req indicators.RestateRequest, r *indicators.Restatement) {
	q, org := r.Quarter, r.Org
	asOf := req.Closing.AsOf
	states := []map[string]string{flat(l.card(l.plan, req.Closing.Through, org, q, asOf))} // published
	causes := []indicators.Cause{}
	add := func(cause indicators.Cause, card *indicators.Scorecard) {
		causes, states = append(causes, cause), append(states, flat(card))
	}
	add(indicators.ByDefinition, l.card(req.Plan, req.Closing.Through, org, q, asOf))
	add(indicators.ByCutoff, l.card(req.Plan, req.Closing.Through, org, q, req.AsOf))
	for seq := req.Closing.Through + 1; seq <= l.head.Seq; seq++ {
		add("", l.card(req.Plan, seq, org, q, req.AsOf))
	}
	for i := range r.Rows {
		for _, name := range indicators.FollowedFigures {
			checkFigureOf(t, &r.Rows[i], name, causes, states, req.Closing.Through)
		}
	}
}

// checkFigureOf checks one figure: where it begins and ends, and that each commit that changes it is listed with that change.
func checkFigureOf(t *rapid.T, row *indicators.RestatedRow, name indicators.Followed, causes []indicators.Cause, states []map[string]string, through uint64) {
	key, f := row.ID+" "+string(name), row.Figures[name]
	value := func(i int) indicators.Number { return numberOf(t, states[i][key]) }
	sum := numberOf(t, "0")
	for _, by := range f.Causes {
		sum = plus(sum, by)
	}
	first, last := value(0), value(len(states)-1)
	switch {
	case !f.Published.Equal(first), !f.Current.Equal(last):
		t.Fatalf("%s leads from %s to %s, want from %s to %s", key, f.Published, f.Current, first, last)
	case f.Unexplained.Known(), !sum.Equal(f.Difference), !plus(known(f.Published), sum).Equal(known(f.Current)):
		t.Fatalf("%s: from %s to %s, difference %s, causes %v, unexplained %s", key, f.Published, f.Current, f.Difference, f.Causes, f.Unexplained)
	}
	for i, cause := range causes {
		was, now := value(i), value(i+1)
		if cause != "" {
			if by := plus(known(f.Causes[cause]), known(was)); !by.Equal(known(now)) {
				t.Fatalf("%s: %s changes %s by %s, want to %s", key, cause, was, f.Causes[cause], now)
			}
			continue
		}
		at := events.At(through+uint64(i-1), 0) // the first commit after those counted is the third step
		n := slices.IndexFunc(row.Events, func(e indicators.RestatingEvent) bool { return e.At == at })
		var change *indicators.FigureChange
		if n >= 0 {
			for k := range row.Events[n].Changes {
				if c := &row.Events[n].Changes[k]; c.Figure == name {
					change = c
				}
			}
		}
		switch {
		case (change != nil) != !was.Equal(now):
			t.Fatalf("%s goes from %s to %s at %v, listed: %t", key, was, now, at, change != nil)
		case change != nil && (!change.After.Equal(now) || !plus(known(was), change.By).Equal(known(now))):
			t.Fatalf("%s goes from %s to %s at %v, said to be by %s to %s", key, was, now, at, change.By, change.After)
		}
	}
}

// flat has the figures of a scorecard that are followed, as they are written.
func flat(card *indicators.Scorecard) map[string]string {
	figures := make(map[string]string)
	for i := range card.Rows {
		row := &card.Rows[i]
		q, y := row.Quarter, row.Year
		if q == nil {
			q = &indicators.Figure{}
		}
		if y == nil {
			y = &indicators.Figure{}
		}
		for k, n := range []indicators.Number{q.Value, q.Target, q.Gap, y.Value, y.Target} {
			figures[row.ID+" "+string(indicators.FollowedFigures[k])] = n.String()
		}
	}
	return figures
}

func numberOf(t *rapid.T, s string) indicators.Number {
	if s == "null" || s == "" {
		return indicators.Number{}
	}
	n, err := indicators.ParseNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// known takes what is not known for 0, as differences do.
func known(n indicators.Number) indicators.Number {
	if !n.Known() {
		return indicators.NewNumber(0, 0)
	}
	return n
}

// plus adds numbers of four decimals, in ten-thousandths.
func plus(a, b indicators.Number) indicators.Number {
	x, errX := events.ParseDecimal(a.String())
	y, errY := events.ParseDecimal(b.String())
	if errX != nil || errY != nil {
		panic(fmt.Sprint(errX, errY))
	}
	return indicators.NumberOf(x + y)
}
