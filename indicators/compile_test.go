package indicators_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/projections"
)

// sameFilter compares filters by what they read.
var sameFilter = cmp.Comparer(func(a, b *projections.Filter) bool {
	return (a == nil) == (b == nil) && (a == nil || cmp.Equal(a.Fields(), b.Fields()))
})

func filterOn(tb testing.TB, plan *indicators.Plan, typeName, src string) *projections.Filter {
	tb.Helper()
	typ, ok := plan.Catalogue.Type(typeName)
	if !ok {
		tb.Fatalf("no type %s", typeName)
	}
	f, mistakes := projections.CompileFilter(src, typ)
	if len(mistakes) > 0 {
		tb.Fatal(mistakes)
	}
	return f
}

func TestLoadCompilesEveryKindToItsMeasures(t *testing.T) {
	plan := mustLoad(t, goodPlan(t))
	opens := projections.Input{Type: "CertificateIssued", Role: projections.Opens, Pair: []string{"no", "firm_id"}, Thing: "firm_id",
		Until: "valid_to", Valid: 36, ValidFrom: "filed_on", Where: filterOn(t, plan, "CertificateIssued", `data.kind == "first"`)}
	expires := projections.Input{Type: "CertificateIssued", Role: projections.Opens, Pair: []string{"no"}, Thing: "firm_id", Ends: "out_on", Valid: 18}
	secure := expires
	secure.Early = 12
	want := []projections.Measure{
		{Name: "deals", Kind: projections.Flow, By: []string{"kind", "first"}, Inputs: []projections.Input{
			{Type: "DealMade", Where: filterOn(t, plan, "DealMade", `data.kind == "gift" || data.amount_yuan > 1`)}}},
		{Name: "volume", Kind: projections.Flow, Inputs: []projections.Input{
			{Type: "DealMade", Amount: "amount_yuan", Scale: 2},
			{Type: "DealChanged", Amount: "amount_yuan", Scale: 2, Where: filterOn(t, plan, "DealChanged", `data.up`)}}},
		{Name: "firms", Kind: projections.Distinct, Inputs: []projections.Input{{Type: "DealMade", Thing: "entities"}}},
		{Name: "certificates", Kind: projections.Stock, By: []string{"kind"}, Inputs: []projections.Input{opens,
			{Type: "CertificateRevoked", Role: projections.Closes, Pair: []string{"no", "firm_id"}}}},
		{Name: "expiring", Kind: projections.Stock, Inputs: []projections.Input{expires}},
		{Name: "expiring.secure", Kind: projections.Stock, Inputs: []projections.Input{secure}},
		{Name: "people", Kind: projections.Latest, Inputs: []projections.Input{
			{Type: "ValueSet", Amount: "value", Scale: 4, Where: filterOn(t, plan, "ValueSet", `data.key == "x"`)}}},
		{Name: "covered", Kind: projections.Coverage, Of: "certificates", On: "listed"},
		{Name: "listed", Kind: projections.Stock, Inputs: []projections.Input{
			{Type: "CertificateIssued", Role: projections.Opens, Pair: []string{"no"}, Thing: "no"}}},
		{Name: "progress", Kind: projections.Flow, By: []string{"stage"}, Inputs: []projections.Input{{Type: "DealChanged"}}},
	}
	if diff := cmp.Diff(want, plan.Measures, sameFilter, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("measures (-want +got):\n%s", diff)
	}
}

func TestLoadFillsDefinitions(t *testing.T) {
	plan := mustLoad(t, goodPlan(t))
	const deal, issued, revoked = "DealMade", "CertificateIssued", "CertificateRevoked"
	monthly, hold := indicators.Pace{Kind: indicators.Monthly}, indicators.Pace{Kind: indicators.Hold}
	want := []*indicators.Definition{
		{ID: "deals", Name: text("成交数", "Deals"), Unit: text("项", "deals"), Office: "成果科", Kind: indicators.Count, Direction: indicators.Up,
			By: []string{"kind", "first"}, Measure: "deals", Types: []string{deal}, Pace: monthly},
		{ID: "volume", Name: text("成交额", "Volume"), Unit: text("元", "yuan"), Kind: indicators.Sum, Direction: indicators.Up, Decimals: 2,
			Measure: "volume", Places: 2, Types: []string{"DealChanged", deal},
			Pace: indicators.Pace{Kind: indicators.Stepped, Shares: [4]events.Decimal{0, 2500, 5000, 10000}, Jump: true}},
		{ID: "firms", Name: text("参与企业", "Firms"), Unit: text("家", "firms"), Kind: indicators.Distinct, Direction: indicators.Up,
			Measure: "firms", Types: []string{deal}, Pace: monthly},
		{ID: "certificates", Name: text("有效证书", "Certificates"), Unit: text("张", "certificates"), Kind: indicators.Stock, Direction: indicators.Down,
			By: []string{"kind"}, Measure: "certificates", Types: []string{issued, revoked}, Pace: monthly},
		{ID: "expiring", Name: text("将到期证书", "Expiring"), Unit: text("张", "certificates"), Kind: indicators.Stock, Direction: indicators.Up,
			Measure: "expiring", Minus: "expiring.secure", Types: []string{issued}, Pace: indicators.Pace{Kind: indicators.NoPace}},
		{ID: "growth", Name: text("净增", "Growth"), Unit: text("张", "certificates"), Kind: indicators.Net, Direction: indicators.Up,
			Of: "certificates", Types: []string{issued, revoked}, Pace: monthly},
		{ID: "people", Name: text("人口", "People"), Unit: text("人", "people"), Kind: indicators.Latest, Direction: indicators.Up,
			Measure: "people", Places: 4, RollUp: true, Types: []string{"ValueSet"}, Pace: monthly},
		{ID: "density", Name: text("每万人证书", "Density"), Unit: text("张/万人", "per 10,000"), Kind: indicators.Ratio, Direction: indicators.Up, Decimals: 1,
			Of: "certificates", Per: "people", Scale: 10000, Types: []string{issued, revoked, "ValueSet"}, Pace: hold},
		{ID: "covered", Name: text("覆盖率", "Covered"), Unit: text("%", "%"), Kind: indicators.Coverage, Direction: indicators.Up,
			Measure: "covered", Of: "certificates", Per: "listed", Scale: 100, Types: []string{issued, revoked}, Pace: indicators.Pace{Kind: indicators.Daily}},
		{ID: "listed", Name: text("名录", "Listed"), Unit: text("张", "certificates"), Kind: indicators.Stock, Direction: indicators.Up,
			Measure: "listed", Types: []string{issued}, Pace: monthly},
		{ID: "progress", Name: text("进度", "Progress"), Unit: text("阶段", "stage"), Kind: indicators.Milestone, Direction: indicators.Up,
			Measure: "progress", Stages: []string{"planned", "signed"}, Types: []string{"DealChanged"}, Pace: indicators.Pace{Kind: indicators.AtDue}},
	}
	if diff := cmp.Diff(want, plan.Indicators); diff != "" {
		t.Errorf("definitions (-want +got):\n%s", diff)
	}
	for _, d := range want {
		if got, ok := plan.Indicator(d.ID); !ok || got.ID != d.ID {
			t.Errorf("Indicator(%s) = %v, %v", d.ID, got, ok)
		}
	}
}

func text(zh, en string) events.Text { return events.Text{ZH: zh, EN: en} }

func TestLoadFillsThePlan(t *testing.T) {
	plan := mustLoad(t, goodPlan(t))
	if plan.Name != text("示例方案", "Example plan") || plan.Zone.String() != "Asia/Shanghai" || plan.DefaultOrg != "450703" || plan.ReportDay != 25 {
		t.Errorf("plan = %+v", plan)
	}
	for _, c := range []struct{ got, want any }{
		{plan.Thresholds, indicators.Thresholds{Profile: "ratio", OnTrack: 10000, Attention: 8500, Behind: 5000}},
		{plan.Expose, indicators.Expose{Depth: 1, Quarters: 8, MaxSeries: 100}},
		{plan.Duties, []indicators.Duty{{Org: "450703", Indicator: "deals"}, {Org: "450703", Indicator: "volume"}}},
		{plan.Counts(), indicators.Counts{Orgs: 2, EventTypes: 8, Indicators: 11, Filters: 4}},
		{plan.Orgs.Org(1), events.Org{Code: "450703", Name: text("钦北区", "Qinbei"), Parent: "450700"}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%T (-want +got):\n%s", c.got, diff)
		}
	}
}

func TestLoadHasDefaults(t *testing.T) {
	plan := goodPlan(t)
	plan["plan.yaml"].Data = []byte("name: {zh: 方案, en: Plan}\ntime_zone: UTC\n")
	got := mustLoad(t, plan)
	if diff := cmp.Diff(indicators.Thresholds{Profile: "ratio", OnTrack: 10000, Attention: 8000, Behind: 6000}, got.Thresholds); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(indicators.Expose{Depth: 2, Quarters: 4, MaxSeries: 50000}, got.Expose); diff != "" {
		t.Error(diff)
	}
	plan["plan.yaml"].Data = append(plan["plan.yaml"].Data, "status: {profile: points}\n"...)
	want := indicators.Thresholds{Profile: indicators.PointsProfile, BehindPoints: 100000, CriticalPoints: 300000}
	if diff := cmp.Diff(want, mustLoad(t, plan).Thresholds); diff != "" {
		t.Error(diff)
	}
}
