package indicators

import (
	"fmt"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/projections"
)

// Step is one line of the arithmetic of a figure: gap = target - value, 4 - 0 = 4.
type Step struct {
	Term    string      `json:"term"`    // value, base, target, expected, gap, completion, pace_ratio or status
	Formula events.Text `json:"formula"` // in words
	// Numbers is the formula with the numbers put in: = where all are written in full, ≈ where any is rounded, → before what
	// was rounded up; a number alone where nothing is computed. Of the status it is the word.
	Numbers string `json:"numbers"`
}

// steps shows how the numbers of a figure follow from each other.
func (e *explaining) steps(x *Explanation, d *Definition, on events.Day) []Step {
	f := x.Figure
	s := &stepping{f: f, dir: d.Direction}
	s.add("value", valueFormula(x.Value), valueNumbers(x.Value))
	if d.Kind.Level() {
		before := Quarter{x.Quarter.Year - 1, 4}.Last().String()
		s.add("base", both("%s 的数", "the level on %s", same(before)), alone(f.Base))
	}
	ev := &evaluation{reading: e.reading, quarter: x.Quarter, org: e.ask.Org, on: on}
	g := ev.goal(d, ev.base(d, e.ask.Org, x.Quarter.Year), &Row{})
	if !f.Target.Known() {
		s.add("status", noTarget(g), string(f.Status))
		return s.steps
	}
	s.due(x, g, ev.yearTarget(d, g), d.Kind.Level(), on)
	s.against()
	s.add("status", s.reason(e.plan.Thresholds), string(f.Status))
	return s.steps
}

// noTarget says why there is nothing to hold the value against.
func noTarget(g goal) events.Text {
	if g.value.Known() {
		return events.Text{ZH: "有全年目标，但不设进度，本季没有应完成的", EN: "there is a target of the year, but no pace that says what is due in the quarter"}
	}
	return events.Text{ZH: "没有目标", EN: "there is no target"}
}

// stepping is steps in the making.
type stepping struct {
	f     *Figure
	dir   Direction
	steps []Step
}

func (s *stepping) add(term string, formula events.Text, numbers string) {
	s.steps = append(s.steps, Step{term, formula, numbers})
}

func valueFormula(p *Part) events.Text {
	switch {
	case p.Role == RoleValue && len(p.Parts) == 0:
		return both("计入的 %s 条之和", "the contributions of the events counted (%s)", same(fmt.Sprint(p.Counted)))
	case p.Parts[0].Role == RoleNow:
		return events.Text{ZH: "当日 - 时段开始前一天", EN: "on the day - before the span"}
	case p.Parts[0].Role == RoleCovered:
		return events.Text{ZH: "已覆盖 × 倍数 / 名录", EN: "covered × scale / listed"}
	}
	return events.Text{ZH: "分子 × 倍数 / 分母", EN: "numerator × scale / denominator"}
}

func valueNumbers(p *Part) string {
	if p.Formula != "" {
		return p.Formula
	}
	if !p.Value.Known() { // though some of its terms may be
		return Unknown
	}
	var terms []operand
	for i := range p.Events {
		if r := &p.Events[i]; r.Verdict == projections.Counted {
			terms = append(terms, operandOf(r.Contribution))
		}
	}
	if n := len(terms); n < 2 || n > mostTerms || int64(n) < p.Counted {
		return alone(p.Value)
	}
	return formula("%s"+strings.Repeat(" + %s", len(terms)-1), terms...).equals(p.Sum)
}

// mostTerms is up to how many contributions a sum is written out.
const mostTerms = 8

// due shows what is wanted by the end of the span and what by the day. What is wanted in the quarter is a part of the year's
// target: where that comes from is said with it.
func (s *stepping) due(x *Explanation, g goal, year wording, level bool, on events.Day) {
	q, now := x.Quarter, g.dueOn(on)
	if x.Span == SpanYear {
		words := events.Text{ZH: "全年目标", EN: "of the year"}
		if year.worked() {
			words = join(words, events.Text{ZH: "：", EN: ": "}, year.formula)
		}
		s.add("target", words, year.numbers)
		s.add("expected", g.dueWords(), now.equals(s.f.Expected))
		return
	}
	words := g.dueWords()
	if year.worked() && !g.byPlan() {
		words = join(words, events.Text{ZH: "；全年目标：", EN: "; the year's target: "}, year.formula, both("，%s", ", %s", same(year.numbers)))
	}
	end := g.dueOn(q.Last())
	if level {
		s.add("target", join(events.Text{ZH: "季度末应达到：", EN: "due at the quarter's end: "}, words), end.equals(s.f.Target))
		s.add("expected", events.Text{ZH: "截至当日应达到", EN: "due by the day"}, now.equals(s.f.Expected))
		return
	}
	before := g.dueOn(q.First() - 1)
	s.add("target", join(events.Text{ZH: "季度末应完成 - 上季度末应完成：", EN: "due at the quarter's end - due at the end of the quarter before: "}, words),
		formula("%s - %s", end, before).equals(s.f.Target))
	s.add("expected", events.Text{ZH: "截至当日应完成 - 上季度末应完成", EN: "due by the day - due at the end of the quarter before"},
		formula("%s - %s", now, before).equals(s.f.Expected))
}

// against shows how the value is held against what is wanted.
func (s *stepping) against() {
	f := s.f
	value, target, due, start := operandOf(f.Value), operandOf(f.Target), operandOf(f.Expected), operandOf(f.start())
	if s.dir == Down {
		s.add("gap", events.Text{ZH: "数值 - 目标", EN: "value - target"}, formula("%s - %s", value, target).equals(f.Gap))
	} else {
		s.add("gap", events.Text{ZH: "目标 - 数值", EN: "target - value"}, formula("%s - %s", target, value).equals(f.Gap))
	}
	s.add("completion", events.Text{ZH: "数值 / 目标", EN: "value / target"}, formula("%s / %s", value, target).equals(f.Completion))
	switch {
	case !f.PaceRatio.Known():
		s.add("pace_ratio", events.Text{ZH: "尚无应完成的", EN: "nothing is due by which to divide"}, Unknown)
	case f.Value.sub(f.start()).quo(f.Expected.sub(f.start())).Equal(f.PaceRatio):
		s.add("pace_ratio", events.Text{ZH: "(数值 - 起点) / (应完成 - 起点)", EN: "(value - start) / (due - start)"},
			formula("(%[1]s - %[2]s) / (%[3]s - %[2]s)", value, start, due).equals(f.PaceRatio))
	case f.Expected.quo(f.Value).Equal(f.PaceRatio):
		s.add("pace_ratio", events.Text{ZH: "应完成 / 数值", EN: "due / value"}, formula("%s / %s", due, value).equals(f.PaceRatio))
	default:
		s.add("pace_ratio", events.Text{ZH: "数值 / 应完成", EN: "value / due"}, formula("%s / %s", value, due).equals(f.PaceRatio))
	}
}

// reason says why the status is what it is.
func (s *stepping) reason(t Thresholds) events.Text {
	switch f := s.f; {
	case !f.Value.Known():
		return events.Text{ZH: "数值不明", EN: "the value is not known"}
	case f.Status == Achieved:
		return events.Text{ZH: "已达到目标", EN: "the target is met"}
	case !f.Expected.Known() || f.Expected.cmp(f.start()) == 0 && f.Status == TooEarly:
		return events.Text{ZH: "尚无应完成的", EN: "nothing is due yet"}
	case f.Expected.cmp(f.start()) == 0:
		return events.Text{ZH: "尚无应完成的，但已低于起点", EN: "nothing is due yet, but it is worse than at the start"}
	case !f.PaceRatio.Known():
		return events.Text{ZH: "不落后于应完成", EN: "no worse than due"}
	case t.Profile == PointsProfile:
		short := s.dir.short(f.Value, f.Expected).mul(NewNumber(100, 0)).quo(f.way())
		return both("落后 %s 个百分点；%s 起为滞后，超过 %s 为严重滞后", "%s percentage points below the pace; behind from %s, critical above %s",
			same(alone(short)), same(t.BehindPoints.String()), same(t.CriticalPoints.String()))
	}
	return both("进度比 %s；不低于 %s 正常，%s 关注，%s 滞后", "pace ratio %s; on track from %s, attention from %s, behind from %s",
		same(alone(s.f.PaceRatio)), same(t.OnTrack.String()), same(t.Attention.String()), same(t.Behind.String()))
}
