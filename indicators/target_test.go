package indicators

import (
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

func decimal(tb testing.TB, s string) events.Decimal {
	tb.Helper()
	d, err := events.ParseDecimal(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func TestTargetNormalised(t *testing.T) {
	tests := []struct {
		name   string
		kind   Kind
		places int
		basis  string
		value  string
		base   string
		last   string
		want   string
		why    TargetProblem
	}{
		{"flow on a count is the value", Count, 0, BasisFlow, "16", "0", "", "16", ""},
		{"flow on a sum of money is the value", Sum, 2, BasisFlow, "2000000.5", "0", "", "2000000.5", ""},
		{"flow on distinct things is the value", Distinct, 0, BasisFlow, "3", "0", "", "3", ""},
		{"flow on a stock is refused", Stock, 0, BasisFlow, "3", "5", "", "", BasisRefused},
		{"flow on a net is refused", Net, 0, BasisFlow, "3", "0", "", "", BasisRefused},
		{"stock on a stock is the level", Stock, 0, BasisStock, "12", "10", "", "12", ""},
		{"stock on a latest is the level", Latest, 4, BasisStock, "0.5", "0.3", "", "0.5", ""},
		{"stock on a ratio is the level", Ratio, 0, BasisStock, "1.2", "", "", "1.2", ""},
		{"stock on a coverage is the level", Coverage, 0, BasisStock, "100", "", "", "100", ""},
		{"stock on a milestone is the stage", Milestone, 0, BasisStock, "3", "1", "", "3", ""},
		{"stock on a count is refused", Count, 0, BasisStock, "3", "0", "", "", BasisRefused},
		{"stock on a net is refused", Net, 0, BasisStock, "3", "0", "", "", BasisRefused},
		{"net on a stock is added to the base", Stock, 0, BasisNet, "5", "10", "", "15", ""},
		{"net on a stock may be a decrease", Stock, 0, BasisNet, "-2", "10", "", "8", ""},
		{"net on a net is the value", Net, 0, BasisNet, "5", "0", "", "5", ""},
		{"net on a count is refused", Count, 0, BasisNet, "5", "0", "", "", BasisRefused},
		{"net on a ratio is refused", Ratio, 0, BasisNet, "5", "1", "", "", BasisRefused},
		{"growth of a count is rounded up", Count, 0, BasisGrowth, "10", "0", "11", "13", ""},
		{"growth that comes out even is not", Count, 0, BasisGrowth, "10", "0", "10", "11", ""},
		{"growth of a stock is rounded up", Stock, 0, BasisGrowth, "15", "9", "9", "11", ""},
		{"growth of a sum of counts is rounded up", Sum, 0, BasisGrowth, "8.5", "0", "246", "267", ""},
		{"growth of money is exact", Sum, 2, BasisGrowth, "8.5", "0", "246", "266.91", ""},
		{"growth of a ratio is exact", Ratio, 0, BasisGrowth, "10", "1.1", "1.1", "1.21", ""},
		{"growth may be negative", Count, 0, BasisGrowth, "-50", "0", "5", "3", ""},
		{"growth on nought has no base", Count, 0, BasisGrowth, "10", "0", "0", "", NoBase},
		{"growth on the unknown has no base", Latest, 4, BasisGrowth, "10", "", "", "", NoBase},
		{"growth on a negative figure has no base", Net, 0, BasisGrowth, "10", "0", "-3", "", NoBase},
		{"growth of a milestone is refused", Milestone, 0, BasisGrowth, "10", "1", "1", "", BasisRefused},
		{"an unknown basis is refused", Count, 0, "", "10", "0", "", "", BasisRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &Definition{Kind: tt.kind, Places: tt.places}
			target := projections.Target{Year: 2018, Value: decimal(t, tt.value), Basis: tt.basis}
			g, why := newGoal(d, target, num(t, tt.base), func() Number { return num(t, tt.last) })
			if !g.value.Equal(num(t, tt.want)) || why != tt.why {
				t.Errorf("target = %s, %q, want %s, %q", g.value, why, tt.want, tt.why)
			}
		})
	}
}

func TestExpected(t *testing.T) {
	plan := []events.Decimal{500000, 1000000, 1500000, 2000000}
	tests := []struct {
		name   string
		kind   Kind
		base   string
		target projections.Target
		pace   Pace
		on     string
		want   string
	}{
		{"the base at the end of the year before", Stock, "10", projections.Target{Value: 220000, Basis: BasisStock}, Pace{Kind: Monthly}, "2017-12-31", "10"},
		{"base plus a quarter of the way", Stock, "10", projections.Target{Value: 220000, Basis: BasisStock}, Pace{Kind: Monthly}, "2018-03-31", "13"},
		{"the target at the end", Stock, "10", projections.Target{Value: 220000, Basis: BasisStock}, Pace{Kind: Monthly}, "2018-12-31", "22"},
		{"a level that nobody knew begins with 0", Ratio, "", projections.Target{Value: 12000, Basis: BasisStock}, Pace{Kind: Monthly}, "2018-03-31", "0.3"},
		{"a way down", Stock, "10", projections.Target{Value: 60000, Basis: BasisStock}, Pace{Kind: Monthly}, "2018-06-30", "8"},
		{"a plan overrides the pace", Sum, "0", projections.Target{Value: 2000000, Basis: BasisFlow, Plan: plan}, Pace{Kind: Annual}, "2018-03-31", "50"},
		{"a plan is linear by day", Sum, "0", projections.Target{Value: 2000000, Basis: BasisFlow, Plan: plan}, Pace{}, "2018-01-09", "5"},
		{"a plan goes on from the quarter before", Sum, "0", projections.Target{Value: 2000000, Basis: BasisFlow, Plan: plan}, Pace{}, "2018-08-15", "125"},
		{"a plan begins with the base", Stock, "10", projections.Target{Value: 2000000, Basis: BasisStock, Plan: plan}, Pace{}, "2018-01-09", "14"},
		{"a plan has nothing to say of the year before", Stock, "10", projections.Target{Value: 2000000, Basis: BasisStock, Plan: plan}, Pace{}, "2017-12-31", "10"},
		{"a plan keeps the jumps of its pace", Sum, "0", projections.Target{Value: 2000000, Basis: BasisFlow, Plan: plan}, Pace{Kind: Stepped, Jump: true}, "2018-06-29", "50"},
		{"a plan gives a pace where there is none", Sum, "0", projections.Target{Value: 2000000, Basis: BasisFlow, Plan: plan}, Pace{Kind: NoPace}, "2018-06-30", "100"},
		{"a plan of a net increase is absolute, as any plan", Stock, "10", projections.Target{Value: 1900000, Basis: BasisNet, Plan: plan}, Pace{}, "2018-03-31", "50"},
		{"and comes to base and value at the end", Stock, "10", projections.Target{Value: 1900000, Basis: BasisNet, Plan: plan}, Pace{}, "2018-12-31", "200"},
		{"a plan holds after the year", Sum, "0", projections.Target{Value: 2000000, Basis: BasisFlow, Plan: plan}, Pace{}, "2019-01-15", "200"},
		{"without a pace nothing is known to be due", Sum, "0", projections.Target{Value: 2000000, Basis: BasisFlow}, Pace{Kind: NoPace}, "2018-06-30", ""},
		{"a due day of its own", Milestone, "1", projections.Target{Value: 30000, Basis: BasisStock, Due: events.NewDay(2018, 9, 30)}, Pace{Kind: AtDue}, "2018-09-29", "1"},
		{"and from it on", Milestone, "1", projections.Target{Value: 30000, Basis: BasisStock, Due: events.NewDay(2018, 9, 30)}, Pace{Kind: AtDue}, "2018-09-30", "3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.target.Year = 2018
			g, _ := newGoal(&Definition{Kind: tt.kind, Pace: tt.pace}, tt.target, num(t, tt.base), nil)
			if got := g.expected(on(t, tt.on)); !got.Equal(num(t, tt.want)) {
				t.Errorf("expected(%s) = %s, want %s", tt.on, got, tt.want)
			}
		})
	}
}

func TestTargetInForce(t *testing.T) {
	set := func(day, from string) projections.Target {
		target := projections.Target{Year: 2018, Day: on(t, day)}
		if from != "" {
			target.EffectiveFrom = on(t, from)
		}
		return target
	}
	tests := []struct {
		name    string
		targets []projections.Target
		on      string
		want    int // index; -1 for none
	}{
		{"none was set", nil, "2018-06-30", -1},
		{"the first holds from 1 January, whenever it was set", []projections.Target{set("2018-03-15", "")}, "2018-01-01", 0},
		{"but not before", []projections.Target{set("2017-11-15", "")}, "2017-12-31", -1},
		{"the first may name a later day", []projections.Target{set("2018-03-15", "2018-04-01")}, "2018-03-31", -1},
		{"a later one does not hold before its day", []projections.Target{set("2018-03-15", ""), set("2018-07-01", "")}, "2018-06-30", 0},
		{"a later one holds from its day", []projections.Target{set("2018-03-15", ""), set("2018-07-01", "")}, "2018-07-01", 1},
		{"or from the day that it names", []projections.Target{set("2018-03-15", ""), set("2018-07-01", "2018-04-01")}, "2018-04-01", 1},
		{"of two from one day the one set last", []projections.Target{set("2018-01-15", ""), set("2018-07-01", ""), set("2018-07-01", "")}, "2018-07-01", 2},
		{"the latest day wins, not the latest position", []projections.Target{set("2018-01-15", ""), set("2018-09-01", ""), set("2018-07-01", "")}, "2018-12-31", 1},
		{"a day named before the year is before 1 January", []projections.Target{set("2018-01-15", ""), set("2018-07-01", "2017-12-01")}, "2018-01-01", 0},
		{"of two days named before the year the later one", []projections.Target{set("2017-11-15", "2017-12-20"), set("2017-11-16", "2017-12-01")}, "2018-03-31", 0},
		{"one revised before the year replaces the first", []projections.Target{set("2017-11-15", ""), set("2017-12-20", "")}, "2018-01-01", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.targets {
				tt.targets[i].At = events.At(1, i)
			}
			got, ok := inForce(tt.targets, on(t, tt.on))
			if ok != (tt.want >= 0) || ok && got.At != events.At(1, tt.want) {
				t.Errorf("in force: %v %s, want index %d", ok, got.At, tt.want)
			}
		})
	}
}
