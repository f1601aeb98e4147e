package indicators

import (
	"strings"

	"github.com/kaohe/kaohe/events"
)

// wording is a formula in words and with the numbers put in.
type wording struct {
	formula events.Text
	numbers string
}

// yearTarget says where the year's target comes from, which a document may word as an increase (SEMANTICS 4.2).
func (e *evaluation) yearTarget(d *Definition, g goal) wording {
	t, _ := inForce(e.view.Targets(e.org, d.ID, e.quarter.Year), e.on)
	set := NumberOf(t.Value)
	switch {
	case t.Basis == BasisGrowth:
		last := e.value(d, e.org, yearTo(Quarter{e.quarter.Year - 1, 4}.Last()))
		raised := last.mul(set.add(NewNumber(100, 0))).quo(NewNumber(100, 0))
		w := wording{events.Text{ZH: "上年 × (1 + 增长率)", EN: "last year × (1 + growth)"}, formula("%s × (1 + %s/100)", operandOf(last), operandOf(set)).equals(raised)}
		if d.whole() {
			w.formula = join(w.formula, events.Text{ZH: "，向上取整", EN: ", rounded up"})
		}
		if !raised.Equal(g.value) {
			w.numbers += " → " + g.value.String()
		}
		return w
	case t.Basis == BasisNet && d.Kind == Stock:
		return wording{events.Text{ZH: "起点 + 净增", EN: "base + net increase"}, formula("%s + %s", operandOf(g.start), operandOf(set)).equals(g.value)}
	}
	return wording{numbers: alone(g.value)}
}

// worked reports whether the year's target is not the number that was set.
func (w wording) worked() bool { return w.formula.ZH != "" }

// byPlan reports whether a quarterly plan says what is due.
func (g goal) byPlan() bool { return len(g.plan) == 4 }

// dueOn shows how what is due at the end of a day comes about, as goal.expected computes it.
func (g goal) dueOn(on events.Day) operand {
	year := Quarter{Year: g.year, N: 4}
	switch {
	case on < year.YearFirst():
		return operandOf(g.start)
	case !g.expected(on).Known():
		return operandOf(Number{})
	case g.byPlan():
		return g.pace.along(g.start, g.plan, min(on, year.Last()))
	case g.start.Sign() == 0:
		return formula("%s × %s", operandOf(g.value), g.pace.share(g.year, g.due, on))
	}
	return formula("%[1]s + (%[2]s - %[1]s) × %[3]s", operandOf(g.start), operandOf(g.value), g.pace.share(g.year, g.due, on))
}

// dueWords says how what is due comes about.
func (g goal) dueWords() events.Text {
	switch {
	case g.byPlan():
		ends := make([]string, len(g.plan))
		for i, n := range g.plan {
			ends[i] = n.String()
		}
		return both("按季度累计计划 %s", "by the quarterly plan %s", same(strings.Join(ends, " / ")))
	case g.pace.Kind == NoPace:
		return events.Text{ZH: "不设进度", EN: "there is no pace"}
	case g.start.Sign() == 0:
		return events.Text{ZH: "全年目标 × 序时进度", EN: "year's target × pace"}
	}
	return events.Text{ZH: "起点 + (全年目标 - 起点) × 序时进度", EN: "start + (year's target - start) × pace"}
}

// share shows which share of the year's target is due at the end of a day of the year, as Pace.Share computes it.
func (p Pace) share(year int, due, on events.Day) operand {
	first, last := Quarter{year, 1}.First(), Quarter{year, 4}.Last()
	on = min(on, last)
	switch p.Kind {
	case Monthly:
		return fraction(completeMonths(on), 12)
	case Daily:
		return fraction(int(on-first+1), int(last-first+1))
	case Stepped:
		o := p.along(zero, numbersOf(p.Shares[:]), on)
		if strings.Contains(o.text, " ") {
			o.text = "(" + o.text + ")"
		}
		return o
	}
	return operandOf(p.Share(year, due, on))
}

// along shows the way through the values at the quarters' ends, as Pace.curve computes it.
func (p Pace) along(start Number, ends []Number, on events.Day) operand {
	q := QuarterOf(on)
	before, end := start, ends[q.N-1]
	if q.N > 1 {
		before = ends[q.N-2]
	}
	if on == q.Last() || p.Jump || before.Equal(end) {
		return operandOf(p.curve(start, ends, on))
	}
	return formula("%[1]s + (%[2]s - %[1]s) × %[3]s", operandOf(before), operandOf(end), fraction(int(on-q.First()+1), int(q.Last()-q.First()+1)))
}
