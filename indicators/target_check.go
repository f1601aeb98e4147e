package indicators

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// bases are all bases, in the order in which they are listed.
var bases = []string{BasisFlow, BasisStock, BasisNet, BasisGrowth}

// CheckTarget says what is wrong with a TargetSet that its schema cannot know: the basis must go with the indicator's kind
// (SEMANTICS 4.2), values must be such as the indicator can have, days must lie in the target's year. It refuses only what
// can never be meant; the event is otherwise good. A target for an indicator that the plan lacks has no faults here.
func (p *Plan) CheckTarget(e events.Event) []catalogue.Fault {
	t, ok := parseTarget(e.Data)
	d, known := p.Indicator(t.Indicator)
	if !ok || !known {
		return nil
	}
	c := &targetCheck{d: d, t: t}
	c.basis()
	if len(c.faults) == 0 { // what a value means depends on the basis
		if d.Kind == Milestone {
			c.stages()
		} else {
			c.amounts()
		}
		c.plan()
	}
	c.inYear("effective_from", t.EffectiveFrom)
	if d.Kind == Milestone || d.Pace.Kind == AtDue {
		c.inYear("due", t.Due)
	}
	return c.faults
}

// wantedTarget is the data of a TargetSet.
type wantedTarget struct {
	Indicator     string   `json:"indicator"`
	Year          int      `json:"year"`
	Value         string   `json:"value"`
	Basis         string   `json:"basis"`
	QuarterlyPlan []string `json:"quarterly_plan"`
	EffectiveFrom string   `json:"effective_from"`
	Due           string   `json:"due"`

	value Number
	plan  []Number
}

// parseTarget reads the data, which the schema has checked. It returns false if the plan's schema has other ideas.
func parseTarget(data []byte) (t wantedTarget, ok bool) {
	if json.Unmarshal(data, &t) != nil {
		return t, false
	}
	var err error
	if t.value, err = ParseNumber(t.Value); err != nil {
		return t, false
	}
	for _, s := range t.QuarterlyPlan {
		n, err := ParseNumber(s)
		if err != nil {
			return t, false
		}
		t.plan = append(t.plan, n)
	}
	return t, true
}

// targetCheck is the check of one target.
type targetCheck struct {
	d      *Definition
	t      wantedTarget
	faults []catalogue.Fault
}

func (c *targetCheck) fault(field, code string, want events.Text, got string, hint events.Text) {
	c.faults = append(c.faults, catalogue.Fault{Field: "data." + field, Code: code, Want: want, Got: catalogue.Shorten(fmt.Appendf(nil, "%q", got)), Hint: hint})
}

// basis refuses a basis in which no target for such an indicator can be worded.
func (c *targetCheck) basis() {
	if c.d.Kind.AllowsBasis(c.t.Basis) {
		return
	}
	var allowed []string
	for _, b := range bases {
		if c.d.Kind.AllowsBasis(b) {
			allowed = append(allowed, b)
		}
	}
	c.fault("basis", catalogue.CodeChoice, events.Text{
		ZH: fmt.Sprintf("%s(指标 %s 的种类是 %s)", strings.Join(allowed, "、"), c.d.ID, c.d.Kind),
		EN: fmt.Sprintf("%s, as the indicator %s is a %s", strings.Join(allowed, " or "), c.d.ID, c.d.Kind),
	}, c.t.Basis, events.Text{})
}

// absolute reports whether the target's value is one that the indicator itself is to have.
func (c *targetCheck) absolute() bool { return c.t.Basis == BasisFlow || c.t.Basis == BasisStock }

// mayBeNegative reports whether an indicator can have a value below 0. What is set from outside can have any, and a sum
// with four places is one of decimals, which may have a sign; a ratio may be one of those.
func (d *Definition) mayBeNegative() bool {
	return d.Kind == Net || d.Kind == Latest || d.Kind == Ratio || d.Kind == Sum && d.Places == jsonPlaces
}

// amounts refuses values that the indicator cannot have.
func (c *targetCheck) amounts() {
	lowest, applies := zero, c.absolute()
	if c.t.Basis == BasisGrowth {
		lowest, applies = NewNumber(-100, 0), true // a decrease by all there is
	}
	if c.d.mayBeNegative() {
		return
	}
	if applies && c.t.value.cmp(lowest) < 0 {
		c.fault("value", catalogue.CodeRange, c.atLeast(lowest), c.t.Value, events.Text{})
	}
	for i, n := range c.t.plan {
		if n.Sign() < 0 {
			c.fault(planField(i), catalogue.CodeRange, c.atLeast(zero), c.t.QuarterlyPlan[i], events.Text{})
		}
	}
	c.withinScale()
}

func (c *targetCheck) atLeast(n Number) events.Text {
	return events.Text{ZH: fmt.Sprintf("不小于 %s 的数(指标 %s 不会更低)", n, c.d.ID), EN: fmt.Sprintf("%s or more, as %s is never below", n, c.d.ID)}
}

// withinScale refuses a coverage of more than all there is.
func (c *targetCheck) withinScale() {
	if most := NewNumber(c.d.Scale, 0); c.d.Kind == Coverage && c.absolute() && c.t.value.cmp(most) > 0 {
		c.fault("value", catalogue.CodeRange, events.Text{
			ZH: fmt.Sprintf("不大于 %s 的数(全部覆盖即为 %s)", most, most), EN: fmt.Sprintf("%s or less, which covers all", most)}, c.t.Value, events.Text{})
	}
}

func planField(i int) string { return fmt.Sprintf("quarterly_plan[%d]", i) }

// plan checks the four values at the quarters' ends, which are cumulative and absolute whatever the basis.
func (c *targetCheck) plan() {
	n := len(c.t.plan)
	if n == 0 {
		return
	}
	if n != 4 {
		c.fault("quarterly_plan", catalogue.CodeLength, events.Text{ZH: "四个季度末的累计数", EN: "four cumulative values, one for each quarter's end"},
			strings.Join(c.t.QuarterlyPlan, ", "), events.Text{})
		return
	}
	for i := 1; i < n && c.neverFalls(); i++ {
		if c.t.plan[i].cmp(c.t.plan[i-1]) < 0 {
			c.fault(planField(i), catalogue.CodeRange, events.Text{
				ZH: "不小于上一季度末的 " + c.t.QuarterlyPlan[i-1], EN: "at least " + c.t.QuarterlyPlan[i-1] + ", as at the end of the quarter before",
			}, c.t.QuarterlyPlan[i], events.Text{ZH: "季度计划是年初以来的累计数", EN: "the plan's values add up from the beginning of the year"})
		}
	}
	if c.absolute() && !c.t.plan[3].Equal(c.t.value) {
		c.fault(planField(3), catalogue.CodeChoice, events.Text{ZH: "年度目标 " + c.t.Value, EN: c.t.Value + ", the target for the year"},
			c.t.QuarterlyPlan[3], events.Text{ZH: "第四季度末的累计计划就是年度目标", EN: "the plan ends with the year's target"})
	}
}

// neverFalls reports whether a plan that goes down cannot be meant: what adds up does not, and what should grow is not
// planned to shrink. A rate or a value set from outside may go either way within a year.
func (c *targetCheck) neverFalls() bool {
	switch c.d.Kind {
	case Count, Distinct:
		return true
	case Sum:
		return !c.d.mayBeNegative()
	case Stock, Net, Milestone:
		return c.d.Direction == Up
	}
	return false
}

// stages refuses values of a milestone that are not the ordinal of a stage; a plan may have 0, for none yet.
func (c *targetCheck) stages() {
	last := len(c.d.Stages)
	check := func(field, got string, n Number, first int) {
		if n.r.IsInt() && n.cmp(NewNumber(int64(first), 0)) >= 0 && n.cmp(NewNumber(int64(last), 0)) <= 0 {
			return
		}
		list := strings.Join(c.d.Stages, ", ")
		c.fault(field, catalogue.CodeRange, events.Text{
			ZH: fmt.Sprintf("%d 到 %d 的阶段序号", first, last), EN: fmt.Sprintf("the place of a stage, from %d to %d", first, last)},
			got, events.Text{ZH: "阶段依次为:" + strings.ReplaceAll(list, ", ", "、"), EN: "the stages are " + list})
	}
	if c.absolute() {
		check("value", c.t.Value, c.t.value, 1)
	}
	for i, n := range c.t.plan {
		check(planField(i), c.t.QuarterlyPlan[i], n, 0)
	}
}

// inYear refuses a day outside the target's year.
func (c *targetCheck) inYear(field, s string) {
	day, err := events.ParseDay(s)
	if s == "" || err != nil || day.Year() == c.t.Year {
		return
	}
	c.fault(field, catalogue.CodeRange, events.Text{ZH: fmt.Sprintf("%d 年内的日期", c.t.Year), EN: fmt.Sprintf("a day in %d, the target's year", c.t.Year)}, s, events.Text{})
}
