package projections_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/projections"
)

func mustCatalogue(tb testing.TB) *catalogue.Catalogue {
	tb.Helper()
	c, mistakes := catalogue.Load(os.DirFS("../deploy/plan"))
	for _, m := range mistakes {
		tb.Error(m.In(events.English))
	}
	if c == nil {
		tb.FailNow()
	}
	return c
}

func mustOrgs(tb testing.TB) *events.Orgs {
	tb.Helper()
	orgs, err := events.NewOrgs([]events.Org{
		{Code: "450000"}, {Code: "450700", Parent: "450000"}, {Code: "450702", Parent: "450700"},
		{Code: "450703", Parent: "450700"}, {Code: "450100", Parent: "450000"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return orgs
}

func mustTypeFilter(tb testing.TB, c *catalogue.Catalogue, typ, src string) *projections.Filter {
	tb.Helper()
	t, ok := c.Type(typ)
	if !ok {
		tb.Fatalf("no type %s", typ)
	}
	f, mistakes := projections.CompileFilter(src, t)
	if len(mistakes) > 0 {
		tb.Fatalf("filter %s: %v", src, mistakes)
	}
	return f
}

// testMeasures has every kind, twice where rules differ.
func testMeasures(tb testing.TB, c *catalogue.Catalogue) []projections.Measure {
	return []projections.Measure{
		{Name: "projects", Kind: projections.Flow, By: []string{"level"}, Inputs: []projections.Input{{Type: "ProjectSubmitted"}}},
		{Name: "funds", Kind: projections.Flow, By: []string{"level"},
			Inputs: []projections.Input{{Type: "ProjectSubmitted", Amount: "requested_yuan", Scale: 2}}},
		{Name: "applicants", Kind: projections.Distinct, By: []string{"level"},
			Inputs: []projections.Input{{Type: "ProjectSubmitted", Thing: "entities"}}},
		{Name: "pool", Kind: projections.Distinct, Inputs: []projections.Input{{Type: "EnterpriseIncubated", Thing: "enterprise_id",
			Where: mustTypeFilter(tb, c, "EnterpriseIncubated", `data.pool == "hnte"`)}}},
		{Name: "firms", Kind: projections.Stock, By: []string{"kind"}, Inputs: []projections.Input{
			{Type: "HighTechRecognized", Role: projections.Opens, Pair: []string{"certificate_no"}, Thing: "enterprise_id", Until: "valid_to", Valid: 36},
			{Type: "HighTechRevoked", Role: projections.Closes, Pair: []string{"certificate_no"}}}},
		{Name: "patents", Kind: projections.Stock, Inputs: []projections.Input{
			{Type: "PatentGranted", Role: projections.Opens, Pair: []string{"patent_no"}, Thing: "patent_no", Valid: 4, ValidFrom: "filed_on"},
			{Type: "PatentLapsed", Role: projections.Closes, Pair: []string{"patent_no"}}}},
		{Name: "listed", Kind: projections.Stock, Inputs: []projections.Input{
			{Type: "VillageListed", Role: projections.Opens, Pair: []string{"village_id"}, Thing: "village_id", Ends: "delisted_on"}}},
		{Name: "assigned", Kind: projections.Stock, Inputs: []projections.Input{
			{Type: "EnvoyAssigned", Role: projections.Opens, Pair: []string{"envoy_id", "village_id"}, Thing: "village_id", Until: "to"},
			{Type: "EnvoyReleased", Role: projections.Closes, Pair: []string{"envoy_id", "village_id"}}}},
		{Name: "covered", Kind: projections.Coverage, Of: "listed", On: "assigned"},
		{Name: "population", Kind: projections.Latest, Inputs: []projections.Input{{Type: "ReferenceValueSet", Amount: "value", Scale: 4,
			Where: mustTypeFilter(tb, c, "ReferenceValueSet", `data.key == "population"`)}}},
	}
}

// drawEvent makes a random event of few days, units and names, so that they meet.
func drawEvent(t *rapid.T, id int) events.Event {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	name := func(prefix string) string {
		return fmt.Sprintf("%s%d", prefix, rapid.IntRange(1, 4).Draw(t, prefix))
	}
	day := func(label string) string {
		return events.NewDay(2017, time.December, 1+rapid.IntRange(0, 150).Draw(t, label)).String()
	}
	data := map[string]any{}
	optional := func(field string, value any) {
		if rapid.Bool().Draw(t, "has "+field) {
			data[field] = value
		}
	}
	typ := pick("type", "ProjectSubmitted", "EnterpriseIncubated", "HighTechRecognized", "HighTechRecognized", "HighTechRevoked",
		"PatentGranted", "PatentLapsed", "VillageListed", "EnvoyAssigned", "EnvoyAssigned", "EnvoyReleased", "ReferenceValueSet")
	switch typ {
	case "ProjectSubmitted":
		data["level"], data["programme"], data["stage"] = pick("level", "region", "city"), "GX-IDD", "application"
		data["requested_yuan"] = fmt.Sprintf("%d.%02d", rapid.IntRange(0, 99999).Draw(t, "yuan"), rapid.IntRange(0, 99).Draw(t, "fen"))
		var entities []any
		for i := range rapid.IntRange(0, 3).Draw(t, "entities") {
			e := map[string]any{"name": fmt.Sprintf("企业%d%d", i, rapid.IntRange(1, 2).Draw(t, "entity"))}
			if rapid.Bool().Draw(t, "has id") {
				e["id"] = fmt.Sprintf("e%d%d", i, rapid.IntRange(1, 2).Draw(t, "entity id"))
			}
			entities = append(entities, e)
		}
		data["entities"] = entities
		if rapid.Bool().Draw(t, "has count") {
			if n := rapid.IntRange(-1, 3).Draw(t, "more"); n < 0 {
				data["count"] = nil
			} else {
				data["count"] = max(len(entities)+n, 1)
			}
		}
		if len(entities) == 0 {
			delete(data, "entities")
			delete(data, "count")
			data["project_id"], data["applicant_id"] = name("project"), name("firm")
		}
	case "EnterpriseIncubated":
		data["enterprise_id"], data["pool"] = name("firm"), pick("pool", "hnte", "sme")
	case "HighTechRecognized":
		data["enterprise_id"], data["certificate_no"], data["kind"] = name("firm"), name("cert"), pick("kind", "first", "renewal")
		optional("valid_to", day("valid_to"))
	case "HighTechRevoked":
		data["enterprise_id"], data["certificate_no"], data["reason"] = name("firm"), name("cert"), "revoked"
	case "PatentGranted":
		data["kind"] = "invention"
		if rapid.Bool().Draw(t, "numbered") {
			data["patent_no"] = name("patent")
		} else {
			optional("count", rapid.IntRange(1, 5).Draw(t, "count"))
		}
		optional("filed_on", day("filed"))
	case "PatentLapsed":
		data["patent_no"], data["reason"] = name("patent"), "fee_lapse"
	case "VillageListed":
		data["village_id"], data["name"], data["list"], data["action"] = name("village"), "某村", "poverty_13fyp", "listed"
		optional("delisted_on", day("delisted"))
	case "EnvoyAssigned":
		data["envoy_id"], data["village_id"] = name("envoy"), name("village")
		optional("to", day("to"))
	case "EnvoyReleased":
		data["envoy_id"], data["village_id"], data["reason"] = name("envoy"), name("village"), "rematch"
	case "ReferenceValueSet":
		data["key"], data["value"] = pick("key", "population", "gdp"), fmt.Sprint(rapid.IntRange(-9, 9).Draw(t, "value"))
	}
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return events.Event{
		Type: typ, Source: "kaohe:test", ID: fmt.Sprint(id), Time: day("day") + "T00:00:00+08:00", Schema: typ + ".v1",
		Org: pick("org", "450703", "450703", "450702", "450700", "450100", "450000"), Data: raw,
	}
}

// TestFigures: after any events, some of them withdrawn again in any order, every figure of every day, unit and
// breakdown equals the naive recount of the events that are left; and taking out all of them leaves nothing.
func TestFigures(t *testing.T) {
	types, orgs := mustCatalogue(t), mustOrgs(t)
	measures := testMeasures(t, types)
	rapid.Check(t, func(t *rapid.T) {
		fold, err := projections.NewFold(projections.Rules{Orgs: orgs, Catalogue: types, Measures: measures})
		if err != nil {
			t.Fatal(err)
		}
		var lines [][]byte
		live := map[int]bool{}
		for i := range rapid.IntRange(1, 40).Draw(t, "events") {
			e := drawEvent(t, i)
			lines = append(lines, e.AppendLine(nil))
			live[i] = true
			if err := knowing(fold, lines, func() error { return fold.Apply(mustStored(t, lines[i]), at(i)) }); err != nil {
				t.Fatalf("apply %s: %v", lines[i], err)
			}
			if rapid.IntRange(0, 3).Draw(t, "withdraw") == 0 {
				j := rapid.IntRange(0, i).Draw(t, "which")
				if live[j] {
					delete(live, j)
					if err := knowing(fold, lines, func() error { return fold.Withdraw(mustStored(t, lines[j]), at(j)) }); err != nil {
						t.Fatalf("withdraw %s: %v", lines[j], err)
					}
				}
			}
			if rapid.IntRange(0, 9).Draw(t, "publish") == 0 {
				fold.View()
			}
		}
		early := fold.View()
		var facts []fact
		for i, line := range lines {
			if live[i] {
				facts = append(facts, newFact(line, i))
			}
		}
		compare(t, early, orgs, facts)
		for i := range lines {
			if live[i] {
				if err := knowing(fold, lines, func() error { return fold.Withdraw(mustStored(t, lines[i]), at(i)) }); err != nil {
					t.Fatal(err)
				}
			}
		}
		compare(t, fold.View(), orgs, nil)
		if n := fold.Residue(); n != 0 {
			t.Fatalf("with all events taken out the fold still keeps %d things", n)
		}
		compare(t, early, orgs, facts) // a view never changes
	})
}

func at(i int) events.Position { return events.At(uint64(i/7+1), i%7) }

// knowing tries something, and tells the fold of the lines of a log that it asks for.
func knowing(fold *projections.Fold, lines [][]byte, try func() error) error {
	for {
		err := try()
		var need *projections.NeedError
		if !errors.As(err, &need) {
			return err
		}
		i := int(need.At.Seq()-1)*7 + need.At.Index()
		fold.Supply(need.At, lines[i])
	}
}

func mustStored(t interface{ Fatalf(string, ...any) }, line []byte) *events.Stored {
	var s events.Stored
	if err := s.ParseLine(line); err != nil {
		t.Fatalf("parse %s: %v", line, err)
	}
	return &s
}

func typeIs(typ string) func(fact) bool { return func(f fact) bool { return f.Type == typ } }

var (
	firmRule = stockRule{opens: typeIs("HighTechRecognized"), closes: typeIs("HighTechRevoked"), pair: []string{"certificate_no"},
		thing: "enterprise_id", until: "valid_to", months: 36}
	patentRule = stockRule{opens: typeIs("PatentGranted"), closes: typeIs("PatentLapsed"), pair: []string{"patent_no"}, thing: "patent_no", months: 4, from: "filed_on"}
	listRule   = stockRule{opens: typeIs("VillageListed"), thing: "village_id", ends: "delisted_on"}
	envoyRule  = stockRule{opens: typeIs("EnvoyAssigned"), closes: typeIs("EnvoyReleased"), pair: []string{"envoy_id", "village_id"},
		thing: "village_id", until: "to"}
)

// compare holds every figure of a view against the recount.
func compare(t *rapid.T, v *projections.View, orgs *events.Orgs, facts []fact) {
	for org := range orgs.Len() {
		code := orgs.Org(org).Code
		for month := range 6 {
			on := time.Date(2017, time.December, 17+month*30, 0, 0, 0, 0, time.UTC)
			quarter := time.Date(on.Year(), (on.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
			year := time.Date(on.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
			for _, c := range checks(v, org, code, facts, quarter, year, on) {
				if c.got != c.want {
					t.Fatalf("%s at %s on %s = %v, recount says %v", c.name, code, on.Format("2006-01-02"), c.got, c.want)
				}
			}
		}
	}
}

type check struct {
	name      string
	got, want any
}

func day(t time.Time) events.Day { return events.DayOf(t) }

func checks(v *projections.View, org int, code string, facts []fact, quarter, year, on time.Time) (list []check) {
	anywhere := countedAt(facts, "450000") // the one root of the tree
	facts = countedAt(facts, code)
	cell := func(name string) projections.Cell {
		m, ok := v.Measure(name)
		if !ok {
			panic(name)
		}
		return v.Total(m, org)
	}
	add := func(name string, got, want any) { list = append(list, check{name, got, want}) }
	projects := typeIs("ProjectSubmitted")
	add("projects", cell("projects").Sum(day(year), day(on)), naiveSum(facts, code, projects, "", year, on).Num().Int64())
	fen := new(big.Rat).Mul(naiveSum(facts, code, projects, "requested_yuan", quarter, on), big.NewRat(100, 1))
	add("funds", cell("funds").Sum(day(quarter), day(on)), fen.Num().Int64())
	add("applicants of the quarter", cell("applicants").Fresh(projections.QuarterSpan, day(quarter), day(on)),
		naiveDistinct(facts, code, projects, "entities", quarter, on))
	pool := func(f fact) bool { return f.Type == "EnterpriseIncubated" && f.str("pool") == "hnte" }
	add("pool of the year", cell("pool").Fresh(projections.YearSpan, day(year), day(on)),
		naiveDistinct(facts, code, pool, "enterprise_id", year, on))
	for name, rule := range map[string]stockRule{"firms": firmRule, "patents": patentRule, "listed": listRule, "assigned": envoyRule} {
		things, unnamed, opens := naiveInForce(facts, anywhere, code, rule, on)
		add(name, cell(name).Level(day(on)), int64(len(things))+unnamed)
		add(name+" events", cell(name).InForce(day(on)), opens)
	}
	things, _, _ := naiveInForce(facts, anywhere, code, listRule, on)
	envoys, _, _ := naiveInForce(anywhere, anywhere, "", envoyRule, on)
	covered := int64(0)
	for village := range things {
		if envoys[village] > 0 {
			covered++
		}
	}
	add("covered", cell("covered").Level(day(on)), covered)
	value, ok := cell("population").Latest(day(on))
	want := naiveLatest(facts, code, "population", on)
	add("population is known", ok, want != "")
	if ok && want != "" {
		add("population", value.String(), want)
	}
	return append(list, memberChecks(v, org, code, facts, anywhere, year, on)...)
}

func memberChecks(v *projections.View, org int, code string, facts, anywhere []fact, year, on time.Time) (list []check) {
	for _, level := range []string{"region", "city", projections.NoMember} {
		pass := func(f fact) bool {
			return f.Type == "ProjectSubmitted" && (f.str("level") == level || f.str("level") == "" && level == projections.NoMember)
		}
		list = append(list, check{"applicants by level " + level,
			memberCell(v, "applicants", org, level).Fresh(projections.YearSpan, day(year), day(on)),
			naiveDistinct(facts, code, pass, "entities", year, on)})
	}
	for _, kind := range []string{"first", "renewal"} {
		rule := firmRule
		rule.opens = func(f fact) bool { return f.Type == "HighTechRecognized" && f.str("kind") == kind }
		things, unnamed, opens := naiveInForce(facts, anywhere, code, rule, on)
		c := memberCell(v, "firms", org, kind)
		list = append(list, check{"firms by kind " + kind, c.Level(day(on)), int64(len(things)) + unnamed},
			check{"firm events by kind " + kind, c.InForce(day(on)), opens})
	}
	return list
}

func memberCell(v *projections.View, measure string, org int, name string) projections.Cell {
	m, _ := v.Measure(measure)
	for _, p := range v.Members(m, org) {
		if p.Name == name {
			return p.Cell
		}
	}
	return projections.Cell{}
}
