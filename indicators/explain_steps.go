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
	Numbers string      `json:"numbers"` // with the numbers put in; of the status the word
}

// steps shows how the numbers of a figure follow from each other.
func (e *explaining) steps(x *Explanation, d *Definition, on events.Day) []Step {
	f := x.Figure
	s := &stepping{f: f, dir: d.Direction}
	s.add("value", valueFormula(x.Value), valueNumbers(x.Value))
	if d.Kind.Level() {
		before := Quarter{x.Quarter.Year - 1, 4}.Last().String()
		s.add("base", both("%s 的数", "the level on %s", same(before)), s.number(f.Base))
	}
	if !f.Target.Known() {
		s.add("status", events.Text{ZH: "没有目标", EN: "there is no target"}, string(f.Status))
		return s.steps
	}
	ev := evaluation{reading: e.reading, quarter: x.Quarter, org: e.ask.Org, on: on}
	g := ev.goal(d, ev.base(d, e.ask.Org, x.Quarter.Year), &Row{})
	s.due(x, d, g, on)
	s.against(g)
	s.add("status", s.reason(e.plan.Thresholds), string(f.Status))
	return s.steps
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

func (s *stepping) number(n Number) string {
	if !n.Known() {
		return Unknown
	}
	return n.String()
}

func (s *stepping) minus(a, b, result Number) string {
	return fmt.Sprintf("%s - %s %s", shownIn(a), shownIn(b), equals(result))
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
	if !p.Value.Known() {
		return Unknown
	}
	var terms []string
	for i := range p.Events {
		if r := &p.Events[i]; r.Verdict == projections.Counted {
			terms = append(terms, shownIn(r.Contribution))
		}
	}
	if n := len(terms); n < 2 || n > mostTerms || int64(n) < p.Counted {
		return p.Value.String()
	}
	return strings.Join(terms, " + ") + " " + equals(p.Sum)
}

// mostTerms is up to how many contributions a sum is written out.
const mostTerms = 8

// due shows what is wanted by the end of the span and what by the day.
func (s *stepping) due(x *Explanation, d *Definition, g goal, on events.Day) {
	f, q := s.f, x.Quarter
	before := g.expected(q.First() - 1)
	switch {
	case x.Span == SpanYear:
		s.add("target", events.Text{ZH: "全年目标", EN: "of the year"}, s.number(f.Target))
	case d.Kind.Level():
		s.add("target", events.Text{ZH: "季度末应达到", EN: "due at the quarter's end"}, s.number(f.Target))
	default:
		s.add("target", events.Text{ZH: "季度末应完成 - 上季度末应完成", EN: "due at the quarter's end - due at the end of the quarter before"},
			s.minus(g.expected(q.Last()), before, f.Target))
	}
	if x.Span == SpanQuarter && !d.Kind.Level() {
		s.add("expected", events.Text{ZH: "截至当日应完成 - 上季度末应完成", EN: "due by the day - due at the end of the quarter before"},
			s.minus(g.expected(on), before, f.Expected))
		return
	}
	if len(g.plan) == 4 {
		ends := make([]string, len(g.plan))
		for i, n := range g.plan {
			ends[i] = n.String()
		}
		s.add("expected", both("按季度累计计划 %s", "by the quarterly plan %s", same(strings.Join(ends, " / "))), s.number(f.Expected))
		return
	}
	share := g.pace.Share(g.year, g.due, on)
	s.add("expected", events.Text{ZH: "起点 + (目标 - 起点) × 序时进度", EN: "start + (target - start) × pace"},
		fmt.Sprintf("%s + (%s - %s) × %s %s", shownIn(g.start), shownIn(g.value), shownIn(g.start), shownIn(share), equals(f.Expected)))
}

// against shows how the value is held against what is wanted.
func (s *stepping) against(g goal) {
	f := s.f
	if s.dir == Down {
		s.add("gap", events.Text{ZH: "数值 - 目标", EN: "value - target"}, s.minus(f.Value, f.Target, f.Gap))
	} else {
		s.add("gap", events.Text{ZH: "目标 - 数值", EN: "target - value"}, s.minus(f.Target, f.Value, f.Gap))
	}
	s.add("completion", events.Text{ZH: "数值 / 目标", EN: "value / target"}, fmt.Sprintf("%s / %s %s", shownIn(f.Value), shownIn(f.Target), equals(f.Completion)))
	start := f.start()
	gone, due := f.Value.sub(start), f.Expected.sub(start)
	switch {
	case !f.PaceRatio.Known():
		s.add("pace_ratio", events.Text{ZH: "尚无应完成的", EN: "nothing is due by which to divide"}, Unknown)
	case gone.quo(due).Equal(f.PaceRatio):
		s.add("pace_ratio", events.Text{ZH: "(数值 - 起点) / (应完成 - 起点)", EN: "(value - start) / (due - start)"},
			fmt.Sprintf("(%s - %s) / (%s - %s) %s", shownIn(f.Value), shownIn(start), shownIn(f.Expected), shownIn(start), equals(f.PaceRatio)))
	case f.Expected.quo(f.Value).Equal(f.PaceRatio):
		s.add("pace_ratio", events.Text{ZH: "应完成 / 数值", EN: "due / value"}, fmt.Sprintf("%s / %s %s", shownIn(f.Expected), shownIn(f.Value), equals(f.PaceRatio)))
	default:
		s.add("pace_ratio", events.Text{ZH: "数值 / 应完成", EN: "value / due"}, fmt.Sprintf("%s / %s %s", shownIn(f.Value), shownIn(f.Expected), equals(f.PaceRatio)))
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
			same(short.String()), same(t.BehindPoints.String()), same(t.CriticalPoints.String()))
	}
	return both("进度比 %s；不低于 %s 正常，%s 关注，%s 滞后", "pace ratio %s; on track from %s, attention from %s, behind from %s",
		same(s.f.PaceRatio.String()), same(t.OnTrack.String()), same(t.Attention.String()), same(t.Behind.String()))
}
