package indicators_test

import (
	"math"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// aimed is a diary by a plan with every pace, in which targets of every basis are set, some of them with a quarterly plan.
func aimed(t *testing.T) *diary {
	t.Helper()
	plan, err := ledgerPlan(
		"count: {event: PatentGranted}", "pace: daily, count: {event: PatentGranted}",
		"distinct: {event: EnterpriseIncubated", "pace: {stepped: [0.1, 0.3, 0.6, 1]}, distinct: {event: EnterpriseIncubated",
	)
	if err != nil {
		t.Fatal(err)
	}
	d := livedBy(t, plan)
	d.happen(`
2017-03-01 450703 PatentGranted {"kind":"invention","count":6}
2017-12-01 450703 ReferenceValueSet {"key":"population","value":"710000"}
2017-12-01 450703 ReferenceValueSet {"key":"intensity","value":"1.3333"}
2017-12-01 450703 SubsidyDisbursed {"subsidy_id":"s0","kind":"conversion","amount_yuan":"100.10"}
2018-02-01 450703 EnvoyServiceRecorded {"kind":"guidance","count":64}
2018-01-01 450703 TargetSet {"indicator":"guidances","year":2018,"value":"200","basis":"flow","quarterly_plan":["50","100","150","200"]}
2018-01-01 450703 TargetSet {"indicator":"grants","year":2018,"value":"15","basis":"growth"}
2018-01-01 450703 TargetSet {"indicator":"pool","year":2018,"value":"7","basis":"flow"}
2018-01-01 450703 TargetSet {"indicator":"requested","year":2018,"value":"1000.5","basis":"flow"}
2018-01-01 450703 TargetSet {"indicator":"paid","year":2018,"value":"5","basis":"growth"}
2018-01-01 450703 TargetSet {"indicator":"paid_share","year":2018,"value":"70","basis":"stock"}
2018-01-01 450703 TargetSet {"indicator":"firms","year":2018,"value":"5","basis":"net"}
2018-01-01 450703 TargetSet {"indicator":"firms_net","year":2018,"value":"5","basis":"net"}
2018-01-01 450703 TargetSet {"indicator":"expiring","year":2018,"value":"-10","basis":"growth"}
2018-01-01 450703 TargetSet {"indicator":"population","year":2018,"value":"0.3","basis":"growth"}
2018-01-01 450703 TargetSet {"indicator":"intensity","year":2018,"value":"10","basis":"growth"}
2018-01-01 450703 TargetSet {"indicator":"last_payment","year":2018,"value":"-5","basis":"growth"}
2018-01-01 450703 TargetSet {"indicator":"firms_per_10k","year":2018,"value":"3.5","basis":"growth"}
2018-01-01 450703 TargetSet {"indicator":"villages","year":2018,"value":"9","basis":"net","quarterly_plan":["1","2","5","9"]}
2018-01-01 450703 TargetSet {"indicator":"coverage","year":2018,"value":"66.6667","basis":"stock"}
2018-01-01 450703 TargetSet {"indicator":"park","year":2018,"value":"3","basis":"stock","due":"2018-09-30"}
`)
	return d
}

func arithmetic(x *indicators.Explanation) string {
	var steps []string
	for _, s := range x.Arithmetic {
		steps = append(steps, s.Term+" "+s.Numbers)
	}
	return strings.Join(steps, " | ")
}

func TestArithmetic(t *testing.T) {
	d := aimed(t)
	for _, tt := range []struct{ indicator, span, asOf, want string }{
		{"grants", "quarter", "2018-03-01", "value 3 | target 7 × 90/365 - 0 ≈ 1.726 | expected 7 × 60/365 - 0 ≈ 1.1507 | gap 1.726 - 3 ≈ -1.274 | completion 3 / 1.726 ≈ 1.7381 | " +
			"pace_ratio (3 - 0) / (1.1507 - 0) ≈ 2.6071 | status achieved"},
		{"grants", "year", "2018-03-01", "value 3 | target 6 × (1 + 15/100) = 6.9 → 7 | expected 7 × 60/365 ≈ 1.1507 | gap 7 - 3 = 4 | completion 3 / 7 ≈ 0.4286 | " +
			"pace_ratio (3 - 0) / (1.1507 - 0) ≈ 2.6071 | status on_track"},
		{"requested", "quarter", "2018-05-15", "value 0 | target 1000.5 × 6/12 - 1000.5 × 3/12 = 250.125 | expected 1000.5 × 4/12 - 1000.5 × 3/12 = 83.375 | gap 250.125 - 0 = 250.125 | " +
			"completion 0 / 250.125 = 0 | pace_ratio (0 - 0) / (83.375 - 0) = 0 | status critical"},
		{"pool", "year", "2018-05-15", "value 1 + 1 = 2 | target 7 | expected 7 × (0.1 + (0.3 - 0.1) × 45/91) ≈ 1.3923 | gap 7 - 2 = 5 | completion 2 / 7 ≈ 0.2857 | " +
			"pace_ratio (2 - 0) / (1.3923 - 0) ≈ 1.4365 | status on_track"},
		{"guidances", "quarter", "2018-05-15", "value 0 | target 100 - 50 = 50 | expected 50 + (100 - 50) × 45/91 - 50 ≈ 24.7253 | gap 50 - 0 = 50 | completion 0 / 50 = 0 | " +
			"pace_ratio (0 - 0) / (24.7253 - 0) ≈ 0 | status critical"},
		{"firms", "year", "2018-03-01", "value 1 | base 2 | target 2 + 5 = 7 | expected 2 + (7 - 2) × 2/12 ≈ 2.8333 | gap 7 - 1 = 6 | completion 1 / 7 ≈ 0.1429 | " +
			"pace_ratio (1 - 2) / (2.8333 - 2) ≈ -1.2 | status critical"},
		{"firms", "quarter", "2018-03-01", "value 1 | base 2 | target 2 + (7 - 2) × 3/12 = 3.25 | expected 2 + (7 - 2) × 2/12 ≈ 2.8333 | gap 3.25 - 1 = 2.25 | completion 1 / 3.25 ≈ 0.3077 | " +
			"pace_ratio (1 - 2) / (2.8333 - 2) ≈ -1.2 | status critical"},
		{"firms_net", "year", "2018-03-01", "value 1 - 2 = -1 | target 5 | expected 5 × 2/12 ≈ 0.8333 | gap 5 - (-1) = 6 | completion (-1) / 5 = -0.2 | " +
			"pace_ratio ((-1) - 0) / (0.8333 - 0) ≈ -1.2 | status critical"},
		{"last_payment", "year", "2018-03-01", "value 10000 | base 100.1 | target 100.1 × (1 + (-5)/100) = 95.095 | expected — | gap 95.095 - 10000 = -9904.905 | " +
			"completion 10000 / 95.095 ≈ 105.158 | pace_ratio — | status achieved"},
		{"paid", "quarter", "2018-03-01", "value 10000 | status no_target"},
		{"paid_share", "quarter", "2018-03-01", "value 10000 × 100 / 30000.1 ≈ 33.3332 | base — | target 70 × 1 = 70 | expected 70 × 1 = 70 | gap 70 - 33.3332 ≈ 36.6668 | " +
			"completion 33.3332 / 70 ≈ 0.4762 | pace_ratio (33.3332 - 0) / (70 - 0) ≈ 0.4762 | status critical"},
		{"firms_per_10k", "year", "2018-03-01", "value 1 × 10000 / 710000 ≈ 0.0141 | base ≈ 0.0282 | target 0.0282 × (1 + 3.5/100) ≈ 0.0292 | " +
			"expected 0.0282 + (0.0292 - 0.0282) × 1 ≈ 0.0292 | gap 0.0292 - 0.0141 ≈ 0.0151 | completion 0.0141 / 0.0292 ≈ 0.4831 | " +
			"pace_ratio (0.0141 - 0.0282) / (0.0292 - 0.0282) ≈ -14.2857 | status critical"},
		{"villages", "quarter", "2018-05-15", "value 1 + 1 + 1 = 3 | base 0 | target 2 | expected 1 + (2 - 1) × 45/91 ≈ 1.4945 | gap 2 - 3 = -1 | completion 3 / 2 = 1.5 | " +
			"pace_ratio (3 - 0) / (1.4945 - 0) ≈ 2.0074 | status achieved"},
	} {
		quarter := indicators.QuarterOf(mustDate(t, tt.asOf)).String()
		x := d.explain(d.ask(tt.indicator, quarter, "450703", tt.span, tt.asOf))
		if diff := cmp.Diff(tt.want, arithmetic(x)); diff != "" {
			t.Errorf("%s of the %s as of %s (-want +got):\n%s", tt.indicator, tt.span, tt.asOf, diff)
		}
	}
}

// Where a target comes from is said in words, in the quarter with the year's target that it is a part of.
func TestTargetsInWords(t *testing.T) {
	d := aimed(t)
	for _, tt := range []struct{ indicator, span, zh, en string }{
		{"grants", "year", "全年目标：上年 × (1 + 增长率)，向上取整", "of the year: last year × (1 + growth), rounded up"},
		{"grants", "quarter", "季度末应完成 - 上季度末应完成：全年目标 × 序时进度；全年目标：上年 × (1 + 增长率)，向上取整，6 × (1 + 15/100) = 6.9 → 7",
			"due at the quarter's end - due at the end of the quarter before: year's target × pace; the year's target: last year × (1 + growth), rounded up, 6 × (1 + 15/100) = 6.9 → 7"},
		{"firms", "quarter", "季度末应达到：起点 + (全年目标 - 起点) × 序时进度；全年目标：起点 + 净增，2 + 5 = 7",
			"due at the quarter's end: start + (year's target - start) × pace; the year's target: base + net increase, 2 + 5 = 7"},
		{"villages", "quarter", "季度末应达到：按季度累计计划 1 / 2 / 5 / 9", "due at the quarter's end: by the quarterly plan 1 / 2 / 5 / 9"},
		{"villages", "year", "全年目标：起点 + 净增", "of the year: base + net increase"},
		{"population", "year", "全年目标：上年 × (1 + 增长率)", "of the year: last year × (1 + growth)"},
		{"firms_net", "year", "全年目标", "of the year"},
	} {
		x := d.explain(d.ask(tt.indicator, "2018Q1", "450703", tt.span, "2018-03-01"))
		for _, s := range x.Arithmetic {
			if want := (events.Text{ZH: tt.zh, EN: tt.en}); s.Term == "target" && s.Formula != want {
				t.Errorf("target of %s, %s:\n got %s\n     %s\nwant %s\n     %s", tt.indicator, tt.span, s.Formula.ZH, s.Formula.EN, want.ZH, want.EN)
			}
		}
	}
	x := d.explain(d.ask("paid", "2018Q1", "450703", "quarter", "2018-03-01"))
	if got := x.Arithmetic[len(x.Arithmetic)-1].Formula.EN; got != "there is a target of the year, but no pace that says what is due in the quarter" {
		t.Errorf("a target without a pace: %s", got)
	}
}

// TestNoEquationIsFalse: whatever the day, what stands left of = comes to exactly what stands right of it, what stands left
// of ≈ nearly so, and = stands wherever nothing was rounded. The last number is the scorecard's.
func TestNoEquationIsFalse(t *testing.T) {
	d := aimed(t)
	equations := map[string]int{}
	for day := mustDate(t, "2018-01-01"); day <= mustDate(t, "2018-12-31"); day++ {
		if _, month, n := day.Date(); n%9 != 0 && n < 30 && int(month)*31 != n {
			continue
		}
		q := indicators.QuarterOf(day)
		for _, def := range d.plan.Indicators {
			for _, span := range []string{indicators.SpanQuarter, indicators.SpanYear} {
				x := d.explain(d.ask(def.ID, q.String(), "450703", span, day.String()))
				f := x.Figure
				figures := map[string]indicators.Number{"value": f.Value, "base": f.Base, "target": f.Target, "expected": f.Expected, "gap": f.Gap,
					"completion": f.Completion, "pace_ratio": f.PaceRatio}
				for _, s := range x.Arithmetic {
					if s.Formula.ZH == "" || s.Formula.EN == "" {
						t.Errorf("%s: the step %s has no words", def.ID, s.Term)
					}
					if s.Term == "status" {
						continue
					}
					if fault := falsehood(s.Numbers, figures[s.Term]); fault != "" {
						t.Errorf("%s of the %s as of %s: %s: %s: %s", def.ID, span, day, s.Term, s.Numbers, fault)
					}
					equations[equality.FindString(s.Numbers)]++
				}
			}
		}
	}
	if equations[" = "] < 1000 || equations[" ≈ "] < 1000 {
		t.Errorf("only so many equations were checked: %v", equations)
	}
}

var equality = regexp.MustCompile(` [=≈] `)

// falsehood says what is wrong with a line of arithmetic that leads to a number.
func falsehood(line string, to indicators.Number) string {
	end := line[strings.LastIndex(line, " ")+1:]
	if want := to.String(); end != want && !(end == indicators.Unknown && !to.Known()) {
		return "the figure is " + want
	}
	sign := strings.TrimSpace(equality.FindString(line))
	left, right, found := strings.Cut(line, " "+sign+" ")
	right, up, ceiled := strings.Cut(right, " → ")
	if sign == "" || !found || right == indicators.Unknown {
		return ""
	}
	a, b := evaluate(left), evaluate(right)
	off, _ := new(big.Rat).Sub(a, b).Float64()
	size, _ := b.Float64()
	switch {
	case sign == "=" && off != 0:
		return "= is wrong"
	case sign == "≈" && off == 0 && !strings.Contains(line, "."):
		return "≈ where nothing is rounded"
	case sign == "≈" && math.Abs(off) > 0.05*(0.1+math.Abs(size)):
		return "≈ is far off"
	case ceiled && (evaluate(up).Cmp(b) <= 0 || !evaluate(up).IsInt()):
		return "not rounded up"
	}
	return ""
}

// evaluate computes a formula exactly.
func evaluate(s string) *big.Rat {
	c := &calculator{rest: []rune(strings.ReplaceAll(s, " ", ""))}
	return c.sum()
}

// calculator reads sums of products of numbers and sums in parentheses.
type calculator struct{ rest []rune }

// next takes one of some characters; 0 if none of them follows.
func (c *calculator) next(of string) rune {
	if len(c.rest) == 0 || !strings.ContainsRune(of, c.rest[0]) {
		return 0
	}
	r := c.rest[0]
	c.rest = c.rest[1:]
	return r
}

func (c *calculator) sum() *big.Rat {
	n := c.product()
	for op := c.next("+-"); op != 0; op = c.next("+-") {
		if m := c.product(); op == '+' {
			n = new(big.Rat).Add(n, m)
		} else {
			n = new(big.Rat).Sub(n, m)
		}
	}
	return n
}

func (c *calculator) product() *big.Rat {
	n := c.number()
	for op := c.next("×/"); op != 0; op = c.next("×/") {
		if m := c.number(); op == '×' {
			n = new(big.Rat).Mul(n, m)
		} else {
			n = new(big.Rat).Quo(n, m)
		}
	}
	return n
}

func (c *calculator) number() *big.Rat {
	if c.next("(") != 0 {
		n := c.sum()
		c.next(")")
		return n
	}
	digits := ""
	for r := c.next("-0123456789."); r != 0; r = c.next("0123456789.") {
		digits += string(r)
	}
	n, ok := new(big.Rat).SetString(digits)
	if !ok {
		panic("no number at " + string(c.rest))
	}
	return n
}
